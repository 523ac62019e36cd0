package upload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// proxied is a server of one object, over connections in memory.
type proxied struct {
	*uploadtest.Server
	events chan upload.Event
}

var mebibyte = strings.Repeat("0123456789abcdef", 1<<16)

func newProxied(t *testing.T, store storage.Storage, o upload.LinksOptions, configure func(*http.Server)) *proxied {
	t.Helper()
	p := &proxied{events: make(chan upload.Event, 1)}
	o.Proxy, o.Logger = true, (&fixture{log: &syncBuffer{}}).logger()
	o.Hooks.Event = func(_ context.Context, e upload.Event) { p.events <- e }
	links, err := upload.NewLinks(store, &o)
	require.NoError(t, err)
	h := links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.txt"}, nil })
	p.Server = uploadtest.Serve(t, h, func(s *http.Server) {
		s.Protocols = new(http.Protocols)
		s.Protocols.SetHTTP1(true)
		s.Protocols.SetUnencryptedHTTP2(true)
		configure(s)
	})
	return p
}

// oneMebibyte returns a storage of one object of 1 MiB.
func oneMebibyte(t *testing.T) *memstore.Store {
	t.Helper()
	l := &linked{store: &memstore.Store{}}
	l.put(t, "a.txt", "text/plain", "a.txt", mebibyte)
	return l.store
}

// open asks for the object. With HTTP/2 at most 64 KiB are under way.
func (p *proxied) open(t *testing.T, http2 bool) io.Reader {
	t.Helper()
	transport := p.Client().Transport.(*http.Transport)
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(!http2)
	transport.Protocols.SetUnencryptedHTTP2(http2)
	transport.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 64 << 10}
	t.Cleanup(transport.CloseIdleConnections)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL, nil)
	require.NoError(t, err)
	resp, err := transport.RoundTrip(r)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body
}

// readSlowly reads to the end, a number of bytes each second.
func readSlowly(r io.Reader, rate int) (n int64, err error) {
	for {
		m, err := io.CopyN(io.Discard, r, int64(rate))
		if n += m; err != nil {
			return n, err
		}
		time.Sleep(time.Second)
	}
}

// eachProtocol runs a test with HTTP/1.1 and HTTP/2, each with a server that has a
// WriteTimeout of a second and one without.
func eachProtocol(t *testing.T, test func(t *testing.T, http2 bool, configure func(*http.Server))) {
	t.Helper()
	for _, http2 := range []bool{false, true} {
		for _, timeout := range []time.Duration{0, time.Second} {
			t.Run(fmt.Sprintf("http2=%v,WriteTimeout=%v", http2, timeout), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					test(t, http2, func(s *http.Server) { s.WriteTimeout = timeout })
				})
			})
		}
	}
}

// TestProxyOutlastsWriteTimeout: a client that reads slowly gets the whole file.
func TestProxyOutlastsWriteTimeout(t *testing.T) {
	eachProtocol(t, func(t *testing.T, http2 bool, configure func(*http.Server)) {
		p := newProxied(t, oneMebibyte(t), upload.LinksOptions{}, configure)
		begin := time.Now()
		n, err := readSlowly(p.open(t, http2), 10_000)
		require.ErrorIs(t, err, io.EOF)
		require.EqualValues(t, len(mebibyte), n)
		require.Greater(t, time.Since(begin), time.Minute)
		got := <-p.events
		require.Equal(t, upload.KindServed, got.Kind)
		require.EqualValues(t, len(mebibyte), got.Bytes)
	})
}

// TestProxyOutlastsSlowStorage: the time that the storage takes does not count against the client.
func TestProxyOutlastsSlowStorage(t *testing.T) {
	eachProtocol(t, func(t *testing.T, http2 bool, configure func(*http.Server)) {
		store := slowStore{oneMebibyte(t), 29 * time.Second}
		p := newProxied(t, store, upload.LinksOptions{MinRate: 1 << 20}, configure)
		n, err := io.Copy(io.Discard, p.open(t, http2))
		require.NoError(t, err)
		require.EqualValues(t, len(mebibyte), n)
	})
}

// slowStore pauses before it opens an object, and before each read.
type slowStore struct {
	*memstore.Store
	pause time.Duration
}

func (s slowStore) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	time.Sleep(s.pause)
	r, err := s.Store.OpenAt(ctx, key, etag, offset, length)
	return slowBody{r, s.pause}, err
}

type slowBody struct {
	io.ReadCloser
	pause time.Duration
}

func (b slowBody) Read(p []byte) (int, error) {
	time.Sleep(b.pause)
	return b.ReadCloser.Read(p)
}

