package integration_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/s3store"
)

// TestHungObserver checks that a file is refused if its observer does not return. The bytes that
// the observer saw stay unchanged while other files are uploaded: the race detector reports an
// upload that writes there.
func TestHungObserver(t *testing.T) {
	t.Parallel()
	hung := newHanging(t)
	hangs := make(chan string, 64)
	st := newStage(t, false, s3store.Options{})
	h := newHandler(t, st.store, upload.Options{
		CheckTimeout: 3 * time.Second,
		Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
			if e.Kind == upload.KindHung {
				hangs <- e.Subject
			}
		}},
	}, upload.Form{"file": {Accept: upload.Types("image/png", "text/plain"), Optional: true}, "bad": {Accept: hung, Optional: true}})
	s := host.Start(t, h)

	bad := client.File("a.txt", client.Text(12*mib))
	bad.Field = "bad"
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			a, err := client.Post(t.Context(), s.Client(), s.URL, client.Form{small, bad}, false)
			if err != nil || a.Status != 503 || a.Code != upload.CodeCheckFailed {
				t.Errorf("a hung observer: %+v, %v", a, err)
			}
			<-hangs
		})
	}
	all.Wait()
	st.bucket.RequireNothing(t)
	require.Equal(t, 4, hung.seen())

	for i := range 8 {
		all.Go(func() {
			f := client.File("b.txt", client.Text(int64(6*mib+i)))
			a, err := client.Post(t.Context(), s.Client(), s.URL, client.Form{f}, false)
			if err != nil || a.Status != 201 {
				t.Errorf("next to hung observers: %+v, %v", a, err)
				return
			}
			if digest, _ := st.bucket.SHA256(t, a.Files[0].Key); digest != f.Content.SHA256() {
				t.Errorf("a file of %d bytes was stored changed", f.Content.Size)
			}
		})
	}
	all.Wait()
	hung.requireUnchanged(t)
}

// hanging is a Validator whose observers hang in their first Write until the test ends, and keep
// the bytes that they saw.
type hanging struct {
	mu    sync.Mutex
	shown [][]byte // the very slices
	saved [][]byte
	end   chan struct{}
	done  sync.WaitGroup
}

func newHanging(t *testing.T) *hanging {
	h := &hanging{end: make(chan struct{})}
	t.Cleanup(func() {
		close(h.end)
		h.done.Wait()
	})
	return h
}

func (h *hanging) Validate(context.Context, *upload.Incoming) (upload.Observer, error) { return h, nil }

func (h *hanging) Write(p []byte) (int, error) {
	h.done.Add(1)
	defer h.done.Done()
	h.mu.Lock()
	h.shown = append(h.shown, p)
	h.saved = append(h.saved, slices.Clone(p))
	h.mu.Unlock()
	<-h.end
	return len(p), nil
}

func (h *hanging) Verdict() error { return nil }

func (h *hanging) seen() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.shown)
}

func (h *hanging) requireUnchanged(t *testing.T) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.shown {
		require.True(t, bytes.Equal(h.saved[i], h.shown[i]), "the bytes that hung observer %d saw have changed", i)
	}
}

// TestFailingObserver checks that a file is refused if its observer panics, fails or refuses it,
// early or late. The next upload is accepted.
func TestFailingObserver(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name     string
		observer failing
		status   int
		code     upload.Code
	}{
		{"panics at the first byte", failing{at: 1, panics: true}, 503, upload.CodeCheckFailed},
		{"panics in the third part", failing{at: 2*part + 1, panics: true}, 503, upload.CodeCheckFailed},
		{"panics in its verdict", failing{panics: true}, 503, upload.CodeCheckFailed},
		{"fails in the third part", failing{at: 2*part + 1, err: fmt.Errorf("scanner: down")}, 503, upload.CodeCheckFailed},
		{"fails in its verdict", failing{err: fmt.Errorf("scanner: down")}, 503, upload.CodeCheckFailed},
		{"refuses in the third part", failing{at: 2*part + 1, err: upload.Reject(upload.CodeContent, "virus")}, 422, upload.CodeContent},
		{"refuses in its verdict", failing{err: upload.Reject("virus", "virus")}, 422, "virus"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			h := newHandler(t, st.store, upload.Options{},
				upload.Form{"file": {Accept: upload.Types("image/png")}, "bad": {Accept: row.observer, Optional: true}})
			s := host.Start(t, h)
			bad := large
			bad.Field = "bad"
			a := post(t, s, client.Form{small, bad}, false)
			require.Equal(t, row.status, a.Status, "%s", a.Body)
			require.Equal(t, row.code, a.Code)
			require.NotContains(t, string(a.Body), "scanner")
			st.bucket.RequireNothing(t)

			a = post(t, s, client.Form{twice}, false)
			require.Equal(t, 201, a.Status)
			requireStored(t, st.bucket, a.Files[0].Key, twice.Content)
		})
	}
}

// failing makes observers that fail when they have seen at bytes, or in the verdict if at is 0.
type failing struct {
	at     int
	err    error
	panics bool
}

func (f failing) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	return &failingObserver{failing: f}, nil
}

type failingObserver struct {
	failing
	n int
}

func (o *failingObserver) Write(p []byte) (int, error) {
	if o.n += len(p); o.at == 0 || o.n < o.at {
		return len(p), nil
	}
	return 0, o.fail()
}

func (o *failingObserver) Verdict() error {
	if o.at > 0 {
		return nil // it should have failed before
	}
	return o.fail()
}

func (o *failingObserver) fail() error {
	if o.panics {
		panic("observer")
	}
	return o.err
}
