// Package tus reads requests of the tus protocol 1.0.0 and writes the headers of its answers. It
// keeps no uploads. The source of its rules is https://tus.io/protocols/resumable-upload.
package tus

import (
	"net/http"
	"strconv"
	"strings"
)

const (
	// Version is the only version of the protocol that the server supports.
	Version = "1.0.0"
	// ContentType is the Content-Type of a request whose body is bytes of the file.
	ContentType = "application/offset+octet-stream"
)

// Request is what a client asks for. Fields of other methods are zero.
type Request struct {
	Method   string   // after an override
	Length   int64    // of a POST: how many bytes the file has
	Metadata Metadata // of a POST
	Bytes    bool     // the body is bytes of the file; always so for a PATCH
	Offset   int64    // of a PATCH: where its bytes begin
}

// Error is a request that breaks the protocol, or asks for a part of it that this package lacks.
type Error struct {
	Status int
	Kind   string // a stable word
	Why    string // for the log
}

func (e *Error) Error() string { return "tus: " + e.Why }

func bad(kind, why string) *Error { return &Error{http.StatusBadRequest, kind, why} }

// Method returns the method of r. Only a POST can have another one in X-HTTP-Method-Override: caches
// and browsers treat a GET as harmless, so it must not become a DELETE.
func Method(r *http.Request) string {
	if over := r.Header.Get("X-HTTP-Method-Override"); over != "" && r.Method == http.MethodPost {
		return over
	}
	return r.Method
}

// Parse reads the headers of a POST, HEAD, PATCH or DELETE. Each needs Tus-Resumable. A POST or PATCH
// that asks for an extension that this package lacks is an error. Parse ignores unknown headers.
func Parse(r *http.Request) (Request, error) {
	q := Request{Method: Method(r)}
	if v := r.Header.Values("Tus-Resumable"); len(v) != 1 || v[0] != Version {
		return q, &Error{http.StatusPreconditionFailed, "tus_version", "Tus-Resumable is not " + Version}
	}
	var err error
	switch q.Method {
	case http.MethodPost:
		err = q.creation(r)
	case http.MethodPatch:
		err = q.appending(r)
	}
	return q, err
}

// creation reads the headers of a POST.
func (q *Request) creation(r *http.Request) (err error) {
	switch {
	case has(r, "Upload-Concat"):
		return bad("tus_concat", "concatenation of uploads is not supported")
	case has(r, "Upload-Defer-Length"):
		return bad("tus_defer_length", "an upload must have its length when it is created")
	}
	if q.Length, err = number(r, "Upload-Length", "tus_length"); err != nil {
		return err
	}
	if q.Metadata, err = parseMetadata(r.Header.Values("Upload-Metadata")); err != nil {
		return err
	}
	if q.Bytes = isBytes(r); !q.Bytes && r.ContentLength != 0 {
		return errContentType
	}
	return checksum(r)
}

// appending reads the headers of a PATCH.
func (q *Request) appending(r *http.Request) (err error) {
	if q.Bytes = isBytes(r); !q.Bytes {
		return errContentType
	}
	if q.Offset, err = number(r, "Upload-Offset", "tus_offset"); err != nil {
		return err
	}
	if has(r, "Upload-Length") {
		return bad("tus_length", "the length of an upload is set when it is created")
	}
	return checksum(r)
}

var errContentType = &Error{http.StatusUnsupportedMediaType, "content_type", "the Content-Type is not " + ContentType}

// checksum refuses Upload-Checksum, as a header or a trailer, since its client relies on a check that
// nobody makes. It also refuses any Content-Encoding except identity.
func checksum(r *http.Request) error {
	_, announced := r.Trailer["Upload-Checksum"]
	if has(r, "Upload-Checksum") || announced {
		return bad("tus_checksum", "checksums are not supported")
	}
	if coding := strings.Join(r.Header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return bad("tus_encoding", "the bytes of a file come as they are, without a Content-Encoding")
	}
	return nil
}

func has(r *http.Request, name string) bool { return len(r.Header.Values(name)) > 0 }

func isBytes(r *http.Request) bool {
	v := r.Header.Values("Content-Type")
	return len(v) == 1 && strings.EqualFold(v[0], ContentType)
}

// number reads a header that has only digits.
func number(r *http.Request, name, kind string) (int64, error) {
	v := r.Header.Values(name)
	if len(v) != 1 {
		return 0, bad(kind, name+" is missing, or there are several")
	}
	if v[0] == "" || strings.Trim(v[0], "0123456789") != "" {
		return 0, bad(kind, name+" is not a number of bytes")
	}
	n, err := strconv.ParseUint(v[0], 10, 63)
	if err != nil {
		return 0, bad(kind, name+" is too large a number")
	}
	return int64(n), nil
}
