package openapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

var (
	jsonType = http.Header{"Content-Type": {"application/json"}}
	picture  = uploadtest.File("file", "cat.png", uploadtest.PNG(3000))
	page     = uploadtest.File("file", "page.png", "<!doctype html><script>alert(1)</script>")
)

// form sends files as a form.
func (a *app) form(t *testing.T, path string, header http.Header, parts ...uploadtest.Part) *uploadtest.Answer {
	t.Helper()
	r := uploadtest.NewRequest("http://app.example.com"+path, parts...)
	maps.Copy(r.Header, header)
	return uploadtest.Send(t, a.client(), r)
}

// streams makes the exchanges of files that pass through the host.
func streams(t *testing.T, a *app) {
	require.Equal(t, 201, a.form(t, "/upload", http.Header{"Upload-Id": {"one"}}, picture).Status)
	require.Equal(t, 415, a.form(t, "/upload", http.Header{"Upload-Id": {"two"}}, picture, page).Status)
	require.Equal(t, 400, a.form(t, "/upload", nil).Status)
	named := http.Header{"Content-Disposition": {`attachment; filename="a.txt"`}}
	a.send(t, 201, call{"PUT", "/raw", "hello", named})
	a.send(t, 201, call{"POST", "/raw", "hello", named})
	a.send(t, 400, call{"PUT", "/raw", "hello", nil})
	a.send(t, 413, call{"PUT", "/raw", string(make([]byte, 9*mib)), named})

	require.Contains(t, string(a.send(t, 200, call{method: "GET", path: "/progress/one"}).Body), `"state":"done"`)
	require.Contains(t, string(a.send(t, 200, call{method: "GET", path: "/progress/two"}).Body), `"code":"type_not_allowed"`)
	a.send(t, 204, call{method: "GET", path: "/progress/three"})
}

// goDirect makes the exchanges of files that clients send to the storage.
func goDirect(t *testing.T, a *app) {
	d := &uploadtest.Direct{Client: a.client(), URL: "http://app.example.com/tickets"}
	require.Equal(t, 201, d.Upload(t, picture).Status)
	require.Equal(t, 201, d.Upload(t, uploadtest.File("file", "a.txt", uploadtest.Repeat("line\n", 6*mib))).Status)

	declaration := uploadtest.Declare(picture)
	declaration.SHA256 = picture.Content.SHA256()
	ticket, _ := d.Sign(t, declaration)
	require.NotNil(t, ticket)
	require.Equal(t, 409, d.Confirm(t, ticket.Token).Status)
	require.Equal(t, 204, d.Abort(t, ticket.Token).Status)
	require.Equal(t, 404, d.Confirm(t, ticket.Token).Status)

	for _, refused := range []upload.Declaration{
		{Field: "file", Name: "a.exe", Size: 5},
		{Field: "file", Name: "a.txt", Size: 9 * mib},
		{Field: "file", Name: "a.txt"},
		{Field: "other", Name: "a.txt", Size: 5},
		{Field: "file", Name: "a.txt", Size: 5, SHA256: "7"},
	} {
		ticket, _ := d.Sign(t, refused)
		require.Nil(t, ticket)
	}
	for _, step := range []string{"/part", "/confirm", "/abort"} {
		a.send(t, 404, call{"POST", "/tickets" + step, `{"token":"x"}`, jsonType})
		a.send(t, 400, call{"POST", "/tickets" + step, `{"token":`, jsonType})
	}
}

// links makes the exchanges of published files.
func links(proxied bool) func(t *testing.T, a *app) {
	return func(t *testing.T, a *app) {
		files := uploadtest.Post(t, a.mux, "/upload", picture).Files
		require.Len(t, files, 1)
		path := "/files/" + files[0].Key
		a.send(t, 404, call{method: "GET", path: "/files/none"})
		a.send(t, 404, call{method: "HEAD", path: "/files/none"})
		a.send(t, 200, call{method: "HEAD", path: path})
		a.send(t, 500, call{method: "GET", path: path, header: http.Header{"Refuse": {"internal"}}})
		a.send(t, 503, call{method: "GET", path: path, header: http.Header{"Refuse": {"scan_pending"}}})
		if !proxied {
			a.send(t, 303, call{method: "GET", path: path})
			return
		}
		etag := a.send(t, 200, call{method: "GET", path: path}).Header.Get("Etag")
		for status, header := range map[int]http.Header{
			206: {"Range": {"bytes=0-9"}}, 304: {"If-None-Match": {etag}}, 412: {"If-Match": {`"other"`}}, 416: {"Range": {"bytes=99999-"}},
		} {
			a.send(t, status, call{method: "GET", path: path, header: header})
		}
	}
}

