package uppy_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uppy"
)

const (
	part = 5 << 20 // of Uppy
	html = "<!doctype html><script>alert(1)</script>"
)

// app is an application with Uppy's endpoint at /uppy, over a memory store that
// clients reach over HTTP. Callers name themselves.
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
	h, err := upload.New(a.store, upload.Types("image/png", "text/plain"), upload.Subject(bySubject), &o)
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

// call is one request to the endpoint, by ann, and its answer.
type call struct {
	method, path, body string
	header             map[string]string
}

func (a *app) send(t *testing.T, c call) *http.Response {
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
	resp, err := a.Client().Do(r)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	resp.Body = io.NopCloser(bytes.NewReader(b))
	return resp
}

// ok wants 200 and decodes the answer.
func (a *app) ok(t *testing.T, c call, answer any) {
	t.Helper()
	resp := a.send(t, c)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", b)
	require.Equal(t, "application/json", resp.Header.Get("Content-Type"))
	require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	require.NoError(t, json.Unmarshal(b, answer), "%s", b)
}

// refuses wants code with its status and a message, and nothing published.
func (a *app) refuses(t *testing.T, code upload.Code, c call) string {
	t.Helper()
	resp := a.send(t, c)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var e struct {
		Error   upload.Code
		Message string
	}
	require.NoError(t, json.Unmarshal(b, &e), "%s", b)
	require.Equal(t, code, e.Error, e.Message)
	require.Equal(t, code.Status(), resp.StatusCode)
	require.NotEmpty(t, e.Message)
	require.Empty(t, a.published())
	return e.Message
}

func (a *app) published() (keys []string) {
	for _, key := range a.store.Keys() {
		if !strings.Contains(key, upload.StagingSegment) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (a *app) read(t *testing.T, key string) string {
	t.Helper()
	r, _, err := a.store.Open(t.Context(), key)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(b)
}

// put sends a part as Uppy 6 does, which reads the URL alone and sends no type.
func put(t *testing.T, to, content string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, to, strings.NewReader(content))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return resp.Header.Get("Etag")
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

// TestMultipart: what each version says of a file, and what it is told.
func TestMultipart(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", (part+1000)/16)
	rows := map[string]map[string]any{
		"Uppy 6": {"name": "a.txt", "type": "text/plain", "size": len(content), "relativePath": nil},
		"Uppy 5": {"name": "a.txt", "type": "text/plain", "size": "5243872"},
	}
	for name, metadata := range rows {
		t.Run(name, func(t *testing.T) {
			var told []upload.File
			a := newApp(t, upload.Options{}, func(_ *app, o *uppy.Options) {
				o.Published = func(_ *http.Request, f upload.File) error { told = append(told, f); return nil }
				o.Location = func(f upload.File) string { return "/files/" + f.Key }
			})
			require.Len(t, content, 5243872)
			c := a.create(t, "a.txt", metadata)
			a.refuses(t, upload.CodeNotUploaded, call{method: "POST", path: c.path("/complete"), body: `{"parts":[]}`})
			a.sendPart(t, c, 2, content)

			var list []map[string]any
			a.ok(t, call{method: "GET", path: c.path("")}, &list)
			require.Len(t, list, 1)
			require.EqualValues(t, 2, list[0]["PartNumber"])
			require.EqualValues(t, len(content)-part, list[0]["Size"])
			require.NotEmpty(t, list[0]["ETag"])

			a.sendPart(t, c, 1, content)
			var done struct{ Key, Location string }
			for range 2 { // again after a lost answer
				a.ok(t, call{method: "POST", path: c.path("/complete"), body: `{"parts":[{"PartNumber":9,"ETag":"x"}]}`}, &done)
				require.Equal(t, []string{done.Key}, a.published())
				require.Equal(t, "/files/"+done.Key, done.Location)
				require.Equal(t, content, a.read(t, done.Key))
				a.ok(t, call{method: "GET", path: c.path("")}, &list)
				require.Len(t, list, 2, "nothing is to be sent again")
			}
			require.Len(t, told, 2)
			require.Equal(t, told[0], told[1])
			require.Equal(t, "a.txt", told[0].Name)
		})
	}
}

// TestRefusedFile: a small file is one part, and a bad one is not published.
func TestRefusedFile(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.png", map[string]any{"size": len(html)})
	a.sendPart(t, c, 1, html)
	a.refuses(t, upload.CodeTypeMismatch, call{method: "POST", path: c.path("/complete"), body: `{}`})
	require.Empty(t, a.store.Keys())
	a.refuses(t, upload.CodeNotUploaded, call{method: "POST", path: c.path("/complete"), body: `{}`})
	a.ok(t, call{method: "DELETE", path: c.path("")}, &struct{}{}) // as Uppy 5 does then
}

func TestAbort(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.txt", map[string]any{"size": 5})
	a.sendPart(t, c, 1, "hello")
	for range 2 {
		resp := a.send(t, call{method: "DELETE", path: c.path("")})
		b, _ := io.ReadAll(resp.Body)
		require.Equal(t, "{}", string(b))
		require.Zero(t, a.store.Used())
	}
	a.refuses(t, upload.CodeBadTicket, call{method: "POST", path: c.path("/complete"), body: `{}`})
}

func TestCreateRefuses(t *testing.T) {
	size := func(v any) map[string]any { return map[string]any{"size": v} }
	a := newApp(t, upload.Options{Fields: []string{"file", "avatar"}}, nil)
	rows := map[string]struct {
		body string
		code upload.Code
	}{
		"no metadata":         {createBody(t, "a.txt", nil), upload.CodeMalformed},
		"no size":             {createBody(t, "a.txt", map[string]any{"name": "a.txt"}), upload.CodeMalformed},
		"a size of null":      {createBody(t, "a.txt", size(nil)), upload.CodeMalformed},
		"a size as Uppy's 5":  {createBody(t, "a.txt", size("null")), upload.CodeMalformed},
		"half a byte":         {createBody(t, "a.txt", size(0.5)), upload.CodeMalformed},
		"more than an int":    {createBody(t, "a.txt", size(1e30)), upload.CodeMalformed},
		"a negative size":     {createBody(t, "a.txt", size(-1)), upload.CodeMalformed},
		"no bytes":            {createBody(t, "a.txt", size(0)), upload.CodeEmpty},
		"one byte too many":   {createBody(t, "a.txt", size(32<<20+1)), upload.CodeTooLarge},
		"another type":        {createBody(t, "a.exe", size(5)), upload.CodeTypeMismatch},
		"another field":       {createBody(t, "a.txt", map[string]any{"size": 5, "field": "other"}), upload.CodeUnexpectedField},
		"no name":             {createBody(t, "", size(5)), upload.CodeBadName},
		"no JSON":             {"filename=a.txt", upload.CodeMalformed},
		"metadata of a list":  {`{"filename":"a.txt","metadata":[]}`, upload.CodeMalformed},
		"a JSON without end":  {`{"filename":"` + strings.Repeat("a", 70<<10), upload.CodeMalformed},
		"nothing, not a body": {"", upload.CodeMalformed},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			a.refuses(t, row.code, call{method: "POST", path: "/uppy/s3/multipart", body: row.body})
		})
	}
	require.Contains(t, a.refuses(t, upload.CodeMalformed,
		call{method: "POST", path: "/uppy/s3/multipart", body: rows["no size"].body}), "setFileMeta")
	require.NotEmpty(t, a.create(t, "a.txt", map[string]any{"size": 5, "field": "avatar"}))
}

