package upload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// ownAnswer answers refusals without RespondError.
func ownAnswer(h *upload.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := h.Receive(w, r); err != nil {
			http.Error(w, "refused", http.StatusTeapot)
		}
	})
}

// endedContext serves each request with a context that ends at the refusal.
func endedContext(h *upload.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		_, err := h.Receive(w, r.WithContext(ctx))
		cancel()
		h.RespondError(w, r, err)
	})
}

// TestDrainedIsCounted: the drained rest of a refused body counts like the part before it. The
// reservation is settled once.
func TestDrainedIsCounted(t *testing.T) {
	bodyOf := func(size int) string {
		return new(form).file("file", "a.html", "<!DOCTYPE html><html><script>").file("file", "b.txt", strings.Repeat("h", size)).String()
	}
	for _, row := range []struct {
		name string
		via  func(*upload.Handler) http.Handler
		size int
		all  bool // the whole body is drained
	}{
		{"by the handler", func(h *upload.Handler) http.Handler { return h }, 12 << 20, true},
		{"as little as net/http drains", func(h *upload.Handler) http.Handler { return h }, 200 << 10, true},
		{"answered by the host", ownAnswer, 12 << 20, false},
		{"the context has ended", endedContext, 12 << 20, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			body := bodyOf(row.size)
			settled := make(chan struct{}, 2)
			l := &testLimiter{settle: func(context.Context) error { settled <- struct{}{}; return nil }}
			f := newFixture(t, nil, upload.Options{Limiter: l, MaxFileSize: 16 << 20})
			srv := httptest.NewServer(row.via(f.Handler))
			c := rawUpload(t, srv, len(body), "")
			_, err := io.WriteString(c, body)
			require.True(t, err == nil || !row.all, "the connection may only be reset if nothing is drained")
			if row.all { // closing a connection with an unread answer would reset it
				_, err = io.Copy(io.Discard, c)
				require.NoError(t, err)
			}
			require.NoError(t, c.Close())
			<-settled
			srv.Close() // waits for the handler
			_, used := l.take()
			require.Len(t, used, 1)
			if row.all {
				require.EqualValues(t, len(body), used[0].Bytes)
				return
			}
			require.Less(t, used[0].Bytes, int64(1<<20))
		})
	}
}

// TestDrainedEarlyIsCharged: if an upload is refused before the limiter has granted anything, the
// drained bytes are charged to its caller. Nothing is charged if the caller is unknown or the
// limiter refuses again.
func TestDrainedEarlyIsCharged(t *testing.T) {
	const size = 2 << 20 // more than net/http drains by itself
	refuseFirst := func(code upload.Code) func(context.Context) error {
		asked := 0
		return func(context.Context) error {
			if asked++; asked > 1 {
				return nil
			}
			return upload.Reject(code, "come again")
		}
	}
	for name, row := range map[string]struct {
		options   upload.Options
		authorize upload.Authorizer
		reserve   func(context.Context) error
		demands   int
		charged   bool
	}{
		"too large by its length":  {options: upload.Options{MaxFileSize: 1 << 20}, demands: 1, charged: true},
		"by the limiter, once":     {reserve: refuseFirst(upload.CodeRateLimited), demands: 2, charged: true},
		"by the limiter, for good": {reserve: func(context.Context) error { return upload.Reject(upload.CodeRateLimited, "no") }, demands: 2},
		"of an unknown caller": {authorize: func(*http.Request) (*upload.Grant, error) {
			return nil, upload.Reject(upload.CodeUnauthenticated, "sign in")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &testLimiter{reserve: row.reserve}
			row.options.Limiter = l
			if row.authorize == nil {
				row.authorize = upload.AllowAnonymous
			}
			h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), row.authorize, &row.options)
			require.NoError(t, err)
			srv := httptest.NewServer(h)
			body := new(form).file("file", "a.txt", strings.Repeat("h", size)).String()
			c := rawUpload(t, srv, len(body), "")
			_, err = io.WriteString(c, body)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, c)
			require.NoError(t, err)
			require.NoError(t, c.Close())
			srv.Close() // waits for the handler
			demands, used := l.take()
			require.Len(t, demands, row.demands)
			if row.charged {
				require.Equal(t, []upload.Usage{{Bytes: int64(len(body))}}, used)
				require.EqualValues(t, len(body), demands[len(demands)-1].Bytes)
				return
			}
			require.Empty(t, used)
		})
	}
}

// TestOwnAnswersToStalledBodies: a host answers a refusal itself, and the client stalls in a body
// that net/http drains. The answer comes at most 2 seconds after StallTimeout.
func TestOwnAnswersToStalledBodies(t *testing.T) {
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{StallTimeout: stallTimeout})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	step := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := p.ReadStep(w, r, 1<<20, func(io.Reader) error { return upload.Reject(upload.CodeMalformed, "no") })
		require.ErrorIs(t, err, upload.CodeMalformed)
		http.Error(w, "refused", http.StatusTeapot)
	})
	html := new(form).file("file", "a.html", "<!DOCTYPE html><html><script>"+strings.Repeat(" ", 8<<10)).String()
	for name, serve := range map[string]http.Handler{"form": ownAnswer(h), "step": step} {
		for _, length := range []int64{100_000, -1} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := uploadtest.Serve(t, serve)
					r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(html))
					require.NoError(t, err)
					r.ContentLength = length
					r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
					r.Header.Set("Subject", "ann")
					c, err := s.Dial(r)
					require.NoError(t, err)
					defer c.Close()
					begun := time.Now()
					require.NoError(t, c.Send(8<<10))
					a, err := c.Answer(time.Hour)
					require.NoError(t, err)
					require.Equal(t, http.StatusTeapot, a.Status)
					require.LessOrEqual(t, time.Since(begun), stallTimeout+2*time.Second)
				})
			})
		}
	}
}

// TestReadStepPanics: a step whose reader panics ends, and Shutdown does not wait for it.
func TestReadStepPanics(t *testing.T) {
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	refused := 0
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{Hooks: counting(upload.KindRefused, &refused)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	require.PanicsWithValue(t, "step", func() {
		_, _ = p.ReadStep(httptest.NewRecorder(), post("{}"), 10, func(io.Reader) error { panic("step") })
	})
	require.Equal(t, 1, refused)
	require.NoError(t, h.Shutdown(t.Context()))
}

// countedBody counts the bytes that are read of a body.
type countedBody struct {
	io.ReadCloser
	read atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	return n, err
}

// TestRefusedStepsAreReadOnLittle: the limiter does not count the bytes of a step, so only 1 MiB of
// a refused one is drained.
func TestRefusedStepsAreReadOnLittle(t *testing.T) {
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), nil)
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	for _, step := range []string{"part", "abort"} {
		t.Run(step, func(t *testing.T) {
			done := make(chan int64, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := &countedBody{ReadCloser: r.Body}
				r.Body, r.URL.Path = body, "/"+step
				p.ServeHTTP(w, r)
				done <- body.read.Load()
			}))
			defer srv.Close()
			c := rawUpload(t, srv, 16<<20, "")
			_, _ = io.WriteString(c, strings.Repeat(" ", 16<<20)) // the connection may be reset
			require.EqualValues(t, 1<<20, <-done)
			require.NoError(t, c.Close())
		})
	}
}
