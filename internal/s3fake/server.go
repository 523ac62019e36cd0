// Package s3fake is an S3 service in memory for tests: one bucket, with or without versions, that
// misbehaves on demand. It checks what the store under test must get right (conditions, checksums,
// part sizes, part lists). It does not check permissions, and checks signatures only if it has the
// secret.
package s3fake

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Server is one bucket. It is safe for concurrent use.
type Server struct {
	bucket
	script
}

// New returns an empty bucket.
func New(name string) *Server {
	s := new(Server)
	s.Bucket = name
	s.objects = make(map[string][]*Object)
	s.uploads = make(map[string]*multipart)
	s.completed = make(map[string]*Object)
	s.aborted = make(map[string]*multipart)
	return s
}

// ServeHTTP answers path-style requests.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := operation(r)
	if s.forged(r) {
		fail(w, http.StatusForbidden, "SignatureDoesNotMatch", "Authorization")
		return
	}
	f := s.next(op)
	s.date(w)
	serve := func(w http.ResponseWriter, r *http.Request) { s.serve(op, w, r) }
	if f != nil {
		f(w, r, serve)
		return
	}
	serve(w, r)
}

func (s *Server) serve(op string, w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	slack := int64(0)
	if s.Lacks.Lengths == Ignores {
		slack = 8
	}
	if code := presignedOf(r).fault(s.Secret, s.Unsigned, slack); code != "" {
		fail(w, http.StatusForbidden, code, "presigned")
		return
	}
	if !s.Lacks.strip(op, w, r) {
		return
	}
	body, err := payload(r)
	if err != nil {
		fail(w, http.StatusBadRequest, "IncompleteBody", err.Error())
		return
	}
	if s.skewed(w, r) {
		return
	}
	// The object is sent without the lock, since its reader may write others meanwhile.
	_, _ = w.Write(s.answer(op, w, r, bucket, key, body)) //nolint:gosec // a fake serves what tests stored
}

// answer answers everything except the bytes of an object, which it returns.
func (s *Server) answer(op string, w http.ResponseWriter, r *http.Request, bucket, key string, body []byte) (object []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bucket != s.Bucket {
		fail(w, http.StatusNotFound, "NoSuchBucket", bucket)
		return nil
	}
	q := r.URL.Query()
	switch op {
	case "PutObject":
		s.putObject(w, r, key, body)
	case "HeadBucket": // the bucket was checked already
	case "GetObject", "HeadObject":
		return s.getObject(w, r, key, q.Get("versionId"))
	case "GetObjectTagging":
		s.getTagging(w, key, q.Get("versionId"))
	case "DeleteObject":
		s.deleteObject(w, key, q.Get("versionId"), r.Header.Get("If-Match"))
	case "DeleteObjects":
		// As over a network, the answer comes after the client has sent its request. An earlier
		// answer makes the SDK close the body while net/http still reads it, and net/http then
		// closes the connection.
		time.Sleep(20 * time.Millisecond)
		s.deleteObjects(w, body)
	case http.MethodPost:
		s.postForm(w, r, body)
	case "CreateMultipartUpload":
		s.createUpload(w, r, key)
	case "UploadPart":
		s.uploadPart(w, r, q, body)
	case "UploadPartCopy":
		s.copyPart(w, r, q)
	case "CopyObject":
		s.copyObject(w, r, key)
	case "ListParts":
		s.listParts(w, key, q)
	case "CompleteMultipartUpload":
		s.completeUpload(w, r, key, q.Get("uploadId"), body)
	case "AbortMultipartUpload":
		s.abortUpload(w, key, q.Get("uploadId"))
	case "ListMultipartUploads":
		s.listUploads(w, q)
	case "ListObjectVersions":
		s.listVersions(w, q)
	case "ListObjectsV2":
		s.listObjects(w, q)
	default:
		fail(w, http.StatusNotImplemented, "NotImplemented", op)
	}
	return nil
}

// Put stores an object as another writer would.
func (s *Server) Put(key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store(&Object{Key: key, Body: body, Header: http.Header{}})
}

// Get returns the readable object of a key, nil if there is none.
func (s *Server) Get(key string) *Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current(key)
}

// Versions returns everything that is kept of a key, oldest first.
func (s *Server) Versions(key string) []*Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.objects[key])
}

// Keys returns the keys of which anything is kept, delete markers included.
func (s *Server) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for key := range s.objects {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Revive reopens an aborted upload, as busy services do when a part of it arrives late. It reports
// whether there was one.
func (s *Server) Revive(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.aborted[id]
	if m == nil {
		return false
	}
	delete(s.aborted, id)
	s.uploads[id] = m
	return true
}

// OpenUploads returns the number of multipart uploads that are neither completed nor aborted.
func (s *Server) OpenUploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}
