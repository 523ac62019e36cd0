// Package nginx_test runs nginx with the settings of docs/production.md in front of handlers.
package nginx_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

const maxSize = 20 << 20

// TestSettings sends files through nginx: a form, a form that is refused, a form of a page, and a
// resumable upload.
func TestSettings(t *testing.T) {
	front := startNginx(t, newApp(t))
	large := uploadtest.PNG(18 << 20).Bytes()

	a := send(t, formOf(t, front, uploadtest.Bytes(large)))
	require.Equal(t, http.StatusCreated, a.Status, a)

	r := formOf(t, front, uploadtest.PNG(64<<20))
	r.Close = true // nginx may end the connection after a refusal
	a = send(t, r)
	require.Equal(t, upload.CodeTooLarge, a.Code, a)
	require.Equal(t, http.StatusRequestEntityTooLarge, a.Status)

	r = formOf(t, front, uploadtest.PNG(0))
	r.Header.Set("Origin", front) // without Sec-Fetch-Site the handler compares it with Host
	require.Equal(t, http.StatusCreated, send(t, r).Status)

	url := front + create(t, front, len(large))
	half := len(large) / 2
	require.Equal(t, http.StatusNoContent, patch(t, url, 0, large[:half]).Status)
	require.Equal(t, http.StatusNoContent, patch(t, url, half, large[half:]).Status)
}

// newApp returns a server with the paths of the settings in docs/production.md.
func newApp(t *testing.T) *httptest.Server {
	t.Helper()
	h, err := upload.New(&memstore.Store{}, upload.Types("image/png"), upload.RequireSubject(func(*http.Request) (string, error) { return "ada", nil }),
		&upload.Options{MaxFileSize: maxSize, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	resumer, err := upload.NewResumer(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)
	mux.Handle("/resumable/", resumer)
	app := httptest.NewServer(mux)
	t.Cleanup(app.Close)
	return app
}

var (
	blocks   = regexp.MustCompile("(?s)```nginx\n(.*?)```")
	upstream = regexp.MustCompile(`(?m)^# (upstream app \{ server )\S+(; .*\})$`)
)

// startNginx starts nginx with all nginx settings of docs/production.md, and returns its URL.
func startNginx(t *testing.T, app *httptest.Server) string {
	t.Helper()
	path, dir := program.Find(t, "nginx"), t.TempDir()
	page, err := os.ReadFile("../../docs/production.md")
	require.NoError(t, err)
	var locations strings.Builder
	for _, m := range blocks.FindAllStringSubmatch(string(page), -1) {
		locations.WriteString(m[1])
	}
	of := upstream.FindStringSubmatch(locations.String())
	require.NotNil(t, of)
	address := freeAddress(t)
	config := filepath.Join(dir, "nginx.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	%s%s%s
	server {
		listen %s;
		%s
	}
}
`, of[1], app.Listener.Addr(), of[2], address, locations.String()), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	var said bytes.Buffer
	nginx := exec.CommandContext(ctx, path, "-p", dir, "-c", config)
	nginx.Stdout, nginx.Stderr = &said, &said
	require.NoError(t, nginx.Start())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = nginx.Wait() }()
	t.Cleanup(func() {
		stop()
		<-ended
		if t.Failed() {
			t.Log(said.String())
		}
	})
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		conn, err := net.Dial("tcp", address)
		if assert.NoError(c, err) {
			_ = conn.Close()
		}
	}, 10*time.Second, 20*time.Millisecond)
	return "http://" + address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func formOf(t *testing.T, front string, content uploadtest.Content) *http.Request {
	t.Helper()
	return uploadtest.NewRequest(front+"/upload", uploadtest.File("file", "a.png", content))
}

func send(t *testing.T, r *http.Request) *uploadtest.Answer {
	t.Helper()
	return uploadtest.Send(t, http.DefaultClient, r)
}

// create creates a resumable upload, and returns the path of its URL.
func create(t *testing.T, front string, size int) string {
	t.Helper()
	r := resumable(t, http.MethodPost, front+"/resumable/", nil)
	r.Header.Set("Upload-Length", strconv.Itoa(size))
	r.Header.Set("Upload-Metadata", "filename YS5wbmc=") // a.png
	r.Header.Set("Origin", front)                        // a page of this origin gets a path
	a := send(t, r)
	require.Equal(t, http.StatusCreated, a.Status, a)
	require.Regexp(t, "^/resumable/", a.Header.Get("Location"))
	return a.Header.Get("Location")
}

func patch(t *testing.T, url string, offset int, content []byte) *uploadtest.Answer {
	t.Helper()
	r := resumable(t, http.MethodPatch, url, bytes.NewReader(content))
	r.Header.Set("Upload-Offset", strconv.Itoa(offset))
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	return send(t, r)
}

func resumable(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	return r
}
