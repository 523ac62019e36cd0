package tus_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/tus"
)

// request returns a request with headers of lines "Name: value".
func request(method, headers, body string) *http.Request {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	for line := range strings.SplitSeq(headers, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header.Add(name, value)
		}
	}
	return r
}

const (
	version = "Tus-Resumable: 1.0.0\n"
	bytes   = version + "Content-Type: application/offset+octet-stream\n"
)

func TestParse(t *testing.T) {
	for _, row := range []struct {
		name, method, headers, body string
		want                        tus.Request // without metadata
	}{
		{"creation", "POST", version + "Upload-Length: 10", "", tus.Request{Method: "POST", Length: 10}},
		{"creation of nothing", "POST", version + "Upload-Length: 0", "", tus.Request{Method: "POST"}},
		{"the largest", "POST", version + "Upload-Length: 9223372036854775807", "", tus.Request{Method: "POST", Length: 1<<63 - 1}},
		{"with bytes", "POST", bytes + "Upload-Length: 10", "12", tus.Request{Method: "POST", Length: 10, Bytes: true}},
		{"append", "PATCH", bytes + "Upload-Offset: 3", "12", tus.Request{Method: "PATCH", Offset: 3, Bytes: true}},
		{"the type in capitals", "PATCH", version + "Content-Type: Application/Offset+Octet-Stream\nUpload-Offset: 3", "", tus.Request{Method: "PATCH", Offset: 3, Bytes: true}},
		{"headers of a draft, which Apple adds", "PATCH", bytes + "Upload-Offset: 3\nUpload-Complete: ?1\nUpload-Draft-Interop-Version: 6", "", tus.Request{Method: "PATCH", Offset: 3, Bytes: true}},
		{"the coding identity", "PATCH", bytes + "Upload-Offset: 3\nContent-Encoding: identity", "", tus.Request{Method: "PATCH", Offset: 3, Bytes: true}},
		{"head", "HEAD", version, "", tus.Request{Method: "HEAD"}},
		{"delete", "DELETE", version, "", tus.Request{Method: "DELETE"}},
		{"override", "POST", bytes + "X-HTTP-Method-Override: PATCH\nUpload-Offset: 3", "1", tus.Request{Method: "PATCH", Offset: 3, Bytes: true}},
		{"override of a HEAD is ignored", "HEAD", version + "X-HTTP-Method-Override: DELETE", "", tus.Request{Method: "HEAD"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := tus.Parse(request(row.method, row.headers, row.body))
			require.NoError(t, err)
			require.Equal(t, row.want, got)
		})
	}
}

