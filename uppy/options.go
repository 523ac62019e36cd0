package uppy

import (
	"net/http"

	"github.com/airlock-go/upload"
)

// Options is everything that has a good default; nil is the zero value.
type Options struct {
	// Field is the form field that files count as, for [upload.Options] Fields
	// and for policies by field. The page may say another in the metadata
	// "field". Files of single requests are always in "file". Default: "file".
	Field string

	// Published is called when a file was checked and published, before the page
	// is told. If it fails the page is told so: of a [upload.Reject] the reason,
	// of another error nothing, which is then for Published to log. It may be
	// called again with the same file, so it must be idempotent by its key; see
	// [upload.Presigner.Confirm] for what becomes of the file. Default: none.
	Published func(r *http.Request, f upload.File) error

	// Location is what the page gets as the uploadURL of a file; "" is none. Of
	// single requests Uppy 6 makes one up. Default: none.
	Location func(f upload.File) string

	// Endpoint is where pages find this handler: what they have as
	// companionEndpoint (endpoint in 5), but always absolute, as in
	// "https://app.example.com/uppy". With it files in single requests are
	// accepted, by [upload.Handler.Middleware] and its limits. They carry cookies
	// but none of the headers that a page sets. Default: they are refused.
	Endpoint string
}
