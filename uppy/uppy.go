// Package uppy serves the browser uploader Uppy: the companion protocol that
// @uppy/aws-s3 speaks, the same in its majors 5 and 6. Files go from the page to
// the storage in parts; the last step, which Uppy makes by itself, checks and
// publishes them. So a page needs no code for the checks, and what it reports as
// uploaded has passed them.
//
//	handler, err := uppy.New(presigner, nil)
//	…
//	mux.Handle("/uppy/", handler)
//
// and in the page
//
//	uppy.use(AwsS3, { companionEndpoint: '/uppy', shouldUseMultipart: true }) // endpoint: in 5
//	uppy.addPreProcessor(async (ids) => {
//	  for (const id of ids) uppy.setFileMeta(id, { size: uppy.getFile(id).size })
//	})
//
// Uppy does not tell a file's size by itself, and what is signed is signed for a
// size; the pre-processor adds it, and without it uploads are refused. It comes
// after plugins that change files, as Compressor does. Leave getChunkSize
// alone, and name no metadata in allowedMetaFields without "size".
//
// # Single requests
//
// Without shouldUseMultipart Uppy sends files of up to 100 MiB in one request,
// and Uppy 5 does so with files of up to 5 MiB whatever is set. It tells nobody
// when that is done, so a file that was sent to the storage in this way would
// never be checked. Such requests are refused, unless [Options.Endpoint] is set:
// then they come to this handler, and from here, checked on the way, to the
// storage.
//
// # What users see
//
// That the upload failed, and the reason only of Uppy 5, where they point at the
// question mark beside it, and not of single requests. Uppy 6 shows no server's
// words: its users read "Companion request failed", of single requests something
// of a network error. When they press Retry, Uppy 6 goes on where it was: after
// an error of the server nothing is sent again, and what was refused is refused
// again. Uppy 5 begins anew.
//
// # Cross-origin pages
//
// Uppy 6 sends no cookies and no headers of the page's to another origin; serve
// the page and this handler from the same one. The store is another origin in
// any case: its CORS rules must let the page PUT and expose ETag to it.
//
// # Header fields of parts
//
// Some stores sign header fields of a part, as s3store does at hosts other than
// AWS's unless its Profile says otherwise. Uppy 5 sends them. Uppy 6 (6.3.1) does
// not, and the store then refuses its parts: it needs a store that signs none.
package uppy

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/airlock-go/upload"
)

// New returns a handler of the protocol over p: who may upload what, and how
// large, is what p and its handler say. It can be mounted under any prefix, by
// any router, stripped or not: of the path it takes what comes after "/s3/", and
// the rest is left to the authorizer. Pages of other origins are refused as
// everywhere, also for GET. Refusals are {"error": code, "message": reason}, but
// those of files in single requests as [upload.Options] Respond says.
//
// The handler keeps nothing between requests, so any instance with the same
// secrets serves any of them, and is safe for concurrent use. It answers no CORS
// preflights. It fails if p is nil or the Endpoint is not absolute.
func New(p *upload.Presigner, opts *Options) (http.Handler, error) {
	if p == nil {
		return nil, errors.New("uppy: New needs a presigner")
	}
	s := &server{p: p}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.Field == "" {
		s.opts.Field = "file"
	}
	if s.opts.Endpoint != "" {
		u, err := url.Parse(s.opts.Endpoint)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, errors.New("uppy: the Endpoint is not an absolute URL of http or https")
		}
		s.single = p.Handler().Middleware(http.HandlerFunc(s.received))
	}
	return s, nil
}

// ServeHTTP finds the step. The request goes on as it came, with the path values
// of the host's router in it, since the authorizer may need them.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch step, token, part := stepOf(r); step {
	case "GET params":
		s.params(w, r)
	case "POST single":
		s.receive(w, r)
	case "POST multipart":
		s.create(w, r)
	case "GET multipart/id":
		s.list(w, r, token)
	case "DELETE multipart/id":
		s.abort(w, r, token)
	case "POST multipart/id/complete":
		s.complete(w, r, token)
	case "GET multipart/id/part":
		s.sign(w, r, token, part)
	default:
		s.refuse(w, r, upload.Reject(upload.CodeNotFound, "no step of an upload is served at this path and method"))
	}
}

// stepOf tells the step by the method and what follows "/s3/" in the path.
func stepOf(r *http.Request) (step, token, part string) {
	path := r.URL.EscapedPath()
	if i := strings.LastIndex(path, "/s3/"); i >= 0 {
		path = path[i+len("/s3/"):]
	}
	elements := strings.Split(path, "/")
	for i, e := range elements {
		if unescaped, err := url.PathUnescape(e); err == nil {
			elements[i] = unescaped
		}
	}
	if len(elements) > 1 {
		token, elements[1] = elements[1], "id"
	}
	if len(elements) > 2 && r.Method == http.MethodGet {
		part, elements[2] = elements[2], "part"
	}
	return r.Method + " " + strings.Join(elements, "/"), token, part
}