func TestRefused(t *testing.T) {
	for _, row := range []struct {
		name, method, headers, body string
		status                      int
		kind                        string
	}{
		{"no version", "POST", "Upload-Length: 1", "", 412, "tus_version"},
		{"another version", "POST", "Tus-Resumable: 0.2.2\nUpload-Length: 1", "", 412, "tus_version"},
		{"two versions", "HEAD", version + version, "", 412, "tus_version"},
		{"no length", "POST", version, "", 400, "tus_length"},
		{"an empty length", "POST", version + "Upload-Length: ", "", 400, "tus_length"},
		{"two lengths", "POST", version + "Upload-Length: 1\nUpload-Length: 1", "", 400, "tus_length"},
		{"a negative length", "POST", version + "Upload-Length: -1", "", 400, "tus_length"},
		{"a length with a sign", "POST", version + "Upload-Length: +1", "", 400, "tus_length"},
		{"a length with a space", "POST", version + "Upload-Length: 1 1", "", 400, "tus_length"},
		{"a fraction", "POST", version + "Upload-Length: 1.5", "", 400, "tus_length"},
		{"hexadecimal", "POST", version + "Upload-Length: 0x10", "", 400, "tus_length"},
		{"a length beyond int64", "POST", version + "Upload-Length: 9223372036854775808", "", 400, "tus_length"},
		{"a deferred length", "POST", version + "Upload-Defer-Length: 1", "", 400, "tus_defer_length"},
		{"a partial upload", "POST", version + "Upload-Length: 1\nUpload-Concat: partial", "", 400, "tus_concat"},
		{"a final upload", "POST", version + "Upload-Concat: final;/a /b", "", 400, "tus_concat"},
		{"a body of another type", "POST", version + "Upload-Length: 1\nContent-Type: text/plain", "1", 415, "content_type"},
		{"a body without a type", "POST", version + "Upload-Length: 1", "1", 415, "content_type"},
		{"no offset", "PATCH", bytes, "", 400, "tus_offset"},
		{"a negative offset", "PATCH", bytes + "Upload-Offset: -1", "", 400, "tus_offset"},
		{"two offsets", "PATCH", bytes + "Upload-Offset: 1\nUpload-Offset: 2", "", 400, "tus_offset"},
		{"no type", "PATCH", version + "Upload-Offset: 1", "", 415, "content_type"},
		{"another type", "PATCH", version + "Content-Type: application/octet-stream\nUpload-Offset: 1", "", 415, "content_type"},
		{"a length later", "PATCH", bytes + "Upload-Offset: 1\nUpload-Length: 5", "", 400, "tus_length"},
		{"a checksum", "PATCH", bytes + "Upload-Offset: 1\nUpload-Checksum: sha1 AAAA", "", 400, "tus_checksum"},
		{"a compressed body", "PATCH", bytes + "Upload-Offset: 1\nContent-Encoding: gzip", "", 400, "tus_encoding"},
		{"two encodings", "PATCH", bytes + "Upload-Offset: 1\nContent-Encoding: identity\nContent-Encoding: gzip", "", 400, "tus_encoding"},
		{"two metadata", "POST", version + "Upload-Length: 1\nUpload-Metadata: a YQ==\nUpload-Metadata: b YQ==", "", 400, "tus_metadata"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := tus.Parse(request(row.method, row.headers, row.body))
			var e *tus.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, row.status, e.Status, e.Why)
			require.Equal(t, row.kind, e.Kind)
			require.NotEmpty(t, e.Why)
		})
	}
}

// TestTrailer checks that a checksum that is announced as a trailer is refused.
func TestTrailer(t *testing.T) {
	r := request("PATCH", bytes+"Upload-Offset: 1", "x")
	r.Trailer = http.Header{"Upload-Checksum": nil} // as net/http has it before the body was read
	_, err := tus.Parse(r)
	var e *tus.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "tus_checksum", e.Kind)
}

func metadata(header string) (tus.Metadata, error) {
	r := request("POST", version+"Upload-Length: 1", "")
	r.Header.Set("Upload-Metadata", header)
	q, err := tus.Parse(r)
	return q.Metadata, err
}

func TestMetadata(t *testing.T) {
	for _, row := range []struct {
		name, header string
		want         map[string]string // nil: refused
	}{
		{"none", "", map[string]string{"a": ""}},
		{"one", "a Yg==", map[string]string{"a": "b"}},
		{"several", "filename Yi5wbmc=,filetype aW1hZ2UvcG5n,is_confidential", map[string]string{"filename": "b.png", "filetype": "image/png", "is_confidential": ""}},
		{"a space after the comma", "a Yg==, c ZA==", map[string]string{"a": "b", "c": "d"}},
		{"an empty value with its space", "a ,c ZA==", map[string]string{"a": "", "c": "d"}},
		{"any bytes", "a /wA=", map[string]string{"a": "\xff\x00"}},
		{"a key twice", "a Yg==,a ZA==", nil},
		{"no key", "a Yg==, ,c ZA==", nil},
		{"an empty pair", "a Yg==,,c ZA==", nil},
		{"a comma at the end", "a Yg==,", nil},
		{"a control character in a key", "a\tb Yg==", nil},
		{"a key beyond ASCII", "ä Yg==", nil},
		{"three words", "a Yg== ZA==", nil},
		{"no padding", "a Yg", nil},
		{"bits after the end", "a Yh==", nil},
		{"another alphabet", "a _wA=", nil},
		{"a line break", "a Yg=\n=", nil},
		{"as long as is allowed", "abc " + strings.Repeat("YWFh", 511), map[string]string{"abc": strings.Repeat("a", 3*511)}},
		{"too long", "abcd " + strings.Repeat("YWFh", 511), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			m, err := metadata(row.header)
			if row.want == nil {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			for key, value := range row.want {
				require.Equal(t, value, m.Get(key), key)
			}
			require.Equal(t, row.header, m.Header)
		})
	}
}

