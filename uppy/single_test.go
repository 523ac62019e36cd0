package uppy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uppy"
)

// params is the path of GET …/s3/params, with its query, in Uppy 5 and 6.
const params = "/uppy/s3/params?filename=a.txt&type=text%2Fplain&metadata%5Bname%5D=a.txt&metadata%5BrelativePath%5D=null"

// form returns the request in which Uppy 5 and 6 send the fields of the answer to params, and then
// the file.
func form(t *testing.T, fields map[string]string, name, content string) call {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		require.NoError(t, w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = io.WriteString(part, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return call{method: "POST", path: "/uppy/s3/single", body: b.String(), header: map[string]string{"Content-Type": w.FormDataContentType()}}
}

// TestSingle checks that params answers with the handler's own URL, and that files sent there are
// checked before they are stored.
func TestSingle(t *testing.T) {
	failing := false
	a := newApp(t, upload.Options{}, func(a *app, o *uppy.Options) {
		o.Endpoint = a.URL + "/uppy/"
		o.Location = func(f upload.File) string { return "/files/" + f.Key }
		o.Published = func(*http.Request, upload.File) error {
			if failing {
				return errors.New("the database is down")
			}
			return nil
		}
	})
	var signed storage.SignedRequest
	a.ok(t, call{method: "GET", path: params}, &signed)
	require.Equal(t, "POST", signed.Method)
	require.Equal(t, a.URL+"/uppy/s3/single", signed.URL)
	require.NotEmpty(t, signed.Fields["key"])

	send := func(name, content string) call { return form(t, signed.Fields, name, content) }
	foreign := send("a.txt", "hello")
	foreign.header["Sec-Fetch-Site"] = "cross-site"
	require.Equal(t, http.StatusForbidden, a.send(t, foreign).status)
	failing = true
	a.refuses(t, upload.CodeInternal, send("a.txt", "hello"))
	failing = false

	got := a.send(t, send("a.png", html))
	require.Equal(t, http.StatusUnsupportedMediaType, got.status)
	require.Empty(t, a.store.Keys())

	got = a.send(t, send("a.txt", "hello"))
	require.Equal(t, http.StatusCreated, got.status)
	require.NotEmpty(t, got.header.Get("Etag"), "Uppy 5 waits for one")
	var done struct{ Key, Location string }
	require.NoError(t, json.Unmarshal([]byte(got.body), &done))
	require.Equal(t, []string{done.Key}, a.published())
	require.Equal(t, "/files/"+done.Key, done.Location)
	require.Equal(t, done.Location, got.header.Get("Location"))
	require.Equal(t, "hello", a.read(t, done.Key))
}

// TestSingleRedirects checks that a host's redirect for plain forms does not make Uppy take a
// refusal for success.
func TestSingleRedirects(t *testing.T) {
	a := newApp(t, upload.Options{Respond: upload.SeeOther("/done")}, func(a *app, o *uppy.Options) {
		o.Endpoint = a.URL + "/uppy"
	})
	got := a.send(t, form(t, nil, "a.png", html))
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Empty(t, got.header.Get("Location"))
}

// TestSingleRefused checks that without an endpoint the cause in the event, and not the answer, says
// what to set.
func TestSingleRefused(t *testing.T) {
	var cause error
	a := newApp(t, upload.Options{Hooks: causes(&cause)}, nil)
	for _, c := range []call{{method: "GET", path: params}, {method: "POST", path: "/uppy/s3/single"}} {
		require.NotContains(t, a.refuses(t, upload.CodeMalformed, c), "shouldUseMultipart")
		require.ErrorContains(t, cause, "shouldUseMultipart")
	}
}

// causes returns hooks that keep the error of the last event.
func causes(last *error) upload.Hooks {
	return upload.Hooks{Event: func(_ context.Context, e upload.Event) { *last = e.Err }}
}