// TestCallers: every step is refused to other callers, to pages of other origins
// and for tokens that are not of this server.
func TestCallers(t *testing.T) {
	a := newApp(t, upload.Options{}, nil)
	c := a.create(t, "a.txt", map[string]any{"size": 5})
	steps := func(c created) []call {
		return []call{
			{method: "GET", path: c.path("/1")},
			{method: "GET", path: c.path("")},
			{method: "POST", path: c.path("/complete"), body: `{"parts":[]}`},
			{method: "DELETE", path: c.path("")},
		}
	}
	open := call{method: "POST", path: "/uppy/s3/multipart", body: createBody(t, "a.txt", map[string]any{"size": 5})}
	headers := map[string]struct {
		code   upload.Code
		header map[string]string
	}{
		"nobody":         {upload.CodeUnauthenticated, map[string]string{"Subject": ""}},
		"a foreign page": {upload.CodeCrossOrigin, map[string]string{"Sec-Fetch-Site": "cross-site"}},
		"a sibling page": {upload.CodeCrossOrigin, map[string]string{"Sec-Fetch-Site": "same-site"}},
		"an old browser": {upload.CodeCrossOrigin, map[string]string{"Origin": "https://evil.example"}},
		"somebody else":  {upload.CodeBadTicket, map[string]string{"Subject": "bob"}},
	}
	for name, row := range headers {
		for _, step := range append(steps(c), open) {
			if name == "somebody else" && step.path == open.path {
				continue
			}
			step.header = row.header
			a.refuses(t, row.code, step)
		}
	}
	for name, id := range map[string]string{
		"a guess": "abc", "a cut one": c.UploadID[:len(c.UploadID)-1], "a changed one": "A" + c.UploadID[1:] + "A",
		"slashes": "../../x", "a question": "a?b", "a percent": "%zz",
	} {
		for _, step := range steps(created{c.Key, id}) {
			t.Log(name, step.method)
			a.refuses(t, upload.CodeBadTicket, step)
		}
	}
	a.sendPart(t, c, 1, "hello") // none of it did any harm
	a.ok(t, call{method: "POST", path: c.path("/complete"), body: `{}`}, &struct{}{})
}
