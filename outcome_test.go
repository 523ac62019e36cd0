package upload_test

import (
	"bufio"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestKeepSaysWhetherItHeld: the first decision counts, and Keep fails if that removes the files.
func TestKeepSaysWhetherItHeld(t *testing.T) {
	for _, tc := range []struct {
		about  string
		before func(http.ResponseWriter, *http.Request)
		after  func(http.ResponseWriter, *http.Request)
		held   bool
	}{
		{"at once", nil, nil, true},
		{"twice", func(_ http.ResponseWriter, r *http.Request) { _ = upload.Keep(r.Context()) }, nil, true},
		{"after 200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, nil, true},
		{"after 399", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(399) }, nil, true},
		{"after 103", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103) }, nil, true},
		{"after bytes", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }, nil, true},
		{"after 400", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, nil, false},
		{"after 503", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, nil, false},
		{"after 200 and 500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); w.WriteHeader(500) }, nil, true},
		{"after a flush and 500", func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			w.WriteHeader(500)
		}, nil, true},
		{"after Discard", func(_ http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()) }, nil, false},
		{"before Discard", nil, func(_ http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()) }, true},
		{"before 500", nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, true},
		{"before a panic", nil, func(http.ResponseWriter, *http.Request) { panic("boom") }, true},
		{"of a context that ended", func(_ http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(r.Context())
			cancel()
			_ = upload.Keep(ctx)
		}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, true},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			var held error
			serve(f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tc.before != nil {
					tc.before(w, r)
				}
				held = upload.Keep(r.Context())
				if tc.after != nil {
					tc.after(w, r)
				}
			})), post(file("file", "a.txt", "hello")))
			if tc.held {
				require.NoError(t, held)
				require.Len(t, f.store.Keys(), 1)
				return
			}
			require.Error(t, held)
			f.empty(t)
		})
	}
}

// TestKeepAfterTheEnd: Keep returns the outcome for ever, and changes nothing.
func TestKeepAfterTheEnd(t *testing.T) {
	for _, tc := range []struct {
		about string
		next  http.HandlerFunc
		held  bool
	}{
		{"of a success", func(http.ResponseWriter, *http.Request) {}, true},
		{"of a failure", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, false},
		{"of a panic", func(http.ResponseWriter, *http.Request) { panic("boom") }, false},
		{"of a panic after 200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic("boom") }, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			var ctx context.Context
			serve(f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx = r.Context()
				tc.next(w, r)
			})), post(file("file", "a.txt", "hello")))
			upload.Discard(ctx)
			require.Equal(t, tc.held, upload.Keep(ctx) == nil)
			require.Equal(t, tc.held, len(f.store.Keys()) == 1)
		})
	}
}

// TestKeepOutside: Keep fails outside of an upload.
func TestKeepOutside(t *testing.T) {
	require.Error(t, upload.Keep(t.Context()))
	upload.Discard(t.Context())
	require.Empty(t, upload.Files(t.Context()))
}

// TestKeepUnderTimeoutHandler: after the timeout has answered the client, Keep fails and the files
// are removed. A Keep before that keeps them, even if the application then answers too late.
func TestKeepUnderTimeoutHandler(t *testing.T) {
	for _, tc := range []struct {
		about       string
		keep, total time.Duration
		status      int
		held        bool
	}{
		{"in time", time.Second, 2 * time.Second, 204, true},
		{"kept in time, answered too late", time.Second, time.Minute, 503, true},
		{"too late", time.Minute, 2 * time.Minute, 503, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, nil, upload.Options{})
				held := make(chan error, 1)
				app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(tc.keep) // as a database that answers slowly
					held <- upload.Keep(r.Context())
					time.Sleep(tc.total - tc.keep)
					w.WriteHeader(204)
				})
				w := serve(f.Middleware(http.TimeoutHandler(app, 10*time.Second, "")), post(file("file", "a.txt", "hello")))
				require.Equal(t, tc.status, w.Code)
				err := <-held
				time.Sleep(tc.total)
				if tc.held {
					require.NoError(t, err)
					require.Len(t, f.store.Keys(), 1)
					return
				}
				require.Error(t, err)
				f.empty(t)
			})
		})
	}
}

