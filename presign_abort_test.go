package upload_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// lateBytes is a storage in which bytes arrive after a removal, and open a
// multipart upload again.
type lateBytes struct {
	*memstore.Store
	late     []time.Duration // how long after each of the first removals bytes arrive
	always   bool            // bytes arrive with each removal
	inParts  bool
	removals atomic.Int32
	stay     atomic.Bool // bytes are there
}

func (s *lateBytes) removed(err error) error {
	n := int(s.removals.Add(1))
	s.stay.Store(s.always)
	if n <= len(s.late) {
		time.AfterFunc(s.late[n-1], func() { s.stay.Store(true) })
	}
	return err
}

func (s *lateBytes) AbortMultipart(ctx context.Context, key, uploadID string) error {
	return s.removed(s.Store.AbortMultipart(ctx, key, uploadID))
}

func (s *lateBytes) Delete(ctx context.Context, key string) error {
	err := s.Store.Delete(ctx, key)
	if s.inParts {
		return err
	}
	return s.removed(err)
}

func (s *lateBytes) Stat(ctx context.Context, key string) (storage.Stored, error) {
	if s.stay.Load() && !s.inParts {
		return storage.Stored{Size: 5, ETag: `"late"`}, nil
	}
	return s.Store.Stat(ctx, key)
}

func (s *lateBytes) Parts(ctx context.Context, key, uploadID string) ([]storage.Part, error) {
	if s.stay.Load() {
		return []storage.Part{{Number: 1, Size: 5 << 20, ETag: `"late"`}}, nil
	}
	return s.Store.Parts(ctx, key, uploadID)
}

// TestAbortWhileBytesArrive: an abort also removes bytes that arrive within half a second after its
// removal. If bytes arrive with each removal, the abort fails.
func TestAbortWhileBytesArrive(t *testing.T) {
	for _, row := range []struct {
		name   string
		late   []time.Duration
		always bool
		takes  time.Duration // at most
		kind   upload.EventKind
	}{
		{name: "never", takes: 500 * time.Millisecond, kind: upload.KindCleanedUp},
		{name: "at once", late: []time.Duration{0}, takes: time.Second, kind: upload.KindCleanedUp},
		{name: "after 50 ms", late: []time.Duration{50 * time.Millisecond}, takes: time.Second, kind: upload.KindCleanedUp},
		{name: "after 450 ms", late: []time.Duration{450 * time.Millisecond}, takes: 2 * time.Second, kind: upload.KindCleanedUp},
		{name: "twice", late: []time.Duration{50 * time.Millisecond, 300 * time.Millisecond}, takes: 2 * time.Second, kind: upload.KindCleanedUp},
		{name: "always", always: true, takes: 5 * time.Second, kind: upload.KindCleanupFailed},
	} {
		for about, inParts := range map[string]bool{"in one request": false, "in parts": true} {
			t.Run(row.name+" "+about, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					store := &lateBytes{Store: &memstore.Store{}, late: row.late, always: row.always, inParts: inParts}
					kinds, took, err := givenUp(t, store)
					require.LessOrEqual(t, took, row.takes)
					require.Contains(t, kinds, row.kind)
					if row.always {
						require.ErrorIs(t, err, upload.CodeStorage)
						return
					}
					require.NoError(t, err)
					time.Sleep(time.Minute)
					require.False(t, store.stay.Load(), "bytes stay")
					require.Zero(t, store.Used())
				})
			})
		}
	}
}

// givenUp signs an upload, gives it up, and returns what happened, and how long the abort took.
func givenUp(t *testing.T, store *lateBytes) (kinds []upload.EventKind, took time.Duration, err error) {
	t.Helper()
	store.Handler("http://store.example/")
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Logger: slog.New(slog.DiscardHandler),
		Hooks:  upload.Hooks{Event: func(_ context.Context, e upload.Event) { kinds = append(kinds, e.Kind) }},
	})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	request := func() *http.Request { return httptest.NewRequest(http.MethodPost, "/", nil) }
	d := upload.Declaration{Field: "file", Name: "a.txt", Size: 5}
	var ticket *upload.Ticket
	if store.inParts {
		ticket, err = p.SignParts(request(), d, 5<<20)
	} else {
		ticket, err = p.Sign(request(), d)
	}
	require.NoError(t, err)
	begin := time.Now()
	err = p.Abort(request(), ticket.Token)
	return kinds, time.Since(begin), err
}
