package openapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

const octets = "application/offset+octet-stream"

// tus returns the header of a request of the protocol tus.
func tus(pairs ...string) http.Header {
	h := http.Header{"Tus-Resumable": {"1.0.0"}}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// resumable sends a request to the resumable door, requires the status, and returns the header of
// the answer.
func (a *app) resumable(t *testing.T, status int, method, url, body string, header http.Header) http.Header {
	t.Helper()
	return a.send(t, status, call{method, "/resumable/" + url, body, header}).Header
}

// begin creates an upload of a file of 5 bytes, and returns its URL, which is relative to the
// door's.
func (a *app) begin(t *testing.T) string {
	t.Helper()
	return a.resumable(t, 201, "POST", "", "", tus("Upload-Length", "5", "Upload-Metadata", "filename YS50eHQ=")).Get("Location")
}

// resume makes the exchanges of a file that comes in pieces.
func resume(t *testing.T, a *app) {
	url := a.begin(t)
	a.resumable(t, 204, "PATCH", url, "he", tus("Upload-Offset", "0", "Content-Type", octets))
	a.resumable(t, 200, "HEAD", url, "", tus())
	a.resumable(t, 409, "PATCH", url, "he", tus("Upload-Offset", "0", "Content-Type", octets))
	a.resumable(t, 409, "GET", url, "", nil)
	done := a.resumable(t, 204, "PATCH", url, "llo", tus("Upload-Offset", "2", "Content-Type", octets))
	require.NotEmpty(t, done.Get("Upload-File"))
	a.resumable(t, 200, "HEAD", url, "", tus())
	a.resumable(t, 200, "GET", url, "", nil)
	a.resumable(t, 201, "POST", "", "hell", tus("Upload-Id", "resumed", "Upload-Length", "5", "Upload-Metadata", "filename YS50eHQ=", "Content-Type", octets))
	for _, url := range []string{"", url} {
		a.resumable(t, 204, "OPTIONS", url, "", nil)
	}
}

// resumeRefused makes the exchanges of resumable uploads that are refused, deleted or unknown.
func resumeRefused(t *testing.T, a *app) {
	a.resumable(t, 400, "POST", "", "", tus())
	a.resumable(t, 412, "POST", "", "", tus("Tus-Resumable", "2.0.0"))
	a.resumable(t, 415, "POST", "", "", tus("Upload-Length", "5", "Upload-Metadata", "filename YS5leGU="))
	a.resumable(t, 404, "HEAD", "none", "", tus())
	url := a.begin(t)
	for _, method := range []string{"PATCH", "HEAD", "DELETE"} {
		a.resumable(t, 412, method, url, "", tus("Tus-Resumable", "0.2.2"))
	}
	a.resumable(t, 204, "DELETE", url, "", tus())
	a.resumable(t, 410, "HEAD", url, "", tus())
	a.resumable(t, 410, "GET", url, "", nil)
	a.resumable(t, 204, "DELETE", url, "", tus())

	const page = "<!doctype html><script>alert(1)</script>"
	url = a.resumable(t, 201, "POST", "", "", tus("Upload-Length", "40", "Upload-Metadata", "filename YS5wbmc=")).Get("Location")
	refused := a.resumable(t, 415, "PATCH", url, page, tus("Upload-Offset", "0", "Content-Type", octets))
	require.Empty(t, refused.Get("Upload-Offset"))
	a.resumable(t, 410, "HEAD", url, "", tus())
	a.resumable(t, 410, "GET", url, "", nil)
	a.resumable(t, 410, "PATCH", url, "", tus("Upload-Offset", "0", "Content-Type", octets))
	a.resumable(t, 204, "DELETE", url, "", tus())
}

// resumeEmpty makes the exchanges of a file without a byte, which its creation publishes.
func resumeEmpty(t *testing.T, a *app) {
	created := a.resumable(t, 201, "POST", "", "", tus("Upload-Length", "0", "Upload-Metadata", "filename YS50eHQ="))
	require.Contains(t, created.Get("Upload-File"), `"size":0`)
	a.resumable(t, 200, "HEAD", created.Get("Location"), "", tus())
	a.resumable(t, 200, "GET", created.Get("Location"), "", nil)
}

// failing returns the exchanges of files for which [upload.ResumeOptions.Done] fails: with a code of
// the host's own, the code of a failed storage, or a code after which clients wait. Each is answered
// by a 5xx. Once Done succeeds, a client that sends the last byte again succeeds.
func failing() exchanging {
	var fails error
	calls := func(t *testing.T, a *app) {
		for want, err := range map[int]error{500: upload.Reject("quota", "no more"), 502: &upload.Error{Code: upload.CodeStorage}, 503: &upload.Error{Code: upload.CodeBusy}} {
			fails = err
			a.resumable(t, want, "POST", "", "", tus("Upload-Length", "0", "Upload-Metadata", "filename YS50eHQ="))
			url := a.begin(t)
			a.resumable(t, want, "PATCH", url, "hello", tus("Upload-Offset", "0", "Content-Type", octets))
			require.Equal(t, "4", a.resumable(t, 200, "HEAD", url, "", tus()).Get("Upload-Offset"))
			a.resumable(t, 503, "GET", url, "", nil)
			a.resumable(t, 423, "DELETE", url, "", tus())
			fails = nil
			a.resumable(t, 204, "PATCH", url, "o", tus("Upload-Offset", "4", "Content-Type", octets))
			a.resumable(t, 204, "DELETE", url, "", tus())
		}
	}
	return exchanging{variant{empty: true, done: func() error { return fails }}, calls}
}

// resumeElsewhere makes the exchanges of a page of another origin.
func resumeElsewhere(t *testing.T, a *app) {
	const page = "https://page.example.com"
	for _, answered := range []http.Header{
		a.resumable(t, 204, "OPTIONS", "", "", http.Header{"Origin": {page}, "Access-Control-Request-Method": {"POST"}}),
		a.resumable(t, 415, "POST", "", "", tus("Origin", page, "Upload-Length", "5", "Upload-Metadata", "filename YS5leGU=")),
	} {
		require.Equal(t, page, answered.Get("Access-Control-Allow-Origin"))
	}
}

// resumableStatus returns the status of a code at this door. Clients do not try again after 408, so
// the door answers 503 in its place.
func resumableStatus(code upload.Code) int {
	if code.Status() == http.StatusRequestTimeout {
		return http.StatusServiceUnavailable
	}
	return code.Status()
}
