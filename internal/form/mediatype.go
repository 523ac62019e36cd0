package form

import (
	"mime"
	"net/http"
	"strings"
)

// Boundary judges the headers of a request and returns the boundary of its
// form. Exactly one Content-Type that is exactly multipart/form-data, with one
// boundary of RFC 2046 5.1.1, is accepted, and no Content-Encoding: a request
// that two parsers could read differently is refused.
func Boundary(h http.Header) (string, error) {
	if enc := strings.Join(h.Values("Content-Encoding"), ","); enc != "" && !strings.EqualFold(enc, "identity") {
		return "", &Error{Kind: NotMultipart, Reason: "a compressed body (Content-Encoding) is not accepted"}
	}
	types := h.Values("Content-Type")
	if len(types) > 1 {
		return "", malformed("the request has two Content-Type headers")
	}
	notForm := &Error{Kind: NotMultipart, Reason: "the request is not multipart/form-data"}
	if len(types) == 0 {
		return "", notForm
	}
	if kind, _, _ := strings.Cut(types[0], ";"); !strings.EqualFold(strings.TrimSpace(kind), "multipart/form-data") {
		return "", notForm
	}
	_, params, err := mime.ParseMediaType(types[0])
	if err != nil || strings.Contains(types[0], "*") { // RFC 2231, which not every parser reads
		return "", &Error{Kind: Malformed, Reason: "the Content-Type of the request cannot be read", Err: err}
	}
	if b := params["boundary"]; validBoundary(b) {
		return b, nil
	}
	return "", malformed("the boundary must be 1 to 70 of the characters that RFC 2046 allows")
}

func validBoundary(b string) bool {
	if len(b) < 1 || len(b) > 70 || b[len(b)-1] == ' ' {
		return false
	}
	for i := range len(b) {
		c := b[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && strings.IndexByte("'()+_,-./:=? ", c) < 0 {
			return false
		}
	}
	return true
}
