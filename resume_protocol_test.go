package upload_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeProtocol checks the answers to requests that are refused, mostly because they break the
// protocol. None changes an upload.
func TestResumeProtocol(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 10)
	require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, "0123").StatusCode)
	name := "\nUpload-Metadata: " + metadataOf("filename", "a.txt")
	for _, row := range []struct {
		name   string
		q      tusRequest
		status int
		code   upload.Code
		kind   string
	}{
		{"another version", tusRequest{method: "HEAD", url: url, headers: "Tus-Resumable: 0.2.2"}, 412, "", ""},
		{"another version of a creation", tusRequest{method: "POST", headers: "Tus-Resumable: 2.0.0\nUpload-Length: 1"}, 412, "malformed", "tus_version"},
		{"no length", tusRequest{method: "POST", headers: name}, 400, "malformed", "tus_length"},
		{"a deferred length", tusRequest{method: "POST", headers: "Upload-Defer-Length: 1" + name}, 400, "malformed", "tus_defer_length"},
		{"a part of a file", tusRequest{method: "POST", headers: "Upload-Length: 1\nUpload-Concat: partial" + name}, 400, "malformed", "tus_concat"},
		{"no name", tusRequest{method: "POST", headers: "Upload-Length: 1"}, 400, "bad_name", ""},
		{"an empty file", tusRequest{method: "POST", headers: "Upload-Length: 0" + name}, 400, "empty", ""},
		{"a type by its name", tusRequest{method: "POST", headers: "Upload-Length: 1\nUpload-Metadata: " + metadataOf("filename", "a.exe")}, 415, "type_not_allowed", ""},
		{"too long", tusRequest{method: "POST", headers: "Upload-Length: 9223372036854775807" + name}, 413, "too_large", "file"},
		{"another field", tusRequest{method: "POST", headers: "Upload-Length: 1\nUpload-Metadata: " + metadataOf("filename", "a.txt", "field", "other")}, 400, "unexpected_field", ""},
		{"an offset before", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "3", body: strings.NewReader("3")}, 409, "conflict", "offset"},
		{"an offset after", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "5", body: strings.NewReader("5")}, 409, "conflict", "offset"},
		{"the end too early", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "10"}, 409, "conflict", "offset"},
		{"an offset after the end", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "11", body: strings.NewReader("5")}, 409, "conflict", "offset"},
		{"more than the length", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "4", body: strings.NewReader("4567890")}, 400, "malformed", "tus_length"},
		{"another type of body", tusRequest{method: "PATCH", url: url, headers: "Content-Type: text/plain\nUpload-Offset: 4", body: strings.NewReader("4")}, 415, "malformed", "content_type"},
		{"a checksum", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "4\nUpload-Checksum: sha1 AAAA", body: strings.NewReader("4")}, 400, "malformed", "tus_checksum"},
		{"another method", tusRequest{method: "PUT", url: url, body: strings.NewReader("4")}, 405, "method", ""},
		{"another caller's", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "4", body: strings.NewReader("4"), as: "bob"}, 404, "bad_ticket", ""},
		{"another caller's offset", tusRequest{method: "HEAD", url: url, as: "bob"}, 404, "", ""},
		{"another caller's removal", tusRequest{method: "DELETE", url: url, as: "bob"}, 404, "bad_ticket", ""},
		{"another caller's file", tusRequest{method: "GET", url: url, as: "bob"}, 404, "bad_ticket", ""},
		{"a forged URL", tusRequest{method: "HEAD", url: url[:len(url)-4] + "AAAA"}, 404, "", ""},
		{"no URL", tusRequest{method: "PATCH", headers: offsetBytes + "4", body: strings.NewReader("4")}, 404, "bad_ticket", ""},
		{"nobody", tusRequest{method: "HEAD", url: url, headers: "Subject: "}, 401, "", ""},
		{"nobody sends", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "4\nSubject: ", body: strings.NewReader("4")}, 401, "unauthenticated", ""},
		{"a page of another origin", tusRequest{method: "PATCH", url: url, headers: offsetBytes + "4\nOrigin: https://evil.example\nSec-Fetch-Site: cross-site", body: strings.NewReader("4")}, 403, "cross_origin", ""},
		{"a file that is not there", tusRequest{method: "GET", url: url}, 409, "not_uploaded", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := z.do(t, row.q)
			require.Equal(t, row.status, got.StatusCode, got.Body)
			if row.status == http.StatusPreconditionFailed {
				require.Equal(t, "1.0.0", got.Header.Get("Tus-Version"))
			}
			if row.code != "" {
				p := got.problem(t)
				require.Equal(t, row.code, p.Code)
				if row.kind != "" {
					require.Equal(t, row.kind, p.Params["kind"])
				}
			}
			require.Equal(t, 4, z.offset(t, url))
		})
	}
	publishedBy(t, z.patch(t, url, 4, "456789"))
}

