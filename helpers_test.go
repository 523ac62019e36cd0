package upload_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

const boundary = "a-test-boundary"

// form builds a multipart body. It escapes nothing in names.
type form struct{ b strings.Builder }

func (f *form) part(headers, content string) *form {
	f.b.WriteString("--" + boundary + "\r\n" + headers + "\r\n\r\n" + content + "\r\n")
	return f
}

func (f *form) text(name, value string) *form {
	return f.part(`Content-Disposition: form-data; name="`+name+`"`, value)
}

func (f *form) file(field, name, content string) *form {
	return f.part(`Content-Disposition: form-data; name="`+field+`"; filename="`+name+"\"\r\nContent-Type: application/octet-stream", content)
}

func (f *form) String() string { return f.b.String() + "--" + boundary + "--\r\n" }

func file(field, name, content string) string { return new(form).file(field, name, content).String() }

// post returns a request with body, as a handler sees it.
func post(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/upload", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	return r
}

var pngBytes = sync.OnceValue(func() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err)
	}
	return b.String()
})

const pdfBytes = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"

// fixture is a handler over a fresh memory store, with what it logged.
type fixture struct {
	*upload.Handler
	store *memstore.Store
	log   *syncBuffer
}

// upTo returns a form that takes one file or more, up to n, in the field "file".
func upTo(n int, accept upload.Validator) upload.Form {
	return upload.Form{"file": {Accept: accept, MaxFiles: n}}
}

// newFixture makes a handler for anyone, which logs to the fixture's log. Without a policy it takes
// PNG, PDF and text, and without a Form at most two files in the field "file".
func newFixture(t *testing.T, policy upload.Validator, o upload.Options) *fixture {
	t.Helper()
	f := &fixture{store: &memstore.Store{}, log: &syncBuffer{}}
	if policy == nil {
		policy = upload.Types("image/png", "application/pdf", "text/plain")
	}
	if _, ok := policy.(upload.Form); !ok {
		policy = upTo(2, policy)
	}
	o.Logger = f.logger()
	h, err := upload.New(f.store, policy, upload.AllowAnonymous, &o)
	require.NoError(t, err)
	f.Handler = h
	return f
}

// do serves one request without a network.
func (f *fixture) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// refuses requires that r is refused with code and that nothing is stored.
func (f *fixture) refuses(t *testing.T, code upload.Code, r *http.Request) problem {
	t.Helper()
	w := f.do(r)
	p := problemOf(t, w.Result())
	require.Equal(t, code, p.Code, p.Detail)
	require.Equal(t, code.Status(), w.Code)
	f.empty(t)
	return p
}

// accepts requires that r is answered with 201, and returns the files.
func (f *fixture) accepts(t *testing.T, r *http.Request) []upload.File {
	t.Helper()
	w := f.do(r)
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	return filesOf(t, w.Result())
}

func (f *fixture) empty(t *testing.T) {
	t.Helper()
	require.Empty(t, f.store.Keys())
	require.Zero(t, f.store.Used())
}

func (f *fixture) stored(t *testing.T, key string) (string, storage.Stored) {
	t.Helper()
	content, info := uploadtest.Stored(t, f.store, key)
	return string(content), info
}

// problem is the answer to a refused request.
type problem struct {
	Type, Title, Detail string
	Status              int
	Code                upload.Code
	Params              map[string]any
	Files               []struct {
		Field, Name, Reason string
		Code                upload.Code
		Params              map[string]any
	}
}

func problemOf(t *testing.T, r *http.Response) (p problem) {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), "%d %s", r.StatusCode, b)
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.NoError(t, json.Unmarshal(b, &p))
	require.Equal(t, r.StatusCode, p.Status)
	require.NotEmpty(t, p.Detail)
	requireDocumented(t, p.Code, p.Params)
	for _, f := range p.Files {
		requireDocumented(t, f.Code, f.Params)
	}
	return p
}

func filesOf(t *testing.T, r *http.Response) []upload.File {
	t.Helper()
	var answer struct{ Files []upload.File }
	require.NoError(t, json.NewDecoder(r.Body).Decode(&answer))
	return answer.Files
}

// syncBuffer is a log that tests read while handlers write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// counting returns hooks that count the events of one kind in n.
func counting(kind upload.EventKind, n *int) upload.Hooks {
	return upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		if e.Kind == kind {
			*n++
		}
	}}
}

func (f *fixture) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
