package uploadtest_test

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// TestContent checks that each content has its declared length, however often it is read.
func TestContent(t *testing.T) {
	for _, size := range []int{0, 1, 1000, 64 << 10, 200_000} {
		c := uploadtest.Repeat("abc", int64(size))
		require.Equal(t, strings.Repeat("abc", size/3+1)[:size], string(c.Bytes()))
		require.Equal(t, string(c.Bytes()), string(c.Bytes()), "again")
	}
	long := uploadtest.Repeat(strings.Repeat("0123456789", 10_000), 150_000) // a unit longer than a block
	require.Len(t, long.Bytes(), 150_000)
	for _, size := range []int{0, 1 << 10, 1025, 1026, 1027, 1028, 100_000, 3 << 20, 3<<20 + 1} {
		c := uploadtest.PNG(size)
		if size > 0 {
			require.EqualValues(t, size, c.Size)
		}
		require.Len(t, c.Bytes(), int(c.Size))
		_, err := png.Decode(bytes.NewReader(c.Bytes()))
		require.NoError(t, err)
	}
	require.Panics(t, func() { uploadtest.PNG(100) })
	require.Empty(t, uploadtest.Content{}.Bytes())
	require.Equal(t, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", uploadtest.Bytes("hello").SHA256())
}

// TestForm checks that mime/multipart reads the form that was written, and that its size is right.
func TestForm(t *testing.T) {
	r := uploadtest.NewRequest("/upload?a=b",
		uploadtest.Text("title", "Cats"),
		uploadtest.File("file", `a "cat".png`, uploadtest.PNG(0)),
		uploadtest.File("file", "b.txt", []byte("hello")),
		uploadtest.File("none", "", ""),
		uploadtest.Part{Field: "file", Name: "c.txt", Type: "text/plain", Content: uploadtest.Bytes("c")},
	)
	require.Equal(t, "POST /upload?a=b", r.Method+" "+r.URL.RequestURI())
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.EqualValues(t, len(body), r.ContentLength)
	form, err := multipart.NewReader(bytes.NewReader(body), uploadtest.Boundary).ReadForm(1 << 20)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"title": {"Cats"}, "none": {""}}, form.Value, "as mime/multipart reads a file that was not chosen")
	require.Len(t, form.File["file"], 3)
	require.Equal(t, "a %22cat%22.png", form.File["file"][0].Filename)
	require.EqualValues(t, 5, form.File["file"][1].Size)
	require.Equal(t, "text/plain", form.File["file"][2].Header.Get("Content-Type"))
	require.Contains(t, string(body), `name="none"; filename=""`)

	require.EqualValues(t, len(uploadtest.Form{}.String()), uploadtest.Form{}.Size())
	require.Panics(t, func() { uploadtest.NewRequest("http://a b/") })
}

// TestPost posts with different clients to a handler, a network and a Server, each with and without
// a length.
func TestPost(t *testing.T) {
	store := &memstore.Store{}
	accept := upload.Any(upload.Images(nil), upload.Types("text/plain"))
	h := newHandler(t, store, upload.Form{"file": {Accept: accept, MaxFiles: 3}}, upload.Options{})
	network := httptest.NewServer(h)
	defer network.Close()
	server := uploadtest.Serve(t, h)
	good, bad := uploadtest.File("file", "a.png", uploadtest.PNG(2000)), uploadtest.File("file", "b.txt", "<html>")
	for about, way := range map[string]struct {
		client *http.Client
		url    string
	}{
		"a handler":           {uploadtest.Client(h), "/upload"},
		"a network":           {network.Client(), network.URL},
		"the default client":  {nil, network.URL},
		"pipes":               {server.Client(), server.URL + "/upload"},
		"a handler, by a URL": {uploadtest.Client(h), "https://example.org/upload"},
	} {
		for _, chunked := range []bool{false, true} {
			request := func(parts ...uploadtest.Part) *http.Request {
				r := uploadtest.NewRequest(way.url, parts...)
				if chunked {
					r.ContentLength = -1
				}
				return r
			}
			a := uploadtest.Send(t, way.client, request(good, uploadtest.Text("k", "v")))
			require.Equal(t, 201, a.Status, "%s: %s", about, a)
			require.Equal(t, "HTTP/1.1", a.Proto)
			require.Equal(t, uploadtest.Form{good, uploadtest.Text("k", "v")}.Size(), a.Sent)
			require.Empty(t, a.Code)
			require.Len(t, a.Files, 1)
			require.Equal(t, upload.File{Field: "file", Name: "a.png", Key: a.Files[0].Key, Type: "image/png", Size: 2000, Facts: upload.Facts{Width: 40, Height: 46, Frames: 1}}, a.Files[0].File)
			require.NoError(t, store.Delete(t.Context(), a.Files[0].Key))

			a = uploadtest.Send(t, way.client, request(good, bad))
			require.Equal(t, 415, a.Status, about)
			require.Equal(t, upload.CodeTypeNotAllowed, a.Code)
			require.Equal(t, "HTML files are not accepted. Send PNG, JPEG, GIF, WebP or plain text (.txt).", a.Detail)
			require.Len(t, a.Files, 2)
			require.Equal(t, upload.CodeNotStored, a.Files[0].Code)
			require.Equal(t, "b.txt", a.Files[1].Name)
			require.Equal(t, a.Detail, a.Files[1].Reason)
			require.Zero(t, store.Used())
		}
	}
}

