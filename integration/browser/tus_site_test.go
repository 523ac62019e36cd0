package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// tusSite is an application with resumable uploads. Its connections and answers can be lost.
type tusSite struct {
	url   string
	store place
	known []string     // keys of files that the test has seen
	cut   atomic.Int64 // after how many bytes a connection is reset, 0 for never
	posts atomic.Int64 // how many of the next answers to POST are lost
	lost  atomic.Int64 // the same of PATCH
	out   atomic.Int64 // after how many bytes of bodies the user is signed out, 0 for never
	done  atomic.Int64 // how often the host's function ran
	sent  atomic.Int64 // bytes of the bodies that the server has read
}

// newTusSite starts an application whose page is made with the packages of that folder.
func newTusSite(t *testing.T, folder string, open openPlace, o upload.ResumeOptions) *tusSite {
	t.Helper()
	b := bundleOf(t, folder)
	s, mux := &tusSite{}, http.NewServeMux()
	srv := httptest.NewUnstartedServer(mux)
	srv.Listener = &cutListener{srv.Listener, &s.cut}
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	s.url = srv.URL
	s.store, _ = open(t, s.url, s.url)
	policy := upload.Documents(&upload.DocumentOptions{Types: []string{"text/plain", "text/csv"}})
	h, err := upload.New(s.store, policy, s.authorize, &upload.Options{MaxFileSize: 64 << 20, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	o.Done = func(context.Context, string, map[string]string, upload.File) error { s.done.Add(1); return nil }
	z, err := upload.NewResumer(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, &o)
	require.NoError(t, err)
	mux.Handle("/files/", s.losing(z))
	serve(mux, "/page.js", "text/javascript", b.js)
	serve(mux, "/page.css", "text/css", b.css)
	serve(mux, "/{$}", "text/html; charset=utf-8", []byte(`<!doctype html><title>Upload</title>
<link rel=stylesheet href=/page.css><div id=uppy></div><script src=/page.js></script>`))
	return s
}

func (s *tusSite) authorize(r *http.Request) (*upload.Grant, error) {
	if after := s.out.Load(); after > 0 && s.sent.Load() >= after {
		return nil, &upload.Error{Code: upload.CodeUnauthenticated}
	}
	return upload.AllowAnonymous(r)
}

// losing carries requests out, and loses the answers that are to be lost.
func (s *tusSite) losing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &countedBody{r.Body, &s.sent}
		if r.Method == http.MethodPost && s.posts.Add(-1) >= 0 || r.Method == http.MethodPatch && s.lost.Add(-1) >= 0 {
			h.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		h.ServeHTTP(w, r)
	})
}

// lines is what the page sends: lines of 16 bytes, of which each 4,096th says where it is.
func lines(size int) string {
	const block = 64 << 10
	var rest, all strings.Builder
	for at := 16; at < block; at += 16 {
		_, _ = fmt.Fprintf(&rest, "%015x\n", at)
	}
	for at := 0; at < size; at += block {
		_, _ = fmt.Fprintf(&all, "%015x\n%s", at, rest.String())
	}
	return all.String()[:size]
}

// published returns the keys of all files, and how many pieces of uploads are left.
func (s *tusSite) published(t *testing.T) (files []string, pieces int) {
	t.Helper()
	for _, key := range s.store.keys(t) {
		switch {
		case !strings.Contains(key, "upload-staging/"):
			files = append(files, key)
		case !strings.HasSuffix(key, "/0-done") && !strings.HasSuffix(key, "/0-end"):
			pieces++
		}
	}
	return files, pieces
}

// requireOne fails the test unless the content is the only file since the last call, and no piece
// is left of its upload.
func (s *tusSite) requireOne(t *testing.T, content string) {
	t.Helper()
	files, pieces := s.published(t)
	files = slices.DeleteFunc(files, func(key string) bool { return slices.Contains(s.known, key) })
	require.Len(t, files, 1)
	require.Zero(t, pieces)
	require.True(t, holds(t, s.store, files[0], content), "what is stored is not what was sent") // too large to be shown
	s.known = append(s.known, files[0])
	require.EqualValues(t, len(s.known), s.done.Load())
}

// requireNone fails the test if there is a file, or a piece of one.
func (s *tusSite) requireNone(t *testing.T) {
	t.Helper()
	files, pieces := s.published(t)
	require.Empty(t, files)
	require.Zero(t, pieces)
}

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

// cutListener accepts connections that are reset after so many bytes.
type cutListener struct {
	net.Listener
	after *atomic.Int64
}

func (l *cutListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: c, after: l.after}, nil
}

type cutConn struct {
	net.Conn
	after *atomic.Int64
	n     int64
}

func (c *cutConn) Read(p []byte) (int, error) {
	if after := c.after.Load(); after > 0 {
		if c.n >= after {
			_ = c.Conn.(*net.TCPConn).SetLinger(0)
			return 0, errors.Join(net.ErrClosed, c.Close())
		}
		p = p[:min(int64(len(p)), after-c.n)]
	}
	n, err := c.Conn.Read(p)
	c.n += int64(n)
	return n, err
}
