package s3fake

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// bucket is what a service keeps, and how it behaves. Its operations are called with mu held.
type bucket struct {
	Bucket    string
	Versioned bool

	// Suspended is versioning that was switched off again: what is written has the
	// version "null" and replaces the one that has it.
	Suspended bool

	// RepeatedComplete is how a CompleteMultipartUpload of an upload that is
	// completed already is answered: 200, 404 or 412. Services differ. Zero is
	// 200.
	RepeatedComplete int

	// PageSize is how many parts, objects, versions or uploads are listed at once. Zero is
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
	completed map[string]*Object    // by upload id
	aborted   map[string]*multipart // likewise
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
	crc32 string
	sha   string // of a copied part
}

func (b *bucket) id(kind string) string {
	b.serial++
	return fmt.Sprintf("%s-%d", kind, b.serial)
}
