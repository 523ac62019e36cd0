// Package s3fake is an S3 service in memory for tests: one bucket, with or
// without versions, that misbehaves on demand. It checks what the store under
// test must get right (conditions, checksums, part sizes, part lists), not
// permissions, and signatures only if it has the secret.
package s3fake

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is one bucket. It is safe for concurrent use.
type Server struct {
	Bucket    string
	Versioned bool

	// RepeatedComplete is how a CompleteMultipartUpload of an upload that is
	// completed already is answered: 200, 404 or 412. Services differ. Zero is
	// 200.
	RepeatedComplete int

	// PageSize is how many parts, objects or uploads are listed at once. Zero is
	// 1,000.
	PageSize int

	// MinPart is the least size of all parts but the last. Zero is 5 MiB, as of
	// S3; less makes tests of many cases quick.
	MinPart int

	// Secret is what requests and the policies of forms must be signed with. Without
	// it they are not compared with their signatures.
	Secret string

	// Lacks is what the service cannot do.
	Lacks Lacks

	// Unsigned is what becomes of header fields that no signature covers, if there
	// is a Secret.
	Unsigned Unsigned

	// Skew is how far the service's clock is ahead of the process's. It dates
	// answers, objects and uploads, and refuses requests of other clocks.
	Skew time.Duration

	mu        sync.Mutex
	objects   map[string][]*Object // by key, newest last; at most one without versions
	sorted    []string             // all keys of objects, and such as are gone; nil after a new one
	uploads   map[string]*multipart
	completed map[string]*Object // by upload id
	faults    []*fault
	calls     []string
	serial    int
}

// Object is one version of an object.
type Object struct {
	Key, Version string
	Body         []byte
	Header       http.Header // as it was sent: Content-Type, X-Amz-Meta-… and the others
	Marker       bool        // a delete marker
	Modified     time.Time
}

// New returns an empty bucket.
func New(bucket string) *Server {
	return &Server{
		Bucket:    bucket,
		objects:   make(map[string][]*Object),
		uploads:   make(map[string]*multipart),
		completed: make(map[string]*Object),
	}
}

// ServeHTTP answers path-style requests.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := operation(r)
	if s.forged(r) {
		fail(w, http.StatusForbidden, "SignatureDoesNotMatch", "Authorization")
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, op)
	f := s.nextFault(op)
	s.mu.Unlock()
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
	// Whoever reads an object may write others meanwhile, so it is sent without the lock.
	_, _ = w.Write(s.answer(op, w, r, bucket, key, body)) //nolint:gosec // a fake serves what tests stored
}

// answer answers all but the bytes of an object, which it returns.
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
	case "HeadBucket": // that it is there has been looked at
	case "GetObject", "HeadObject":
		return s.getObject(w, r, key, q.Get("versionId"))
	case "GetObjectTagging":
		s.getTagging(w, key, q.Get("versionId"))
	case "DeleteObject":
		s.deleteObject(w, key, q.Get("versionId"), r.Header.Get("If-Match"))
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
		s.listVersions(w, q.Get("prefix"))
	case "ListObjectsV2":
		s.listObjects(w, q)
	default:
		fail(w, http.StatusNotImplemented, "NotImplemented", op)
	}
	return nil
}

// Put stores an object as somebody else would.
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

// OpenUploads returns the number of multipart uploads that are neither
// completed nor aborted.
func (s *Server) OpenUploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}

// Calls returns how often an operation was asked for, or any if op is "", failed
// requests included.
func (s *Server) Calls(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if c == op || op == "" {
			n++
		}
	}
	return n
}

func (s *Server) id(kind string) string {
	s.serial++
	return fmt.Sprintf("%s-%d", kind, s.serial)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}{Code: code, Message: message})
}
