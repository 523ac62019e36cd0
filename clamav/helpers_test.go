package clamav_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// host is an application whose policy has a scanner.
type host struct {
	*httptest.Server
	store *memstore.Store
	log   *logBuffer
}

func newHost(t *testing.T, scanner upload.Validator, opts upload.Options) *host {
	t.Helper()
	h := &host{store: &memstore.Store{}, log: &logBuffer{}}
	h.Server = serve(t, h.store, scanner, h.log, opts)
	return h
}

func serve(t *testing.T, store storage.Storage, scanner upload.Validator, log io.Writer, opts upload.Options) *httptest.Server {
	t.Helper()
	if opts.MaxFileSize == 0 {
		opts.MaxFileSize = 256 << 20
	}
	opts.CheckTimeout = 5 * time.Minute
	opts.Logger = slog.New(slog.NewTextHandler(log, nil))
	subject := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil })
	handler, err := upload.New(store, scanner, subject, &opts)
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// answer is the response to a client.
type answer struct {
	status     int
	code       upload.Code
	body       string
	retryAfter string
}

// send uploads content.
func send(t testing.TB, server *httptest.Server, subject string, content io.Reader) (answer, error) {
	t.Helper()
	body, in := io.Pipe()
	form := multipart.NewWriter(in)
	go func() {
		w, err := form.CreateFormFile("file", "a.bin")
		if err == nil {
			_, err = io.Copy(w, content)
		}
		if err == nil {
			err = form.Close()
		}
		_ = in.CloseWithError(err)
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Subject", subject)
	resp, err := server.Client().Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, body: string(b), retryAfter: resp.Header.Get("Retry-After")}
	var problem struct{ Code upload.Code }
	if resp.StatusCode != http.StatusCreated && err == nil {
		err = json.Unmarshal(b, &problem)
	}
	a.code = problem.Code
	return a, err
}

// scans uploads content and requires the given code, "" for accepted, and that the file is stored
// only then.
func (h *host) scans(t *testing.T, content io.Reader, code upload.Code) answer {
	t.Helper()
	a, err := send(t, h.Server, "ann", content)
	require.NoError(t, err)
	require.Equal(t, code, a.code, "%s\n%s", a.body, h.log)
	if code == "" {
		require.Equal(t, http.StatusCreated, a.status)
		keys := h.store.Keys()
		require.Len(t, keys, 1)
		require.NoError(t, h.store.Delete(t.Context(), keys[0]))
	} else {
		require.Equal(t, code.Status(), a.status)
	}
	require.Empty(t, h.store.Keys())
	require.Zero(t, h.store.Used())
	return a
}

// zeros returns n bytes that are zero except for what, which begins at the offset at.
func zeros(n, at int64, what []byte) io.Reader {
	return io.MultiReader(
		io.LimitReader(endless{}, at), bytes.NewReader(what), io.LimitReader(endless{}, n-at-int64(len(what))),
	)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
