package memstore

import (
	"net/http"
	"strings"
)

// checkHeaders requires each signed header once, with its value, and no other header that begins
// with X-Amz-.
func checkHeaders(r *http.Request, signed map[string]string) error {
	known := map[string]bool{}
	for name, value := range signed {
		name = http.CanonicalHeaderKey(name)
		known[name] = true
		if got := r.Header[name]; len(got) != 1 || got[0] != value {
			return refusal{http.StatusForbidden, "SignatureDoesNotMatch"}
		}
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Amz-") && !known[name] {
			return refusal{http.StatusForbidden, "AccessDenied"}
		}
	}
	return nil
}

// checkLength requires size as the declared length. The length of a chunked body is unknown before
// it is read.
func checkLength(r *http.Request, size int64) error {
	switch {
	case r.ContentLength < 0:
		return refusal{http.StatusLengthRequired, "MissingContentLength"}
	case r.ContentLength != size:
		return refusal{http.StatusForbidden, "SignatureDoesNotMatch"}
	}
	return nil
}
