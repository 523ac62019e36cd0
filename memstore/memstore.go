// Package memstore keeps uploads in memory: for tests, for trying things out,
// and as the simplest example of a storage. What it holds is gone when the
// process ends.
package memstore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"github.com/airlock-go/upload"
)

// DefaultMaxBytes is what a Store holds when MaxBytes is 0.
const DefaultMaxBytes = 256 << 20

// Store is an upload.Storage in memory. Its zero value is ready. It is safe for
// concurrent use.
type Store struct {
	// MaxBytes is the most bytes of all files together, staged ones included;
	// an upload that finds no room fails with upload.ErrBusy, without waiting.
	// Default: DefaultMaxBytes. It must not be changed once the Store is used.
	MaxBytes int64

	mu      sync.Mutex
	used    int64
	objects map[string]*object
}

var (
	_ upload.Storage = (*Store)(nil)
	_ upload.Opener  = (*Store)(nil)
)

type object struct {
	stored upload.Stored
	data   []byte
}

// Stage implements upload.Storage.
func (s *Store) Stage(ctx context.Context, obj upload.Object, r io.Reader) (upload.Staged, error) {
	f := &staged{store: s, key: obj.Key, object: object{stored: upload.Stored{Type: obj.Type, Name: obj.Name}}}
	if err := f.read(ctx, r); err != nil {
		return nil, err
	}
	return f, nil
}

// Delete implements upload.Storage.
func (s *Store) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(key)
	return nil
}

// Open implements upload.Opener.
func (s *Store) Open(_ context.Context, key string) (io.ReadCloser, upload.Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[key]
	if o == nil {
		return nil, upload.Stored{}, fmt.Errorf("memstore: %q: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(o.data)), o.stored, nil
}

// Keys returns the keys of all published objects, sorted.
func (s *Store) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, 0, len(s.objects))
	for key := range s.objects {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Used is how many bytes the store holds, staged files included.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// reserve takes n bytes of the limit.
func (s *Store) reserve(n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := s.MaxBytes
	if limit == 0 {
		limit = DefaultMaxBytes
	}
	if s.used+n > limit {
		return fmt.Errorf("memstore: %d bytes are in use: %w", s.used, upload.ErrBusy)
	}
	s.used += n
	return nil
}

// remove needs the lock.
func (s *Store) remove(key string) {
	if o := s.objects[key]; o != nil {
		delete(s.objects, key)
		s.used -= int64(len(o.data))
	}
}

// staged is a file that is not readable yet.
type staged struct {
	store *Store
	key   string
	object
	published bool
	gone      bool
}

// read takes all of r, and leaves nothing behind when r or the limit fails.
func (f *staged) read(ctx context.Context, r io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if e := f.store.reserve(int64(n)); e != nil {
				err = e
			} else {
				f.data = append(f.data, buf[:n]...)
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF { //nolint:errorlint // a wrapped one is not the end of a reader
			f.stored.Size = int64(len(f.data))
			return nil
		}
		if err != nil {
			_ = f.Discard(ctx)
			return err
		}
	}
}

// Commit implements upload.Staged.
func (f *staged) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects[f.key] != nil {
		return fmt.Errorf("memstore: %q: %w", f.key, upload.ErrExists)
	}
	if s.objects == nil {
		s.objects = map[string]*object{}
	}
	s.objects[f.key] = &f.object
	f.published = true
	return nil
}

// Discard implements upload.Staged.
func (f *staged) Discard(context.Context) error {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case f.gone:
	case s.objects[f.key] == &f.object:
		s.remove(f.key)
	case !f.published: // else somebody deleted it
		s.used -= int64(len(f.data))
	}
	f.gone = true
	return nil
}