// companion makes the exchanges of Uppy, as it sends files in parts. Without an Endpoint its single
// requests are refused.
func companion(t *testing.T, a *app) {
	create := func() string {
		var opened struct{ Key, UploadID string }
		got := a.send(t, 200, call{"POST", "/direct/s3/multipart", `{"filename":"a.txt","type":"text/plain","metadata":{"size":5}}`, jsonType})
		require.NoError(t, json.Unmarshal(got.Body, &opened))
		return "/direct/s3/multipart/" + url.PathEscape(opened.UploadID) + "{step}?key=" + opened.Key
	}
	at := create()
	step := func(name string) string { return strings.Replace(at, "{step}", name, 1) }
	var signed struct{ URL string }
	require.NoError(t, json.Unmarshal(a.send(t, 200, call{method: "GET", path: step("/1")}).Body, &signed))
	a.send(t, 400, call{method: "GET", path: step("/2")})
	a.send(t, 409, call{"POST", step("/complete"), `{"parts":[]}`, jsonType})
	a.send(t, 200, call{method: "PUT", path: signed.URL, body: "hello"})
	a.send(t, 200, call{method: "GET", path: step("")})
	a.send(t, 200, call{"POST", step("/complete"), `{"parts":[]}`, jsonType})
	at = create()
	a.send(t, 200, call{method: "DELETE", path: step("")})
	a.send(t, 400, call{"POST", "/direct/s3/multipart", `{"filename":"a.txt","metadata":{}}`, jsonType})
	a.send(t, 404, call{method: "GET", path: "/direct/s3/multipart/x"})
	a.send(t, 400, call{method: "GET", path: "/direct/s3/params"})
	require.Equal(t, 400, a.form(t, "/direct/s3/single", nil, picture).Status)
}

// single makes the exchanges of Uppy, as it sends files in single requests.
func single(t *testing.T, a *app) {
	a.send(t, 200, call{method: "GET", path: "/direct/s3/params"})
	require.Equal(t, 201, a.form(t, "/direct/s3/single", nil, picture).Status)
	require.Equal(t, 415, a.form(t, "/direct/s3/single", nil, page).Status)
}

// refusals has the host refuse its caller with each code at an operation of each kind, and with
// some codes at others.
func refusals(codes []upload.Code) func(t *testing.T, a *app) {
	return func(t *testing.T, a *app) {
		for _, code := range codes {
			header := http.Header{"Refuse": {string(code)}, "Content-Type": {"application/json"}}
			for _, c := range []call{
				{method: "POST", path: "/upload"}, {method: "POST", path: "/tickets/"}, {method: "DELETE", path: "/direct/s3/multipart/x"},
			} {
				c.header = header
				a.send(t, code.Status(), c)
			}
			resumable := call{"POST", "/resumable/", "", http.Header{"Refuse": {string(code)}, "Tus-Resumable": {"1.0.0"}, "Upload-Length": {"5"}}}
			a.send(t, resumableStatus(code), resumable)
		}
		for _, path := range []string{"/raw", "/tickets/part", "/tickets/confirm", "/tickets/abort"} {
			a.send(t, 429, call{method: "POST", path: path, header: http.Header{"Refuse": {"rate_limited"}}})
			a.send(t, 503, call{method: "POST", path: path, header: http.Header{"Refuse": {"busy"}}})
		}
		for code, status := range map[string]int{"rate_limited": 423, "busy": 423, "malformed": 403, "forbidden": 403, "unauthenticated": 401} {
			a.send(t, status, call{method: "HEAD", path: "/resumable/x", header: http.Header{"Refuse": {code}, "Tus-Resumable": {"1.0.0"}}})
		}
	}
}