// TestResumeOptions checks the answer to OPTIONS, which needs no authorization, and which pages may
// send and read.
func TestResumeOptions(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{MaxFileSize: 1000}, upload.ResumeOptions{Origins: []string{"https://app.example.com"}})
	got := z.do(t, tusRequest{method: "OPTIONS", headers: "Subject: \nOrigin: https://app.example.com\nAccess-Control-Request-Method: PATCH\nTus-Resumable: 7"})
	require.Equal(t, http.StatusNoContent, got.StatusCode)
	for name, value := range map[string]string{
		"Tus-Version": "1.0.0", "Tus-Max-Size": "1000", "Access-Control-Allow-Origin": "https://app.example.com",
		"Tus-Extension": "creation,creation-with-upload,expiration,termination",
	} {
		require.Equal(t, value, got.Header.Get(name), name)
	}
	require.Contains(t, got.Header.Get("Access-Control-Allow-Methods"), "PATCH")

	// A page of the origin may send, and can read refusals. A page of another one may not send.
	from := "Sec-Fetch-Site: cross-site\nOrigin: https://"
	url := "/files/" + z.create(t, "a.txt", 10)
	for _, row := range []struct {
		name, origin string
		status       int
		readable     bool
	}{
		{"the origin", "app.example.com", 409, true},
		{"another one", "www.example.com", 403, false},
	} {
		got := z.do(t, tusRequest{method: "PATCH", url: url, headers: offsetBytes + "7\n" + from + row.origin, body: strings.NewReader("x")})
		require.Equal(t, row.status, got.StatusCode, row.name)
		require.Equal(t, row.readable, got.Header.Get("Access-Control-Allow-Origin") != "", row.name)
		require.Equal(t, "Origin", got.Header.Get("Vary"))
	}
}

// TestResumeHeaders checks which request headers a page of another origin may send. They are those
// of the protocol, those that clients are known to add, and those that the host names.
func TestResumeHeaders(t *testing.T) {
	own := []string{"traceparent", "X-Tenant", "X-XSRF-TOKEN"}
	for _, row := range []struct {
		name, origin string
		headers      []string
		allowed      []string
		refused      []string
	}{
		{"none named", "https://app.example.com", nil, []string{"Upload-Offset", "X-CSRF-Token"}, own},
		{"three named", "https://app.example.com", own, append([]string{"Upload-Offset", "X-CSRF-Token"}, own...), []string{"X-Other", "*"}},
		{"another origin", "https://www.example.com", own, nil, append([]string{"Upload-Offset"}, own...)},
	} {
		t.Run(row.name, func(t *testing.T) {
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{
				Origins: []string{"https://app.example.com"}, Headers: row.headers,
			})
			got := z.do(t, tusRequest{method: "OPTIONS", headers: "Subject: \nOrigin: " + row.origin + "\nAccess-Control-Request-Method: PATCH"})
			require.Equal(t, http.StatusNoContent, got.StatusCode)
			list := strings.Split(got.Header.Get("Access-Control-Allow-Headers"), ", ")
			require.Subset(t, list, row.allowed)
			for _, name := range row.refused {
				require.NotContains(t, list, name)
			}
		})
	}
}

