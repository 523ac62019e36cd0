package memstore

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/airlock-go/upload/storage"
)

// kept is what a store holds, under one lock. The zero value holds nothing.
type kept struct {
	mu      sync.Mutex
	used    int64     // bytes
	swept   time.Time // when sweep last looked
	objects map[string]*object
	uploads map[string]*openUpload // by their ids
}

// object is one that is readable. Only its verdict ever changes.
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

// part is one that has arrived.
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

// create makes an object of a key that is free. It needs the lock, and leaves
// the blob to its caller when it fails.
func (k *kept) create(key string, o *object) error {
	if k.objects[key] != nil {
		return fmt.Errorf("memstore: %q: %w", key, storage.ErrExists)
	}
	k.replace(key, o)
	return nil
}

// replace makes an object of a key, whatever is there. It needs the lock.
func (k *kept) replace(key string, o *object) {
	if k.objects == nil {
		k.objects = map[string]*object{}
	}
	k.remove(key)
	o.since = time.Now()
	k.objects[key] = o
}

// remove needs the lock.
func (k *kept) remove(key string) {
	if o := k.objects[key]; o != nil {
		delete(k.objects, key)
		k.release(o.blob)
	}
}

// drop gives back one use of a blob.
func (k *kept) drop(b *blob) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.release(b)
}

// release is drop for those who have the lock.
func (k *kept) release(b *blob) {
	if b.refs--; b.refs == 0 {
		k.used -= b.size
	}
}

// newETag is random: whatever is written once more has another one.
func newETag() string { return `"` + rand.Text() + `"` }
