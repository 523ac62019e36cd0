package s3store_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

// counter counts the bytes that a server writes, and its connections.
type counter struct {
	net.Listener
	written, conns atomic.Int64
}

func (l *counter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.conns.Add(1)
		c = countedConn{c, l}
	}
	return c, err
}

type countedConn struct {
	net.Conn
	l *counter
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.l.written.Add(int64(n))
	return n, err
}

// zeros is an object of any size.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

// sparse serves an object of that many zeros under any key, and counts what it sends.
func sparse(t *testing.T, size int64) (*s3store.Store, *counter) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"zeros"`)
		w.Header().Set("Content-Type", "application/pdf")
		http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(zeros{}, 0, size))
	}))
	counting := &counter{Listener: server.Listener}
	server.Listener = counting
	server.Start()
	t.Cleanup(server.Close)
	store, err := s3store.New(client(server.URL, func(o *s3.Options) { o.HTTPClient = server.Client() }), "bucket",
		&s3store.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return store, counting
}

// TestSmallRangesOfALargeObject checks that a proxy requests only the bytes it needs from S3, and
// reuses the connection.
func TestSmallRangesOfALargeObject(t *testing.T) {
	store, s3 := sparse(t, huge)
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	app := httptest.NewServer(links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "k"}, nil }))
	t.Cleanup(app.Close)
	for i := range 50 {
		first := i * 20_000_003
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL, nil)
		require.NoError(t, err)
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", first, first))
		resp, err := app.Client().Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusPartialContent, resp.StatusCode)
		require.Equal(t, []byte{0}, body)
	}
	t.Logf("50 ranges of one byte: %d bytes and %d connections", s3.written.Load(), s3.conns.Load())
	require.Less(t, s3.written.Load(), int64(1<<20))
	require.EqualValues(t, 1, s3.conns.Load())
}

// TestLongDownload checks that a large file arrives whole at a client that reads steadily for
// longer than the server's WriteTimeout. With UPLOAD_TEST_LONG=1 it sends 2 GiB at 10 MiB/s under a
// WriteTimeout of 30 s.
func TestLongDownload(t *testing.T) {
	size := int64(rounds.Of(32, 2048)) << 20
	timeout := time.Duration(rounds.Of(1, 30)) * time.Second
	store, _ := sparse(t, size)
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	app := httptest.NewUnstartedServer(links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "k"}, nil }))
	app.Config.WriteTimeout = timeout
	app.Start()
	t.Cleanup(app.Close)
	begin := time.Now()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL, nil)
	require.NoError(t, err)
	resp, err := app.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, size, resp.ContentLength)
	var got int64
	for err == nil { // no read comes early
		var n int64
		n, err = io.CopyN(io.Discard, resp.Body, 1<<20)
		got += n
		time.Sleep(time.Until(begin.Add(time.Duration(got) * time.Second / (10 << 20))))
	}
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, size, got)
	t.Logf("%d MiB under a WriteTimeout of %v in %v", got>>20, timeout, time.Since(begin))
}