// TestResumeLocation checks that the URL of an upload is right however the handler is mounted.
func TestResumeLocation(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{Origins: []string{"https://app.example.com"}})
	mux := http.NewServeMux()
	mux.Handle("/deep/files/", http.StripPrefix("/deep/files/", z.resumer))
	mux.Handle("/deep/files", http.StripPrefix("/deep/files", z.resumer))
	mux.Handle("/other", z.resumer)
	mux.Handle("/other/", z.resumer)
	server := httptest.NewServer(mux)
	defer server.Close()
	z.URL = server.URL
	for _, row := range []struct{ at, headers, prefix string }{
		{"/deep/files/", "", ""},
		{"/deep/files", "", "files/"},
		{"/other", "", "other/"},
		{"/other/?tenant=1", "", ""},
		{"/deep/files/", "\nOrigin: " + server.URL, "/deep/files/"}, // a page whose endpoint may be a path
		{"/deep/files", "\nOrigin: " + server.URL, "/deep/files/"},
		{"/other/?tenant=1", "\nOrigin: " + server.URL, "/other/"},
		{"/other/", "\nX-Forwarded-Prefix: /app\nOrigin: " + server.URL, ""},
		{"/other", "\nOrigin: https://app.example.com", "other/"}, // its endpoint has a host
	} {
		r := tusRequest{method: "POST", url: row.at, headers: "Upload-Length: 3\nUpload-Metadata: " + metadataOf("name", "a.txt") + row.headers}
		got := z.do(t, r)
		require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
		base, err := http.NewRequest(http.MethodGet, server.URL+row.at, nil)
		require.NoError(t, err)
		location := got.Header.Get("Location")
		require.True(t, strings.HasPrefix(location, row.prefix) && !strings.Contains(location[len(row.prefix):], "/"), "%s: %s", row.at, location)
		to, err := base.URL.Parse(location)
		require.NoError(t, err)
		require.Zero(t, z.offset(t, to.Path), row.at)
		publishedBy(t, z.patch(t, to.Path, 0, "abc"))
	}
}

// TestResumeLocationHost checks that the URL of an upload never names another host.
func TestResumeLocationHost(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	headers := "Origin: http://example.com\nUpload-Length: 3\nUpload-Metadata: " + metadataOf("name", "a.txt")
	got := (&inProcess{z.resumer}).do(t.Context(), "POST", "//other.example/files/", headers, "")
	require.Equal(t, http.StatusCreated, got.Code, got.Body)
	require.Regexp(t, "^/other.example/files/[^/]+$", got.Header().Get("Location"))
}

// TestResumeMetadata checks that HEAD returns the metadata as they came, also those that mean
// nothing here, and that an override of the method is obeyed.
func TestResumeMetadata(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	meta := metadataOf("relativePath", "a/b/../../c", "filename", "../../<b>.txt", "x", "\xff") + ",flag"
	got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 3\nUpload-Metadata: " + meta})
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	url := got.Header.Get("Location")
	head := z.do(t, tusRequest{method: "HEAD", url: url})
	require.Equal(t, meta, head.Header.Get("Upload-Metadata"))
	require.Equal(t, "3", head.Header.Get("Upload-Length"))
	got = z.do(t, tusRequest{method: "POST", url: url, headers: offsetBytes + "0\nX-HTTP-Method-Override: PATCH", body: strings.NewReader("abc")})
	require.Equal(t, "<b>.txt", publishedBy(t, got).Name)
}

// TestResumeCreationWithUpload checks that a creation never stores the last byte. So a creation
// that is sent again publishes nothing twice.
func TestResumeCreationWithUpload(t *testing.T) {
	content := strings.Repeat("0123456789", 1000)
	for _, row := range []struct {
		name         string
		length, sent int
		offset       int
	}{
		{"all of it", 10000, 10000, 9999},
		{"all but the last byte", 10000, 9999, 9999},
		{"a part", 10000, 5000, 5000},
		{"less than the head", 10000, 100, 100},
		{"nothing", 10000, 0, 0},
		{"a byte", 1, 1, 0},
		{"two bytes", 2, 2, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
			got := z.do(t, tusRequest{
				method: "POST", body: strings.NewReader(content[:row.sent]),
				headers: "Content-Type: application/offset+octet-stream\nUpload-Length: " + strconv.Itoa(row.length) + "\nUpload-Metadata: " + metadataOf("filename", "a.txt"),
			})
			require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
			require.Equal(t, strconv.Itoa(row.offset), got.Header.Get("Upload-Offset"))
			require.Empty(t, z.publishedKeys(t))
			f := publishedBy(t, z.patch(t, got.Header.Get("Location"), row.offset, content[row.offset:row.length]))
			z.requireStored(t, f, content[:row.length])
		})
	}
}
