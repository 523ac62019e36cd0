package upload_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// TestRawSizes: bytes arrive as they were sent, over HTTP/1.1 and HTTP/2, with and without a
// length.
func TestRawSizes(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		for _, size := range []int{1, 4095, 4096, 4097, 32<<10 + 1, 1 << 20, 5 << 20} {
			for _, chunked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/chunked %v", proto, size, chunked), func(t *testing.T) {
					f := newRaw(t, nil, upload.Options{}, fromPath)
					srv := httptest.NewUnstartedServer(f)
					srv.EnableHTTP2 = proto == "HTTP/2.0"
					srv.StartTLS()
					t.Cleanup(srv.Close)
					content := strings.Repeat("0123456789", size/10+1)[:size]
					r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, srv.URL+"/a.txt", strings.NewReader(content))
					require.NoError(t, err)
					if chunked {
						r.ContentLength = -1
					}
					resp, err := srv.Client().Do(r)
					require.NoError(t, err)
					defer func() { require.NoError(t, resp.Body.Close()) }()
					require.Equal(t, proto, resp.Proto)
					require.Equal(t, http.StatusCreated, resp.StatusCode)
					stored, info := f.stored(t, filesOf(t, resp)[0].Key)
					require.Equal(t, content, stored)
					require.Equal(t, "a.txt", info.Name)
				})
			}
		}
	}
}

// TestRawCut: a body that ends early is never taken for a short file.
func TestRawCut(t *testing.T) {
	for _, tc := range []struct{ about, head, body string }{
		{"before its first byte", "Content-Length: 100000", ""},
		{"after a byte", "Content-Length: 100000", "h"},
		{"after the head of the file", "Content-Length: 100000", strings.Repeat("h", 4096)},
		{"before the last byte", "Content-Length: 100000", strings.Repeat("h", 99_999)},
		{"before the first chunk", "Transfer-Encoding: chunked", ""},
		{"within a chunk", "Transfer-Encoding: chunked", "186a0\r\nhello"},
		{"before the last chunk", "Transfer-Encoding: chunked", "5\r\nhello\r\n"},
		{"within the last chunk", "Transfer-Encoding: chunked", "5\r\nhello\r\n0"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newRaw(t, upload.NotEmpty(), upload.Options{}, fromPath)
			srv := serveHTTP(t, f, nil)
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			require.NoError(t, err)
			defer func() { _ = c.Close() }()
			_, err = fmt.Fprintf(c, "PUT /a.txt HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n%s", tc.head, tc.body)
			require.NoError(t, err)
			require.NoError(t, c.(*net.TCPConn).CloseWrite())
			require.Equal(t, upload.CodeMalformed, problemOf(t, answerOn(t, c)).Code)
			f.empty(t)
		})
	}
}

// TestRawCutOverHTTP2: a stream that is reset does not become a short file, either.
func TestRawCutOverHTTP2(t *testing.T) {
	ends := make(chan upload.Event, 1)
	f := newRaw(t, upload.NotEmpty(), upload.Options{Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		if e.Kind.IsDecision() {
			ends <- e
		}
	}}}, fromPath)
	srv := httptest.NewUnstartedServer(f)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	body := io.MultiReader(strings.NewReader(strings.Repeat("h", 70_000)), failing{io.ErrUnexpectedEOF})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, srv.URL+"/a.txt", body)
	require.NoError(t, err)
	_, err = srv.Client().Do(r)
	require.Error(t, err)
	require.Equal(t, http.StatusBadRequest, (<-ends).Code.Status(), "malformed, or the client is gone")
	f.empty(t)
}

// TestRawExpect: a client that sends "Expect: 100-continue" is refused before it sends its body.
func TestRawExpect(t *testing.T) {
	for _, tc := range []struct {
		about string
		heads []string
		code  upload.Code
	}{
		{"a length over the limit", []string{"Content-Length: 1000000000", "Content-Type: image/png"}, upload.CodeTooLarge},
		{"a form", []string{"Content-Length: 100", "Content-Type: multipart/form-data; boundary=x"}, upload.CodeNotRaw},
		{"compressed", []string{"Content-Length: 100", "Content-Encoding: br"}, upload.CodeNotRaw},
		{"a part", []string{"Content-Length: 100", "Content-Range: bytes 0-99/1000"}, upload.CodeMalformed},
		{"another origin", []string{"Content-Length: 100", "Origin: https://evil.example"}, upload.CodeCrossOrigin},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newRaw(t, upload.NotEmpty(), upload.Options{}, fromPath)
			srv := serveHTTP(t, f, nil)
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			require.NoError(t, err)
			defer func() { _ = c.Close() }()
			_, err = fmt.Fprintf(c, "PUT /a.txt HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n%s\r\n\r\n", strings.Join(tc.heads, "\r\n"))
			require.NoError(t, err)
			require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
			first, err := bufio.NewReader(c).ReadString('\n')
			require.NoError(t, err)
			require.Contains(t, first, fmt.Sprintf("HTTP/1.1 %d ", tc.code.Status()))
		})
	}
}

// TestRawStalls: a client that stalls in a raw body is cut after StallTimeout.
func TestRawStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newRaw(t, nil, upload.Options{StallTimeout: time.Minute}, fromPath)
		s := uploadtest.Serve(t, f)
		r := uploadtest.NewRequest(s.URL, uploadtest.File("file", "a.txt", uploadtest.Repeat("hello ", 200_000)))
		r.Method, r.URL.Path = http.MethodPut, "/a.txt"
		r.Header.Set("Content-Type", "text/plain")
		c, err := s.Dial(r)
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.Send(70_000))
		begin := time.Now()
		a, err := c.Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, upload.CodeTimeout, a.Code)
		require.Equal(t, time.Minute, time.Since(begin))
		f.empty(t)
	})
}