// FuzzParse checks that Parse does not panic, and accepts no negative number and no metadata beyond
// MaxMetadata. Each refusal has the status 400, 412 or 415.
func FuzzParse(f *testing.F) {
	f.Add("POST", "10", "", "a Yg==", "application/offset+octet-stream", "")
	f.Add("PATCH", "", "3", "", "application/offset+octet-stream", "")
	f.Add("POST", "", "", "", "", "PATCH")
	f.Fuzz(func(t *testing.T, method, length, offset, meta, contentType, override string) {
		r := &http.Request{Method: method, Header: http.Header{"Tus-Resumable": {tus.Version}}}
		for name, value := range map[string]string{
			"Upload-Length": length, "Upload-Offset": offset, "Upload-Metadata": meta,
			"Content-Type": contentType, "X-Http-Method-Override": override,
		} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		q, err := tus.Parse(r)
		var e *tus.Error
		switch {
		case err == nil:
			require.GreaterOrEqual(t, q.Length, int64(0))
			require.GreaterOrEqual(t, q.Offset, int64(0))
			require.LessOrEqual(t, len(q.Metadata.Header), tus.MaxMetadata)
			require.LessOrEqual(t, len(q.Metadata.Get("a")), base64.StdEncoding.DecodedLen(tus.MaxMetadata))
		case errors.As(err, &e):
			require.Contains(t, []int{400, 412, 415}, e.Status)
		default:
			t.Fatal(err)
		}
	})
}

func TestOrigins(t *testing.T) {
	for _, origin := range []string{"", "*", "https://*.example.com", "example.com", "https://a.example/", "https://A.example", "null", "ftp://a.example", "https://u@a.example"} {
		_, err := tus.NewOrigins([]string{origin}, nil)
		require.Error(t, err, origin)
	}
	for _, header := range []string{"", "*", "X-*", "X A", "X-A,X-B", "X-A:", "X-A\r\nX-B", "X-Größe"} {
		_, err := tus.NewOrigins([]string{"https://a.example"}, []string{header})
		require.Error(t, err, header)
	}
	o, err := tus.NewOrigins([]string{"https://a.example", "http://localhost:5173"}, []string{"X-Tenant"})
	require.NoError(t, err)
	for _, row := range []struct {
		name, origin string
		allowed      bool
	}{
		{"the origin", "https://a.example", true},
		{"one with a port", "http://localhost:5173", true},
		{"another scheme", "http://a.example", false},
		{"another port", "https://a.example:8443", false},
		{"a domain below", "https://b.a.example", false},
		{"a domain that ends in it", "https://evil-a.example", false},
		{"null", "null", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, method := range []string{"OPTIONS", "PATCH"} {
				h := http.Header{}
				o.Write(h, request(method, "Origin: "+row.origin, ""))
				require.Equal(t, "Origin", h.Get("Vary"))
				if !row.allowed {
					require.Len(t, h, 1)
					continue
				}
				require.Equal(t, row.origin, h.Get("Access-Control-Allow-Origin"))
				require.Equal(t, method == "OPTIONS", h.Get("Access-Control-Allow-Methods") != "")
				require.Equal(t, method == "OPTIONS", strings.HasSuffix(h.Get("Access-Control-Allow-Headers"), ", X-Tenant"))
				require.Equal(t, method == "PATCH", strings.Contains(h.Get("Access-Control-Expose-Headers"), "Upload-Offset"))
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	h := http.Header{}
	tus.Always(h)
	tus.State{Offset: 3, Length: 10, Metadata: "a Yg==", Expires: time.Unix(0, 0)}.Write(h)
	require.Equal(t, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Cache-Control": {"no-store"},
		"Upload-Offset": {"3"}, "Upload-Length": {"10"}, "Upload-Metadata": {"a Yg=="},
		"Upload-Expires": {"Thu, 01 Jan 1970 00:00:00 GMT"},
	}, h)
	tus.Refusal(h, http.StatusPreconditionFailed)
	require.NotContains(t, h, "Upload-Offset")
	require.Equal(t, "1.0.0", h.Get("Tus-Version"))
	h = http.Header{}
	tus.Options(h, 5)
	require.Equal(t, "5", h.Get("Tus-Max-Size"))
	require.Equal(t, "creation,creation-with-upload,expiration,termination", h.Get("Tus-Extension"))
}
