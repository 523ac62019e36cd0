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

// lateParts is a service where a part that arrives after an abort opens the upload again.
type lateParts struct {
	*memstore.Store
	late   []time.Duration // how long after each abort a part arrives
	always bool            // one arrives with each further abort
	aborts atomic.Int32
	open   atomic.Bool
}

func (s *lateParts) AbortMultipart(ctx context.Context, key, uploadID string) error {
	err := s.Store.AbortMultipart(ctx, key, uploadID)
	n := int(s.aborts.Add(1))
	s.open.Store(s.always)
	if n <= len(s.late) {
		time.AfterFunc(s.late[n-1], func() { s.open.Store(true) })
	}
	return err
}

func (s *lateParts) Parts(ctx context.Context, key, uploadID string) ([]storage.Part, error) {
	if s.open.Load() {
		return []storage.Part{{Number: 1, Size: 5 << 20, ETag: `"late"`}}, nil
	}
	return s.Store.Parts(ctx, key, uploadID)
}

// TestAbortWhilePartsArrive: of an upload that its client gives up while it sends, nothing stays on
// a busy service either.
func TestAbortWhilePartsArrive(t *testing.T) {
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
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &lateParts{Store: &memstore.Store{}, late: row.late, always: row.always}
				store.Handler("http://store.example/")
				var kinds []upload.EventKind
				h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
					Logger: slog.New(slog.DiscardHandler),
					Hooks:  upload.Hooks{Event: func(_ context.Context, e upload.Event) { kinds = append(kinds, e.Kind) }},
				})
				require.NoError(t, err)
				p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
				require.NoError(t, err)
				request := func() *http.Request { return httptest.NewRequest(http.MethodPost, "/", nil) }
				ticket, err := p.SignParts(request(), upload.Declaration{Field: "file", Name: "a.txt", Size: 5}, 5<<20)
				require.NoError(t, err)

				begin := time.Now()
				err = p.Abort(request(), ticket.Token)
				require.LessOrEqual(t, time.Since(begin), row.takes)
				require.Contains(t, kinds, row.kind)
				if row.always {
					require.ErrorIs(t, err, upload.CodeStorage)
					return
				}
				require.NoError(t, err)
				time.Sleep(time.Minute)
				require.False(t, store.open.Load(), "an upload is open")
				require.Zero(t, store.Used())
			})
		})
	}
}
