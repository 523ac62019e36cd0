// Package nulls3 is an S3 server that discards what it receives, as fast as it comes, and remembers
// how much there was.
package nulls3

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Server is an http.Handler. It checks neither signatures nor checksums, and its zero value is
// ready. It implements what storing a file takes: PutObject, CreateMultipartUpload, UploadPart,
// CompleteMultipartUpload, AbortMultipartUpload, ListMultipartUploads, HeadObject and DeleteObject.
type Server struct {
	mu      sync.Mutex
	objects map[string]object
	open    map[string]object // by upload id
}

type object struct {
	path string
	size int64
	meta http.Header
}

var buffers = sync.Pool{New: func() any { return new([128 << 10]byte) }}

// discard reads with fewer calls than io.Discard.
func discard(r io.Reader) (n int64, err error) {
	b := buffers.Get().(*[128 << 10]byte)
	defer buffers.Put(b)
	return io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, b[:])
}

// Sizes returns the bytes that were received for each object, by its path. A part that is sent
// again counts again.
func (s *Server) Sizes() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	sizes := map[string]int64{}
	for path, o := range s.objects {
		sizes[path] = o.size
	}
	return sizes
}

// Forget drops the remembered objects.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects = nil
}

// Open returns how many multipart uploads are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := discard(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // a client that left: its object must not appear
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		s.objects = map[string]object{}
	}
	if s.open == nil {
		s.open = map[string]object{}
	}
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		id := rand.Text()
		s.open[id] = object{path: r.URL.Path, meta: metadata(r.Header)}
		_, _ = fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case r.Method == http.MethodGet && query.Has("uploads"):
		s.list(w, r.URL.Path, query.Get("prefix"))
	case query.Has("uploadId"):
		s.upload(w, r, query.Get("uploadId"), n)
	default:
		s.object(w, r, n)
	}
}

// list serves ListMultipartUploads of the bucket at a path. It needs the lock.
func (s *Server) list(w io.Writer, bucket, prefix string) {
	type upload struct{ Key, UploadId string } //nolint:revive // the protocol's spelling
	var out struct {
		XMLName     xml.Name `xml:"ListMultipartUploadsResult"`
		IsTruncated bool
		Upload      []upload
	}
	for id, o := range s.open {
		key, within := strings.CutPrefix(o.path, strings.TrimSuffix(bucket, "/")+"/")
		if within && strings.HasPrefix(key, prefix) {
			out.Upload = append(out.Upload, upload{key, id})
		}
	}
	_ = xml.NewEncoder(w).Encode(out)
}

// upload serves calls on a multipart upload. A part that comes after the abort does not open the
// upload again. It needs the lock.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, id string, n int64) {
	o, found := s.open[id]
	switch {
	case !found:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchUpload</Code></Error>")
	case r.Method == http.MethodPut:
		o.size += n
		s.open[id] = o
		w.Header().Set("ETag", `"part"`)
	case r.Method == http.MethodPost:
		s.objects[o.path] = o
		delete(s.open, id)
		_, key, _ := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName   xml.Name `xml:"CompleteMultipartUploadResult"`
			Key, ETag string
		}{Key: key, ETag: "whole"})
	case r.Method == http.MethodDelete:
		delete(s.open, id)
		w.WriteHeader(http.StatusNoContent)
	}
}

// object serves calls on whole objects. It needs the lock.
func (s *Server) object(w http.ResponseWriter, r *http.Request, n int64) {
	o, found := s.objects[r.URL.Path]
	switch {
	case r.Method == http.MethodPut && found:
		w.WriteHeader(http.StatusPreconditionFailed)
	case r.Method == http.MethodPut:
		s.objects[r.URL.Path] = object{size: n, meta: metadata(r.Header)}
		w.Header().Set("ETag", `"whole"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case found:
		maps.Copy(w.Header(), o.meta)
		w.Header().Set("ETag", `"whole"`)
		w.Header().Set("Content-Length", strconv.FormatInt(o.size, 10))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func metadata(h http.Header) http.Header {
	meta := http.Header{}
	for name, values := range h {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			meta[name] = values
		}
	}
	return meta
}
