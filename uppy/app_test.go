package uppy_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
	"github.com/airlock-go/upload/uppy"
)

const (
	part = 5 << 20 // bytes of a part of Uppy's
	html = "<!doctype html><script>alert(1)</script>"
)

// app is an application with Uppy's endpoint at /uppy, over a memory store that clients reach over
// HTTP. Callers name themselves.
type app struct {
	*httptest.Server
	store     *memstore.Store
	presigner *upload.Presigner
	mux       *http.ServeMux
}

func bySubject(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil }

func newApp(t *testing.T, o upload.Options, change func(*app, *uppy.Options)) *app {
	t.Helper()
	a := &app{store: &memstore.Store{}, mux: http.NewServeMux()}
	a.Server = httptest.NewServer(a.mux)
	t.Cleanup(a.Close)
	a.mux.Handle("/store/", a.store.Handler(a.URL+"/store/"))
	o.Logger = slog.New(slog.DiscardHandler)
	if o.MaxFileSize == 0 {
		o.MaxFileSize = 32 << 20
	}
	accept := upload.Types("image/png", "text/plain")
	form := upload.Form{"file": {Accept: accept}, "avatar": {Accept: accept, Optional: true}}
	h, err := upload.New(a.store, form, upload.RequireSubject(bySubject), &o)
	require.NoError(t, err)
	a.presigner, err = upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	opts := &uppy.Options{}
	if change != nil {
		change(a, opts)
	}
	handler, err := uppy.New(a.presigner, opts)
	require.NoError(t, err)
	a.mux.Handle("/uppy/", handler)
	return a
}

// call is one request to the endpoint. It is ann's unless header has another Subject.
type call struct {
	method, path, body string
	header             map[string]string
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   string
}

func (a *app) send(t *testing.T, c call) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, a.URL+c.path, strings.NewReader(c.body))
	require.NoError(t, err)
	r.Header.Set("Subject", "ann")
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	got := uploadtest.Send(t, a.Client(), r)
	return reply{got.Status, got.Header, string(got.Body)}
}

// ok requires 200 and decodes the answer.
func (a *app) ok(t *testing.T, c call, answer any) {
	t.Helper()
	got := a.send(t, c)
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	require.NoError(t, json.Unmarshal([]byte(got.body), answer), got.body)
}

// refuses requires code with its status and a message, and nothing published.
func (a *app) refuses(t *testing.T, code upload.Code, c call) string {
	t.Helper()
	got := a.send(t, c)
	var e struct {
		Error   upload.Code
		Message string
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &e), got.body)
	require.Equal(t, code, e.Error, e.Message)
	require.Equal(t, code.Status(), got.status)
	require.NotEmpty(t, e.Message)
	require.Empty(t, a.published())
	return e.Message
}

func (a *app) published() (keys []string) {
	for _, key := range a.store.Keys() {
		if !strings.Contains(key, storage.StagingSegment) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (a *app) read(t *testing.T, key string) string {
	t.Helper()
	content, _ := uploadtest.Stored(t, a.store, key)
	return string(content)
}

// put sends a part like Uppy 6, which reads only the URL and sends no type.
func put(t *testing.T, to, content string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, to, strings.NewReader(content))
	require.NoError(t, err)
	got := uploadtest.Send(t, nil, r)
	require.Equal(t, http.StatusOK, got.Status)
	return got.Header.Get("Etag")
}

// created is an upload that was opened.
type created struct{ Key, UploadID string }

func (c created) path(step string) string {
	return "/uppy/s3/multipart/" + url.PathEscape(c.UploadID) + step + "?key=" + url.QueryEscape(c.Key)
}

func createBody(t *testing.T, name string, metadata map[string]any) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"filename": name, "type": "text/plain", "metadata": metadata})
	require.NoError(t, err)
	return string(b)
}

func (a *app) create(t *testing.T, name string, metadata map[string]any) (c created) {
	t.Helper()
	a.ok(t, call{method: "POST", path: "/uppy/s3/multipart", body: createBody(t, name, metadata)}, &c)
	require.NotEmpty(t, c.Key)
	require.NotEmpty(t, c.UploadID)
	return c
}

// sendPart signs and sends a part of content.
func (a *app) sendPart(t *testing.T, c created, number int, content string) {
	t.Helper()
	var signed struct{ URL string }
	a.ok(t, call{method: "GET", path: c.path("/" + string(rune('0'+number)))}, &signed)
	require.NotEmpty(t, put(t, signed.URL, content[(number-1)*part:min(number*part, len(content))]))
}
