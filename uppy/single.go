package uppy

import (
	"net/http"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

var errSingle = malformed("single",
	"files are accepted in parts only: the page must set shouldUseMultipart: true, or the server Options.Endpoint")

var errBody = malformed("body", "this step takes no body")

var errOneFile = malformed("files", "the form must have exactly one file")

// params answers where to send a file in a single request: to this handler. It signs nothing and so
// does not identify the caller. Uppy 6 reads only url and fields, and refuses fields without a key.
func (s *server) params(w http.ResponseWriter, r *http.Request) {
	if s.single == nil {
		s.refuse(w, r, errSingle)
		return
	}
	if r.ContentLength != 0 {
		s.refuse(w, r, errBody)
		return
	}
	answer(w, http.StatusOK, storage.SignedRequest{
		Method:  http.MethodPost,
		URL:     strings.TrimRight(s.opts.Endpoint, "/") + "/s3/single",
		Headers: map[string]string{},
		Fields:  map[string]string{"key": "upload"},
	})
}

func (s *server) receive(w http.ResponseWriter, r *http.Request) {
	if s.single == nil {
		s.refuse(w, r, errSingle)
		return
	}
	s.single.ServeHTTP(noRedirect{w}, r)
}

// received answers for files that the middleware has published. If there is not exactly one, or if
// Options.Published fails, received refuses, and the middleware removes the files.
func (s *server) received(w http.ResponseWriter, r *http.Request) {
	files := upload.Files(r.Context())
	if len(files) != 1 {
		s.fail(w, r, errOneFile)
		return
	}
	if err := s.published(r, files[0]); err != nil {
		s.fail(w, r, err)
		return
	}
	done := s.done(files[0])
	if done.Location != "" {
		w.Header().Set("Location", done.Location)
	}
	w.Header().Set("Etag", `"checked"`) // without one Uppy 5 waits forever
	answer(w, http.StatusCreated, done)
}

// noRedirect replaces a redirect, with which hosts may answer plain forms, by a refusal:
// XMLHttpRequest follows it, and Uppy takes the result for success.
type noRedirect struct{ http.ResponseWriter }

func (w noRedirect) WriteHeader(status int) {
	if status >= http.StatusMultipleChoices && status < http.StatusBadRequest {
		w.Header().Del("Location")
		status = http.StatusUnprocessableEntity
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController move deadlines.
func (w noRedirect) Unwrap() http.ResponseWriter { return w.ResponseWriter }