// TestProxyCutsWhoDoesNotRead: a client that stops reading anywhere, or reads too little,
// is cut after StallTimeout.
func TestProxyCutsWhoDoesNotRead(t *testing.T) {
	for name, row := range map[string]struct {
		reads int64 // bytes read at once
		rate  int   // bytes read each second after that; 0: none
	}{
		"nothing":   {0, 0},
		"some":      {100_000, 0},
		"too slow":  {0, 900},
		"then slow": {100_000, 900},
	} {
		t.Run(name, func(t *testing.T) {
			eachProtocol(t, func(t *testing.T, http2 bool, configure func(*http.Server)) {
				p := newProxied(t, oneMebibyte(t), upload.LinksOptions{StallTimeout: time.Minute, MinRate: 1000}, configure)
				body := p.open(t, http2)
				_, err := io.CopyN(io.Discard, body, row.reads)
				require.NoError(t, err)
				begin := time.Now()
				if row.rate > 0 {
					var n int64
					n, err = readSlowly(body, row.rate)
					require.NotErrorIs(t, err, io.EOF)
					require.Less(t, n, int64(len(mebibyte))/2)
				}
				got := <-p.events
				require.Equal(t, upload.KindRefused, got.Kind)
				require.Equal(t, upload.CodeTimeout, got.Code)
				require.Less(t, time.Since(begin), 5*time.Minute) // buffers come first
				require.GreaterOrEqual(t, time.Since(begin), time.Minute)
				require.Less(t, got.Bytes, int64(len(mebibyte))/2)
				_, err = io.Copy(io.Discard, body)
				require.Error(t, err, "the answer looks whole")
			})
		})
	}
}

// TestProxyCutsTheLastBytes: bytes that are buffered at the end of the file have a
// deadline, too.
func TestProxyCutsTheLastBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &linked{store: &memstore.Store{}}
		l.put(t, "a.txt", "text/plain", "a.txt", "content")
		p := newProxied(t, l.store, upload.LinksOptions{StallTimeout: 20 * time.Second}, func(*http.Server) {})
		c, err := p.Client().Transport.(*http.Transport).DialContext(t.Context(), "", "")
		require.NoError(t, err)
		_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		require.NoError(t, err)
		begin := time.Now()
		got := <-p.events
		require.Equal(t, upload.CodeTimeout, got.Code)
		require.Equal(t, 20*time.Second, time.Since(begin))
		p.Close()
		require.NoError(t, c.Close())
	})
}

// deadlines is a response writer that notes its write deadlines.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// TestProxyGivesTheDeadlineBack: after the file, a write of the host has the server's WriteTimeout
// again. While bytes pass, a deadline is set.
func TestProxyGivesTheDeadlineBack(t *testing.T) {
	for _, row := range []struct {
		about  string
		method string
		server *http.Server
		last   time.Duration // 0 is none
		sets   bool
	}{
		{"no server", http.MethodGet, nil, 0, true},
		{"no timeout", http.MethodGet, &http.Server{}, 0, true},                                             //nolint:gosec // it serves nothing
		{"a timeout", http.MethodGet, &http.Server{WriteTimeout: 20 * time.Second}, 20 * time.Second, true}, //nolint:gosec // as above
		{"no body", http.MethodHead, &http.Server{WriteTimeout: 20 * time.Second}, 0, false},                //nolint:gosec // as above
	} {
		t.Run(row.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				links, err := upload.NewLinks(oneMebibyte(t), &upload.LinksOptions{Proxy: true, Logger: (&fixture{log: &syncBuffer{}}).logger()})
				require.NoError(t, err)
				ctx := t.Context()
				if row.server != nil {
					ctx = context.WithValue(ctx, http.ServerContextKey, row.server)
				}
				w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
				links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.txt"}, nil }).
					ServeHTTP(w, httptest.NewRequestWithContext(ctx, row.method, "/", nil))
				if !row.sets {
					require.Empty(t, w.set)
					return
				}
				require.Equal(t, mebibyte, w.Body.String())
				last := len(w.set) - 1
				for _, at := range w.set[:last] {
					require.True(t, at.After(time.Now()), "no deadline, or one that has passed")
				}
				if row.last == 0 {
					require.Zero(t, w.set[last])
					return
				}
				require.Equal(t, time.Now().Add(row.last), w.set[last])
			})
		})
	}
}

// TestProxyWithoutDeadlines: a response writer without deadlines passes everything. The
// lack is logged once.
func TestProxyWithoutDeadlines(t *testing.T) {
	log := &syncBuffer{}
	links, err := upload.NewLinks(oneMebibyte(t), &upload.LinksOptions{Proxy: true, Logger: (&fixture{log: log}).logger()})
	require.NoError(t, err)
	h := links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.txt"}, nil })
	s := uploadtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
	}))
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		require.NoError(t, err)
		resp, err := s.Client().Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, mebibyte, string(body))
	}
	s.Close()
	require.Equal(t, 1, strings.Count(log.String(), "no deadlines"))
}