// TestHandlerSees checks that a request without a network looks like one from a server.
func TestHandlerSees(t *testing.T) {
	var seen *http.Request
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })
	uploadtest.Post(t, h, "/a%2Fb?c=d", uploadtest.Text("k", "v"))
	require.Equal(t, "/a%2Fb?c=d", seen.RequestURI)
	require.Equal(t, "/a/b", seen.URL.Path)
	require.Equal(t, "example.com", seen.Host)
	require.Equal(t, "192.0.2.1:1234", seen.RemoteAddr)

	r := uploadtest.NewRequest("https://example.org/a", uploadtest.Text("k", "v"))
	type key struct{}
	r = r.WithContext(context.WithValue(t.Context(), key{}, "value"))
	r.ContentLength, r.RemoteAddr = -1, "198.51.100.7:1"
	uploadtest.Send(t, uploadtest.Client(h), r)
	require.Equal(t, "example.org", seen.Host)
	require.Empty(t, seen.URL.Host)
	require.Equal(t, []string{"chunked"}, seen.TransferEncoding)
	require.Equal(t, "198.51.100.7:1", seen.RemoteAddr)
	require.Equal(t, "value", seen.Context().Value(key{}))

	uploadtest.Send(t, uploadtest.Client(h), httptest.NewRequest(http.MethodGet, "/", nil))
	require.NotNil(t, seen.Body)
	require.Panics(t, func() {
		uploadtest.Post(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), "/")
	})
}

// TestAnswers reads answers that hosts may give. JSON that is cut, or no answer, fails the test of
// the caller.
func TestAnswers(t *testing.T) {
	for _, row := range []struct {
		about string
		h     http.HandlerFunc
		want  uploadtest.Answer // Status, Code, Detail
	}{
		{"a redirect to a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/?error=empty&reason=no+bytes")
			w.WriteHeader(303)
		}, uploadtest.Answer{Status: 303, Code: upload.CodeEmpty, Detail: "no bytes"}},
		{"a page of the host", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(409)
		}, uploadtest.Answer{Status: 409}},
		{"JSON of the host", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = io.WriteString(w, `{"files":"three","code":7}`)
		}, uploadtest.Answer{Status: 200}},
		{"a list", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `[1]`)
		}, uploadtest.Answer{Status: 200}},
		{"JSON for HEAD", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(404)
		}, uploadtest.Answer{Status: 404}},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, uploadtest.Answer{Status: 200}},
	} {
		a := uploadtest.Post(t, row.h, "/")
		require.Equal(t, row.want, uploadtest.Answer{Status: a.Status, Code: a.Code, Detail: a.Detail}, row.about)
	}

	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"files":`)
	})
	for about, send := range map[string]func(r *recorder){
		"JSON that is cut": func(r *recorder) { uploadtest.Post(r, broken, "/") },
		"no server": func(r *recorder) {
			uploadtest.Send(r, nil, uploadtest.NewRequest("http://127.0.0.1:1/"))
		},
	} {
		r := newRecorder(t)
		require.Len(t, r.run(func() { send(r) }), 1, about)
	}
}

// TestRedirectIsRead checks that the redirect of SeeOther for a refused file is read as JSON is.
func TestRedirectIsRead(t *testing.T) {
	h := newHandler(t, &memstore.Store{}, upload.Types("text/plain"), upload.Options{Respond: upload.SeeOther("/page?field=a")})
	a := uploadtest.Post(t, h, "/", uploadtest.File("file", "a.png", "<html>"))
	require.Equal(t, http.StatusSeeOther, a.Status)
	require.Equal(t, upload.CodeTypeNotAllowed, a.Code)
	require.Len(t, a.Files, 1)
	require.Equal(t, "file a.png", a.Files[0].Field+" "+a.Files[0].Name)
	require.Equal(t, upload.CodeTypeNotAllowed, a.Files[0].Code)
	a = uploadtest.Post(t, h, "/", uploadtest.File("file", "a.txt", "hello"))
	require.Empty(t, a.Files)
	require.Empty(t, a.Code)
}
