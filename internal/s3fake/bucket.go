package s3fake

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// bucket is what a service keeps, and how it behaves. The methods that answer operations are called
// with mu held.
type bucket struct {
	Bucket    string
	Versioned bool

	// Suspended means that versioning was switched off again: a write has the version "null" and
	// replaces the one that has it.
	Suspended bool

	// RepeatedComplete is the status for a CompleteMultipartUpload of an upload that is completed
	// already: 200, 404 or 412. Services differ. Zero is 200.
	RepeatedComplete int

	// PageSize is how many parts, objects, versions or uploads are listed at once. Zero is 1,000.
	PageSize int

	// MinPart is the least size of all parts except the last. Zero is S3's 5 MiB; less makes tests
	// of many cases quick.
	MinPart int

	// Secret is the key of the signatures of requests and of the policies of forms. Without it
	// signatures are not checked. With it forms must be signed; other requests need no signature,
	// but a wrong one is refused.
	Secret string

	// Lacks is what the service cannot do.
	Lacks Lacks

	// Unsigned says how the service treats header fields of a presigned request that its signature
	// does not cover, if there is a Secret. With ObeyedUnconditionally copies ignore their
	// conditions, also without a Secret.
	Unsigned Unsigned

	// Skew is how far the service's clock is ahead of the process's. The service's clock dates
	// answers, objects and uploads. Requests whose header has a time too far from it are refused.
	Skew time.Duration

	mu        sync.Mutex
	objects   map[string][]*Object // by key, newest last; at most one without versions
	sorted    []string             // all keys of objects, including removed ones; nil after a new one
	uploads   map[string]*multipart
	completed map[string]*Object    // by upload id
	aborted   map[string]*multipart // by upload id
	serial    int
}

// Object is one version of an object.
type Object struct {
	Key, Version string
	Body         []byte
	Header       http.Header // as it was sent: Content-Type, X-Amz-Meta-…; see attributes
	Marker       bool        // a delete marker
	Parts        int         // of the multipart upload that made it, 0 if a single request did
	Modified     time.Time

	etag string
}

type multipart struct {
	key     string
	header  http.Header
	checked bool // created with CRC32
	digests bool // created with SHA256
	begun   time.Time
	parts   map[int]part
}

type part struct {
	body  []byte
	etag  string
	crc32 string
	sha   string // of a copied part
}

func (b *bucket) id(kind string) string {
	b.serial++
	return fmt.Sprintf("%s-%d", kind, b.serial)
}
