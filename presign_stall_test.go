package upload_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

const stallTimeout = 30 * time.Second

// stalling serves the steps of direct uploads over connections in memory, for package synctest.
type stalling struct {
	*uploadtest.Server
	handler *upload.Handler
	asked   int // how often the authorizer was asked
}

func serveStalling(t *testing.T) *stalling {
	t.Helper()
	s := &stalling{}
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	var err error
	s.handler, err = upload.New(store, upload.Types("text/plain"), func(r *http.Request) (*upload.Grant, error) {
		s.asked++
		return upload.RequireSubject(bySubject)(r)
	}, &upload.Options{StallTimeout: stallTimeout, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(s.handler, [][]byte{secret}, nil)
	require.NoError(t, err)
	q, err := upload.NewPresigner(s.handler, [][]byte{secret}, nil)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/tickets/", p)
	mux.Handle("/own/confirm", q.ConfirmHandler(http.NotFoundHandler()))
	mux.Handle("/own/", q)
	s.Server = uploadtest.Serve(t, mux)
	return s
}

// begin sends the head of a step, with that body length or chunked, and 7 bytes.
func (s *stalling) begin(t *testing.T, path string, length int64, change func(http.Header)) *uploadtest.Conn {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(strings.Repeat(" ", 60_000)))
	require.NoError(t, err)
	r.ContentLength = length
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Subject", "ann")
	if change != nil {
		change(r.Header)
	}
	c, err := s.Dial(r)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Send(7))
	return c
}

// TestStalledSteps checks many steps whose clients stall in the body at the same time. They are
// answered with 408 within 2 seconds after StallTimeout, and their connections end.
func TestStalledSteps(t *testing.T) {
	for i, path := range []string{"/tickets/", "/tickets/part", "/tickets/confirm", "/tickets/abort", "/own/confirm"} {
		requests := 200
		if i > 0 {
			requests = rounds.Of(20, requests)
		}
		for name, length := range map[string]int64{"known length": 60_000, "chunked": -1} {
			t.Run(path+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := serveStalling(t)
					begun := time.Now()
					var conns []*uploadtest.Conn
					for range requests {
						conns = append(conns, s.begin(t, path, length, nil))
					}
					for _, c := range conns {
						a, err := c.Answer(time.Hour)
						require.NoError(t, err)
						require.Equal(t, http.StatusRequestTimeout, a.Status)
						require.Equal(t, upload.CodeTimeout, a.Code)
					}
					require.GreaterOrEqual(t, time.Since(begun), stallTimeout)
					require.Less(t, time.Since(begun), stallTimeout+2*time.Second)
					require.NoError(t, s.handler.Shutdown(t.Context()))
					time.Sleep(2 * time.Second)
					synctest.Wait()
					s.Close() // the bubble fails if a goroutine stays
				})
			})
		}
	}
}

// TestSlowSteps checks that bytes that trickle do not save a step from the timeout.
func TestSlowSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveStalling(t)
		begun := time.Now()
		c := s.begin(t, "/tickets/confirm", 60_000, nil)
		_ = c.SendSlowly(10) // it ends with the answer
		a, err := c.Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, upload.CodeTimeout, a.Code)
		require.Less(t, time.Since(begun), stallTimeout+2*time.Second)
	})
}

// TestStepsAreJudgedFirst checks that a refusal that does not need the body does not wait for it.
func TestStepsAreJudgedFirst(t *testing.T) {
	for name, row := range map[string]struct {
		path   string
		change func(http.Header)
		code   upload.Code
		asked  int
	}{
		"a page of another origin": {"/tickets/", func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") }, upload.CodeCrossOrigin, 0},
		"nobody":                   {"/tickets/part", func(h http.Header) { h.Del("Subject") }, upload.CodeUnauthenticated, 1},
		"no JSON":                  {"/tickets/abort", func(h http.Header) { h.Set("Content-Type", "text/plain") }, upload.CodeMalformed, 1},
		"no step":                  {"/own/x/confirm", nil, upload.CodeNotFound, 0},
	} {
		for _, length := range []int64{60_000, 300_000, -1} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := serveStalling(t)
					begun := time.Now()
					a, err := s.begin(t, row.path, length, row.change).Answer(time.Hour)
					require.NoError(t, err)
					require.Equal(t, row.code, a.Code)
					require.Equal(t, row.asked, s.asked)
					require.Less(t, time.Since(begun), time.Second)
				})
			})
		}
	}
}

// TestShutdownCutsSteps checks that a step that waits for its body ends with the context of
// Shutdown. One whose client has left does not delay Shutdown.
func TestShutdownCutsSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveStalling(t)
		for _, length := range []int64{60_000, -1} {
			s.begin(t, "/tickets/confirm", length, nil).Close()
		}
		begun := time.Now()
		require.NoError(t, s.handler.Shutdown(t.Context()))
		require.Zero(t, time.Since(begun))
	})
	synctest.Test(t, func(t *testing.T) {
		s := serveStalling(t)
		c := s.begin(t, "/tickets/confirm", 60_000, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		require.ErrorIs(t, s.handler.Shutdown(ctx), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(begun))
		a, err := c.Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, upload.CodeShutdown, a.Code)
		a, err = s.begin(t, "/tickets/confirm", 60_000, nil).Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, upload.CodeShutdown, a.Code, "a new one")
	})
}

// TestReadStepUnused checks that a step that the host reads but does not run ends with its request.
func TestReadStepUnused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serveStalling(t)
		p, err := upload.NewPresigner(s.handler, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
		require.NoError(t, err)
		server := uploadtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := p.ReadStep(w, r, 10, nil); err != nil {
				p.RespondError(w, r, err, upload.JSON)
			}
		}))
		for _, row := range []struct {
			body string
			code upload.Code
		}{{"0123456789", ""}, {"0123456789a", upload.CodeTooLarge}, {"", ""}} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(row.body))
			require.NoError(t, err)
			r.Header.Set("Subject", "ann")
			a := uploadtest.Send(t, server.Client(), r)
			require.Equal(t, row.code, a.Code)
		}
		server.Close()
		require.NoError(t, s.handler.Shutdown(t.Context()))
	})
}
