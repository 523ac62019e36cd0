package memstore

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/airlock-go/upload/storage"
)

// kept holds the objects and uploads of a store, under one lock. The zero value holds nothing.
type kept struct {
	mu      sync.Mutex
	used    int64     // bytes
	swept   time.Time // time of the last sweep
	objects map[string]*object
	uploads map[string]*openUpload // by their ids
}

// object is a file. Once it is readable, only its verdict changes.
type object struct {
	stored  storage.Stored
	blob    *blob
	since   time.Time
	verdict storage.ScanResult // under the store's lock
}

// openUpload is an unfinished upload.
type openUpload struct {
	key, typ string
	since    time.Time
	parts    map[int]part
}

// part is a part that has arrived.
type part struct {
	etag string
	blob *blob
}

func (k *kept) find(key string) (*object, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if o := k.objects[key]; o != nil {
		return o, nil
	}
	return nil, fmt.Errorf("memstore: %q: %w", key, fs.ErrNotExist)
}

// create makes an object under a free key. The caller holds the lock. When it fails, the blob stays
// with the caller.
func (k *kept) create(key string, o *object) error {
	if k.objects[key] != nil {
		return fmt.Errorf("memstore: %q: %w", key, storage.ErrExists)
	}
	k.replace(key, o)
	return nil
}

// replace makes an object under a key, whatever the key holds. The caller holds the lock.
func (k *kept) replace(key string, o *object) {
	if k.objects == nil {
		k.objects = map[string]*object{}
	}
	k.remove(key)
	o.since = time.Now()
	k.objects[key] = o
}

// remove removes an object. The caller holds the lock.
func (k *kept) remove(key string) {
	if o := k.objects[key]; o != nil {
		delete(k.objects, key)
		k.release(o.blob)
	}
}

// drop gives back one reference to a blob.
func (k *kept) drop(b *blob) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.release(b)
}

// release is drop for callers that have the lock.
func (k *kept) release(b *blob) {
	if b.refs--; b.refs > 0 {
		return
	}
	if b.of == nil {
		k.used -= b.size
	}
	for _, of := range b.of {
		k.release(of)
	}
}

// newETag returns a random ETag, so that content that is written again has another one.
func newETag() string { return `"` + rand.Text() + `"` }