// TestKeepAtTheTimeout: if Keep and the timeout come at once, the file stays if Keep returns no
// error, and is removed if it returns one.
func TestKeepAtTheTimeout(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			held := make(chan error, 1)
			app := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				time.Sleep(time.Second)
				held <- upload.Keep(r.Context())
			})
			serve(f.Middleware(http.TimeoutHandler(app, time.Second, "")), post(file("file", "a.txt", "hello")))
			require.Equal(t, <-held == nil, len(f.store.Keys()) == 1)
		})
	}
}

// TestTimeoutHandlerOutside: if an outer handler has answered the client, the inner one
// still decides over its files.
func TestTimeoutHandlerOutside(t *testing.T) {
	for _, tc := range []struct {
		about string
		next  func(http.ResponseWriter, *http.Request) error
		held  bool
	}{
		{"keeps", func(_ http.ResponseWriter, r *http.Request) error { return upload.Keep(r.Context()) }, true},
		{"keeps and fails", func(w http.ResponseWriter, r *http.Request) error {
			err := upload.Keep(r.Context())
			http.Error(w, "too late", 500)
			return err
		}, true},
		{"fails and keeps", func(w http.ResponseWriter, r *http.Request) error {
			http.Error(w, "too late", 500)
			return upload.Keep(r.Context())
		}, false},
		{"discards", func(_ http.ResponseWriter, r *http.Request) error {
			upload.Discard(r.Context())
			return r.Context().Err()
		}, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, nil, upload.Options{})
				held := make(chan error, 1)
				h := http.TimeoutHandler(f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
					held <- tc.next(w, r)
				})), time.Second, "")
				require.Equal(t, 503, serve(h, post(file("file", "a.txt", "hello"))).Code)
				err := <-held
				synctest.Wait()
				require.Equal(t, tc.held, err == nil, "%v", err)
				require.Equal(t, tc.held, len(f.store.Keys()) == 1)
				require.NoError(t, f.Shutdown(t.Context()), "the upload has ended")
			})
		})
	}
}

// TestOutcomeIsWhatTheClientSaw: a flushed status counts as the answer. On a hijacked connection
// the upload handler sees no answer, so the files stay, unless Discard or a panic removes them.
func TestOutcomeIsWhatTheClientSaw(t *testing.T) {
	flush := func(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() }
	for _, tc := range []struct {
		about  string
		next   http.HandlerFunc
		status int
		kept   bool
	}{
		{"a flush and 500", func(w http.ResponseWriter, _ *http.Request) {
			_ = flush(w)
			http.Error(w, "no", 500)
		}, 200, true},
		{"500 and a flush", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); _ = flush(w) }, 500, false},
		{"103, a flush and 500", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			_ = flush(w)
			w.WriteHeader(500)
		}, 200, true},
		{"a flush and Discard", func(w http.ResponseWriter, r *http.Request) { _ = flush(w); upload.Discard(r.Context()) }, 200, false},
		{"a 500 by hand", byHand(func(http.ResponseWriter, *http.Request) {}), 500, true},
		{"a 500 by hand and WriteHeader", byHand(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), 500, true},
		{"a 500 by hand and Discard", byHand(func(_ http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()) }), 500, false},
		{"a 500 by hand and a panic", byHand(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), 500, false},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			done := make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				f.Middleware(tc.next).ServeHTTP(w, r)
			}))
			t.Cleanup(s.Close)
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			r := post(file("file", "a.txt", "hello"))
			out, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, r.Body)
			require.NoError(t, err)
			out.Header = r.Header
			require.Equal(t, tc.status, fetch(t, s.Client(), out).StatusCode)
			<-done
			require.Equal(t, tc.kept, len(f.store.Keys()) == 1)
		})
	}
}

// byHand takes the connection over, answers 500 on it, and then does next.
func byHand(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer func() { _ = c.Close() }()
		answer500(buf)
		next(w, r)
	}
}

func answer500(buf *bufio.ReadWriter) {
	_, _ = buf.WriteString("HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	_ = buf.Flush()
}

// TestWriterWithoutAbilities: a flush or a hijack that the server refuses decides nothing.
func TestWriterWithoutAbilities(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	h := f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		require.ErrorIs(t, http.NewResponseController(w).Flush(), http.ErrNotSupported)
		_, _, err := http.NewResponseController(w).Hijack()
		require.ErrorIs(t, err, http.ErrNotSupported)
		w.WriteHeader(500)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(struct{ http.ResponseWriter }{w}, post(file("file", "a.txt", "hello")))
	require.Equal(t, 500, w.Code)
	f.empty(t)
}
