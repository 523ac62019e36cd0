package uppy_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
	"github.com/airlock-go/upload/uppy"
)

const stallTimeout = 30 * time.Second

// TestStalledSteps checks each step whose client stops within the body, or sends it too slowly. The
// answer is 408, also to 201 clients at once. A step without a subject is refused immediately.
func TestStalledSteps(t *testing.T) {
	for _, step := range []string{
		"POST /s3/multipart", "POST /s3/multipart/token/complete?key=1", "GET /s3/multipart/token/1?key=1", "GET /s3/multipart/token?key=1", "DELETE /s3/multipart/token?key=1",
	} {
		for name, length := range map[string]int64{"known length": 900, "chunked": -1} {
			t.Run(step+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, h := serve(t)
					begun := time.Now()
					var conns []*uploadtest.Conn
					for range 200 {
						conns = append(conns, begin(t, server, step, length, "ann"))
					}
					slow := begin(t, server, step, length, "ann")
					go func() { _ = slow.SendSlowly(10) }() // it ends with the answer
					for _, c := range append(conns, slow) {
						a, err := c.Answer(time.Hour)
						require.NoError(t, err)
						require.Equal(t, http.StatusRequestTimeout, a.Status)
					}
					require.Less(t, time.Since(begun), stallTimeout+2*time.Second)
					require.NoError(t, h.Shutdown(t.Context()))
				})
			})
			t.Run(step+" by nobody "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, _ := serve(t)
					begun := time.Now()
					a, err := begin(t, server, step, length, "").Answer(time.Hour)
					require.NoError(t, err)
					require.Equal(t, http.StatusUnauthorized, a.Status)
					require.Less(t, time.Since(begun), time.Second)
				})
			})
		}
	}
}

// TestStepsWithoutABody checks that a refusal that needs no body does not wait for one.
func TestStepsWithoutABody(t *testing.T) {
	for step, status := range map[string]int{"GET /s3/params": http.StatusBadRequest, "POST /s3/single": http.StatusBadRequest, "PUT /s3/multipart": http.StatusNotFound} {
		synctest.Test(t, func(t *testing.T) {
			server, _ := serve(t)
			begun := time.Now()
			a, err := begin(t, server, step, 900, "").Answer(time.Hour)
			require.NoError(t, err)
			require.Equal(t, status, a.Status, step)
			require.Less(t, time.Since(begun), time.Second)
		})
	}
}

func serve(t *testing.T) (*uploadtest.Server, *upload.Handler) {
	t.Helper()
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), &upload.Options{
		StallTimeout: stallTimeout, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	handler, err := uppy.New(p, nil)
	require.NoError(t, err)
	return uploadtest.Serve(t, handler), h
}

// begin sends the head of a step, with a body of that length or chunked, and 7 bytes.
func begin(t *testing.T, server *uploadtest.Server, step string, length int64, subject string) *uploadtest.Conn {
	t.Helper()
	method, path, _ := strings.Cut(step, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(strings.Repeat(" ", 900)))
	require.NoError(t, err)
	r.ContentLength = length
	if subject != "" {
		r.Header.Set("Subject", subject)
	}
	c, err := server.Dial(r)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Send(7))
	return c
}
