package upload_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeSuperseded checks that a request whose client has begun another one is answered with
// 409. The answer reaches a client that sends all before it reads, as browsers do.
func TestResumeSuperseded(t *testing.T) {
	for name, row := range map[string]struct {
		size    int
		limiter upload.Limiter
	}{
		"a short rest":                   {200_000, nil},
		"a long rest":                    {4 << 20, nil},
		"a short rest, which is counted": {200_000, &testLimiter{}},
		"a long rest, which is counted":  {4 << 20, &testLimiter{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := strings.Repeat("0123456789abcdef", row.size/16)
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{Limiter: row.limiter}, upload.ResumeOptions{})
			url := z.create(t, "a.txt", len(content))
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", z.Listener.Addr().String())
			require.NoError(t, err)
			defer func() { _ = conn.Close() }()
			_, err = io.WriteString(conn, z.headOf(url, len(content))+content[:100_000])
			require.NoError(t, err)
			z.awaitReceived(t, 100_000)
			z.requireStored(t, z.goesOn(t, url, content), content)
			_, err = io.WriteString(conn, content[100_000:])
			require.NoError(t, err)
			got, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.NoError(t, got.Body.Close())
			require.Equal(t, http.StatusConflict, got.StatusCode)
		})
	}
}

// headOf is the head of a PATCH from the first byte.
func (z *resumable) headOf(url string, length int) string {
	path := strings.TrimPrefix(z.resolve(url), z.URL)
	head := "PATCH " + path + " HTTP/1.1\nHost: a\nTus-Resumable: 1.0.0\nSubject: ann\nUpload-Id: dialled\nContent-Length: " + strconv.Itoa(length) + "\n" + offsetBytes + "0\n\n"
	return strings.ReplaceAll(head, "\n", "\r\n")
}

// TestResumeStreams sends by HTTP/2: a request that the client resets, one that stalls, one that is
// too slow, and one whose client has begun another one. The bytes that came are kept. Each request
// except the first gets its answer.
func TestResumeStreams(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 40<<10)
	for name, start := range map[string]func(*testing.T, http.Handler) (*http.Client, string){"TLS": overTLS, "without TLS": overH2C} {
		for _, row := range []struct {
			name   string
			after  func(t *testing.T, z *resumable, url string, body *io.PipeWriter)
			o      upload.Options
			status int // 0 for no answer
		}{
			{"reset", func(_ *testing.T, _ *resumable, _ string, body *io.PipeWriter) {
				_ = body.CloseWithError(errAny)
			}, upload.Options{}, 0},
			{"stalled", func(*testing.T, *resumable, string, *io.PipeWriter) {}, upload.Options{StallTimeout: 100 * time.Millisecond}, 503},
			{"slow", func(_ *testing.T, _ *resumable, _ string, body *io.PipeWriter) {
				go func() {
					for {
						time.Sleep(5 * time.Millisecond)
						if _, err := io.WriteString(body, "x"); err != nil {
							return
						}
					}
				}()
			}, upload.Options{StallTimeout: 200 * time.Millisecond, MinRate: 1 << 20}, 503},
			{"superseded", func(t *testing.T, z *resumable, url string, _ *io.PipeWriter) {
				z.requireStored(t, z.goesOn(t, url, content), content)
			}, upload.Options{}, 409},
		} {
			t.Run(name+", "+row.name, func(t *testing.T) {
				t.Parallel()
				z := newResumable(t, &memstore.Store{}, nil, row.o, upload.ResumeOptions{})
				client, base := start(t, z.Config.Handler)
				url := z.create(t, "a.txt", len(content))
				body, sends := io.Pipe()
				answers := make(chan reply, 1)
				go func() { answers <- streamed(t, client, base+"/files/"+url, len(content), body) }()
				_, err := io.WriteString(sends, content[:100_000])
				require.NoError(t, err)
				z.awaitReceived(t, 100_000)
				row.after(t, z, url, sends)
				got := <-answers
				_ = sends.Close()
				require.Equal(t, row.status, got.StatusCode, got.Body)
				require.GreaterOrEqual(t, z.offset(t, url), 100_000)
			})
		}
	}
}

// streamed sends a PATCH from the first byte. Its reply has no status if none came.
func streamed(t *testing.T, client *http.Client, url string, length int, body io.Reader) reply {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url, body)
	if err != nil {
		t.Error(err)
		return reply{}
	}
	r.ContentLength = int64(length)
	for name, value := range map[string]string{
		"Tus-Resumable": "1.0.0", "Subject": "ann", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Upload-Id": "dialled",
	} {
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	if err != nil {
		return reply{}
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.ProtoMajor != 2 {
		t.Errorf("%s: %v", resp.Proto, err)
	}
	return reply{StatusCode: resp.StatusCode, Body: string(text)}
}

// overTLS serves h by HTTP/2 over TLS.
func overTLS(t *testing.T, h http.Handler) (*http.Client, string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.Client(), srv.URL
}

// overH2C serves h by HTTP/2 without TLS, as some proxies send it.
func overH2C(t *testing.T, h http.Handler) (*http.Client, string) {
	t.Helper()
	both := new(http.Protocols)
	both.SetUnencryptedHTTP2(true)
	srv := httptest.NewUnstartedServer(h)
	srv.Config.Protocols = both
	srv.Start()
	t.Cleanup(srv.Close)
	transport := &http.Transport{Protocols: both}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}, srv.URL
}
