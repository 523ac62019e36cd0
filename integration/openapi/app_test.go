package openapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
	"github.com/airlock-go/upload/uppy"
)

const mib = 1 << 20

// app has the handlers at the paths of the document, and keeps the exchanges with them.
type app struct {
	mux       *http.ServeMux
	store     *memstore.Store
	exchanges []*exchange
}

// variant has settings of a host that change answers.
type variant struct {
	form     bool         // PresignOptions.Form
	proxy    bool         // LinksOptions.Proxy
	endpoint string       // uppy.Options.Endpoint
	empty    bool         // files without a byte are accepted, and those of any type
	origins  []string     // ResumeOptions.Origins
	done     func() error // called by ResumeOptions.Done; nil for none
}

func newApp(t *testing.T, v variant) *app {
	t.Helper()
	a := &app{mux: http.NewServeMux(), store: &memstore.Store{}}
	a.mux.Handle("/store/", a.store.Handler("/store/"))
	progress, log := &upload.Progress{}, slog.New(slog.DiscardHandler)
	accept := upload.Form{"file": {Accept: upload.Types("image/png", "text/plain"), MaxFiles: 3}}
	if v.empty {
		accept["file"] = upload.Field{Accept: upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })}
	}
	uploads, err := upload.New(a.store, accept, authorize, &upload.Options{MaxFileSize: 8 * mib, SHA256: true, Progress: progress, Logger: log})
	require.NoError(t, err)
	raw, err := uploads.Raw("file", nil)
	require.NoError(t, err)
	presigner, err := upload.NewPresigner(uploads, [][]byte{bytes.Repeat([]byte{7}, 32)},
		&upload.PresignOptions{SingleSize: 5 * mib, PartSize: 5 * mib, Form: v.form})
	require.NoError(t, err)
	ro := &upload.ResumeOptions{Origins: v.origins}
	if v.done != nil {
		ro.Done = func(context.Context, string, map[string]string, upload.File) error { return v.done() }
	}
	resumer, err := upload.NewResumer(uploads, [][]byte{bytes.Repeat([]byte{7}, 32)}, ro)
	require.NoError(t, err)
	links, err := upload.NewLinks(a.store, &upload.LinksOptions{Proxy: v.proxy, Logger: log})
	require.NoError(t, err)
	companion, err := uppy.New(presigner, &uppy.Options{
		Endpoint: v.endpoint, Location: func(f upload.File) string { return "/files/" + f.Key },
	})
	require.NoError(t, err)
	for path, h := range map[string]http.Handler{
		"/upload": uploads, "/raw": raw, "/tickets/": presigner, "/resumable/": resumer, "/direct/": companion,
		"/files/{key}": links.Handler(func(r *http.Request) (upload.Link, error) {
			return upload.Link{Key: r.PathValue("key")}, refusal(r)
		}),
		"/progress/{id}": watch(progress),
	} {
		a.mux.Handle(path, a.keep(h))
	}
	return a
}

// authorize lets callers choose how they are refused.
func authorize(r *http.Request) (*upload.Grant, error) { return &upload.Grant{}, refusal(r) }

// refusal returns an error with the code that the request names, and with parameters of each type.
// It is nil if the request names none.
func refusal(r *http.Request) error {
	code := r.Header.Get("Refuse")
	if code == "" {
		return nil
	}
	return &upload.Error{Code: upload.Code(code), Params: map[string]any{
		"kind": "slow", "accepted": []string{"image/png"}, "extensions": []string{".png"}, "fields": []string{"file"}, "line": 7,
	}}
}

// watch serves progress as a host does, here with one event, since the upload has ended.
func watch(p *upload.Progress) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, known := p.Get("", r.PathValue("id"))
		if !known {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		event, _ := json.Marshal(status)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(w, "data: %s\n\n", event)
	})
}

// keep keeps the exchanges of h.
func (a *app) keep(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &exchange{request: r.Clone(r.Context())}
		if isJSON(r.Header) {
			e.body, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(e.body))
		}
		kept := httptest.NewRecorder()
		h.ServeHTTP(kept, r)
		e.status, e.header = kept.Code, kept.Header()
		if r.Method != http.MethodHead { // a server sends no body in answer to HEAD
			e.answer = kept.Body.Bytes()
		}
		a.exchanges = append(a.exchanges, e)
		maps.Copy(w.Header(), e.header)
		w.WriteHeader(e.status)
		_, _ = w.Write(e.answer)
	})
}

// call is a request to the application.
type call struct {
	method, path, body string
	header             http.Header
}

// send makes the call, requires the status, and returns the answer.
func (a *app) send(t *testing.T, status int, c call) *uploadtest.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, "http://app.example.com"+c.path, strings.NewReader(c.body))
	require.NoError(t, err)
	maps.Copy(r.Header, c.header)
	got := uploadtest.Send(t, a.client(), r)
	require.Equal(t, status, got.Status, "%s %s: %s", c.method, c.path, got.Body)
	return got
}

func (a *app) client() *http.Client { return uploadtest.Client(a.mux) }
