package uppy

import (
	"net/http"

	"github.com/airlock-go/upload"
)

// Options are the settings, all with defaults; nil is the zero value.
type Options struct {
	// Field is the field of the [upload.Form] whose rules files obey. The page may name another in
	// the metadata "field". Files of single requests are always in "file". Default: "file".
	Field string

	// Published is called when a file has been checked and published, before the page gets its
	// answer. If it fails with an [*upload.Error], as of [upload.Reject], the page gets the reason.
	// The page gets no reason of any other error, which Published must log. Default: none.
	//
	// A file that came in parts stays then, and Published may be called again with it, so it must
	// be idempotent by the file's key; see [upload.Presigner.Confirm]. A file that came in a single
	// request is removed then, as by [upload.Handler.Middleware], and a retry has a new key.
	Published func(r *http.Request, f upload.File) error

	// Location returns the uploadURL of a file for the page; "" is none. For single requests Uppy 6
	// makes one up. Default: none.
	Location func(f upload.File) string

	// Endpoint is the URL of this handler for pages: their companionEndpoint (endpoint in 5), but
	// always absolute, such as "https://app.example.com/uppy". With it files in single requests are
	// accepted, by [upload.Handler.Middleware] and its limits. The requests carry cookies but none
	// of the headers that a page sets. Default: they are refused.
	Endpoint string
}
