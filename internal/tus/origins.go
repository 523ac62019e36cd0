package tus

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the origins of the pages that may send uploads and read the answers. The zero value
// has none.
type Origins struct {
	list    []string
	headers string // the value of Access-Control-Allow-Headers
}

// NewOrigins returns the origins, each of which is a scheme, a host and perhaps a port, as browsers
// write them. Pages may send the given headers, those of the protocol, and a few common ones.
func NewOrigins(list, headers []string) (Origins, error) {
	for _, origin := range list {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
			strings.ToLower(u.Scheme+"://"+u.Host) != origin || strings.Contains(origin, "*") {
			return Origins{}, fmt.Errorf("tus: %q is not an origin, such as https://app.example.com", origin)
		}
	}
	for _, name := range headers {
		if name == "" || strings.ContainsFunc(name, func(c rune) bool { return !strings.ContainsRune(nameChars, c) }) {
			return Origins{}, fmt.Errorf("tus: %q is not the name of a header, such as X-Tenant", name)
		}
	}
	return Origins{slices.Clone(list), strings.Join(append([]string{requests}, headers...), ", ")}, nil
}

// nameChars are the characters of a token (RFC 9110, 5.6.2), except "*". In
// Access-Control-Allow-Headers a lone "*" is a wildcard.
const nameChars = "!#$%&'+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Has reports whether r comes from a page of one of these origins.
func (o Origins) Has(r *http.Request) bool {
	v := r.Header.Values("Origin")
	return len(v) == 1 && slices.Contains(o.list, v[0])
}

// Values of CORS headers. A page can read the exposed headers of an answer, and a few that need no
// permission.
const (
	methods  = "POST, HEAD, PATCH, DELETE, GET, OPTIONS"
	requests = "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Defer-Length, Upload-Concat, Upload-Id, X-HTTP-Method-Override, X-Requested-With, X-Request-ID, X-CSRF-Token"
	exposed  = "Location, Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires, Upload-File, Tus-Version, Tus-Resumable, Tus-Extension, Tus-Max-Size, Retry-After"
)

// Write writes the CORS headers of an answer. Refusals need them, too: pages read the reason.
func (o Origins) Write(h http.Header, r *http.Request) {
	if len(o.list) == 0 {
		return
	}
	h.Add("Vary", "Origin")
	if !o.Has(r) {
		return
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Method != http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", exposed)
		return
	}
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", o.headers)
	h.Set("Access-Control-Max-Age", "86400")
}
