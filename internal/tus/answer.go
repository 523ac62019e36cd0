package tus

import (
	"net/http"
	"strconv"
	"time"
)

// extensions are the extensions of the protocol that the server supports.
const extensions = "creation,creation-with-upload,expiration,termination"

// Options writes the headers of the answer to OPTIONS. A maxSize of 0 is left out.
func Options(h http.Header, maxSize int64) {
	h.Set("Tus-Version", Version)
	h.Set("Tus-Extension", extensions)
	if maxSize > 0 {
		h.Set("Tus-Max-Size", strconv.FormatInt(maxSize, 10))
	}
}

// Always writes the headers that every answer has.
func Always(h http.Header) {
	h.Set("Tus-Resumable", Version)
	h.Set("Cache-Control", "no-store")
}

// Refusal writes the headers that the status of a refusal needs. It removes Upload-Offset: TUSKit
// continues from that offset, whatever the status is.
func Refusal(h http.Header, status int) {
	h.Del("Upload-Offset")
	if status == http.StatusPreconditionFailed {
		h.Set("Tus-Version", Version)
	}
}

// State is what answers say about an upload.
type State struct {
	Offset   int64
	Length   int64  // in answers to HEAD only
	Metadata string // in answers to HEAD only
	Expires  time.Time
}

// Write writes the headers of the answer to a HEAD.
func (s State) Write(h http.Header) {
	s.WriteOffset(h)
	h.Set("Upload-Length", strconv.FormatInt(s.Length, 10))
	if s.Metadata != "" {
		h.Set("Upload-Metadata", s.Metadata)
	}
}

// WriteOffset writes the headers of the answer to a PATCH, or to a POST that brought bytes.
func (s State) WriteOffset(h http.Header) {
	h.Set("Upload-Offset", strconv.FormatInt(s.Offset, 10))
	s.WriteExpires(h)
}

// WriteExpires writes until when the upload can be continued.
func (s State) WriteExpires(h http.Header) {
	h.Set("Upload-Expires", s.Expires.UTC().Format(http.TimeFormat))
}
