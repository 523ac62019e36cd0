// Package uppy serves the browser uploader Uppy: the companion protocol of @uppy/aws-s3, the same
// in its versions 5 and 6. Files go from the page to the storage in parts. The last step, which
// Uppy makes by itself, checks and publishes them. So a page needs no code for the checks, and
// files that Uppy reports as uploaded have passed them.
//
//	handler, err := uppy.New(presigner, nil) // a presigner of upload.NewPresigner
//	…
//	mux.Handle("/uppy/", handler)
//
// and in the page
//
//	uppy.use(AwsS3, { companionEndpoint: '/uppy', shouldUseMultipart: true })
//	uppy.addPreProcessor(async (ids) => {
//	  for (const id of ids) uppy.setFileMeta(id, { size: uppy.getFile(id).size })
//	})
//
// or, with the plugin of package web, which also shows the reasons of refusals,
//
//	uppy.use(AirlockPlugin).use(AwsS3, { companionEndpoint: '/uppy' })
//
// In Uppy 5 companionEndpoint is named endpoint.
//
// Uppy does not send a file's size by itself, and requests are signed for a size. The pre-processor
// adds it, and without it uploads are refused. It must come after plugins that change files, such
// as Compressor. Leave getChunkSize alone. If allowedMetaFields names any metadata, it must name
// "size".
//
// # Single requests
//
// Without shouldUseMultipart Uppy sends files of up to 100 MiB in one request. It reports the end
// of such a request to nobody, so a file that was sent to the storage in this way would never be
// checked. Such requests are refused unless [Options.Endpoint] is set: then they come to this
// handler, and from here, checked on the way, to the storage.
//
// # What users see
//
// Without the plugin, users see that the upload failed. They see the reason only in Uppy 5, when
// they point at the question mark next to it, and not for single requests. Uppy 6 does not show the
// server's sentence: its users read "Companion request failed", or a network error for single
// requests. When they press Retry, Uppy 6 continues where it was: after an error of the server
// nothing is sent again, and a refused file is refused again. Uppy 5 starts over.
//
// # Cross-origin pages
//
// Uppy 6 sends neither cookies nor the page's headers to another origin; serve the page and this
// handler from the same one. A store of another origin needs CORS rules that allow PUT from the
// page's origin and expose ETag.
//
// # Header fields of parts
//
// Some stores sign header fields of a part, as s3store does at hosts other than AWS's unless its
// Profile says otherwise. Uppy 5 sends them. Uppy 6 (6.3.1) does not, and the store then refuses
// its parts. It needs AWS, MinIO, or a server that is safe with the profile's InsecureNoCopyGuard
// (docs/servers.md).
package uppy

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/airlock-go/upload"
)

// New returns a handler of the protocol over p: p and its handler decide who may upload what, and
// how large. It can be mounted under any prefix, by any router: it uses the path after the last
// "/s3/", and leaves the rest to the authorizer. If a prefix is stripped, what is left must begin
// with "/s3/" or with what follows it. Pages of other origins are refused as everywhere, also for
// GET. The exception is GET …/s3/params, which shows only the Endpoint.
//
// Refusals are {"error": code, "message": text, "params": …}. Those of the middleware for single
// requests follow [upload.Options.Respond], with 422 in place of a redirect.
//
// The handler is safe for concurrent use. It keeps nothing between requests, so any instance with
// the same secrets serves any of them. It answers no CORS preflights. New fails if p is nil or the
// Endpoint is not an absolute URL of http or https without query and fragment.
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
			return nil, errors.New("uppy: the Endpoint is not an absolute URL of http or https without query and fragment")
		}
		s.single = p.Handler().Middleware(http.HandlerFunc(s.received))
	}
	return s, nil
}

// ServeHTTP finds the step. It passes on the request unchanged, with the path values of the host's
// router, since the authorizer may need them.
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
		s.refuse(w, r, errNoStep)
	}
}

// stepOf finds the step by the method and the path after "/s3/".
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
