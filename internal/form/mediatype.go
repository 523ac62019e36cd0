package form

import (
	"net/http"
	"strings"
)

// Boundary judges the headers of a request and returns the boundary of its form. It accepts exactly
// one Content-Type, which must be multipart/form-data with one boundary, and no Content-Encoding
// except identity. It is strict because parsers differ in how they read other headers.
func Boundary(h http.Header) (string, error) {
	if Encoded(h) {
		return "", &Error{Kind: NotMultipart, What: Compressed, Reason: "a compressed body (Content-Encoding) is not accepted"}
	}
	types := h.Values("Content-Type")
	if len(types) > 1 {
		return "", malformed("the request has several Content-Type headers")
	}
	notForm := &Error{Kind: NotMultipart, Reason: "the request is not multipart/form-data"}
	if len(types) == 0 {
		return "", notForm
	}
	kind, rest, more := strings.Cut(types[0], ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "multipart/form-data") {
		return "", notForm
	}
	params, err := parseParams(rest, more)
	if err != nil {
		return "", &Error{Kind: Malformed, Reason: "the Content-Type of the request cannot be read", Err: err}
	}
	for key := range params {
		if strings.Contains(key, "*") { // RFC 2231, which not every parser reads
			return "", malformed("the Content-Type of the request uses an extended parameter (RFC 2231)")
		}
	}
	if b := params["boundary"]; validBoundary(b.value) {
		return b.value, nil
	}
	return "", malformed("the boundary must be 1 to 70 characters that RFC 2046 or a token allows")
}

// Encoded reports whether the body has a Content-Encoding other than identity, such as gzip.
func Encoded(h http.Header) bool {
	enc := strings.Join(h.Values("Content-Encoding"), ",")
	return enc != "" && !strings.EqualFold(enc, "identity")
}

// validBoundary accepts 1 to 70 characters of RFC 2046 5.1.1 or of tokens (RFC 9110 5.6.2), which
// clients use in boundaries, quoted or not. The last one is not a space.
func validBoundary(b string) bool {
	if len(b) < 1 || len(b) > 70 || b[len(b)-1] == ' ' {
		return false
	}
	for i := range len(b) {
		c := b[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && strings.IndexByte("'()+_,-./:=? !#$%&*^`|~", c) < 0 {
			return false
		}
	}
	return true
}
