// Package memstore keeps uploads in memory: for tests, for trying things out,
// and as the simplest example of a storage. It speaks direct uploads and links,
// too, by a handler of its own. What it holds is gone when the process ends.
package memstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/airlock-go/upload/storage"
)

// DefaultMaxBytes is what a Store holds when MaxBytes is 0.
const DefaultMaxBytes = 256 << 20

// Store is a storage.Storage in memory. Its zero value is ready for streamed
// uploads; direct uploads and links need [Store.Handler]. It is safe for
// concurrent use.
//
// It has no lifecycle rules. In their place, what direct uploads left behind,
// unfinished ones and files that nobody confirmed, is removed after a day, when
// the next upload needs room.
type Store struct {
	// MaxBytes is the most bytes of all files together, staged ones and the
	// parts of unfinished uploads included; an upload that finds no room fails
	// with storage.ErrFull. Bytes that several objects share
	// count once. Default: DefaultMaxBytes. It must not be changed once the
	// Store is used.
	MaxBytes int64

	// CORSOrigin is the one origin, as in "https://app.example.com", whose
	// pages may send to the handler and read its answers although it is on
	// another. Default: none; pages of the handler's own origin need nothing.
	// It must not be changed once the Store is used.
	CORSOrigin string

	kept
	site *site // nil before Handler; under the lock
}

var (
	_ storage.Storage       = (*Store)(nil)
	_ storage.DirectStorage = (*Store)(nil)
	_ storage.LinkStorage   = (*Store)(nil)
	_ storage.Lister        = (*Store)(nil)
	_ storage.UploadLister  = (*Store)(nil)
	_ storage.ScanReader    = (*Store)(nil)
)

// Delete implements storage.Storage.
func (s *Store) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(key)
	return nil
}

// Stat implements storage.ObjectReader.
func (s *Store) Stat(_ context.Context, key string) (storage.Stored, error) {
	o, err := s.find(key)
	if err != nil {
		return storage.Stored{}, err
	}
	return o.stored, nil
}

// OpenAt implements storage.ObjectReader. Behind the last byte there is nothing
// to read, which is no error.
func (s *Store) OpenAt(_ context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	o, err := s.find(key)
	switch {
	case err != nil:
		return nil, err
	case etag != "" && etag != o.stored.ETag:
		return nil, fmt.Errorf("memstore: %q: %w", key, storage.ErrChanged)
	case offset < 0:
		return nil, fmt.Errorf("memstore: %q: offset %d", key, offset)
	}
	if length < 0 {
		length = o.blob.size
	}
	return io.NopCloser(io.LimitReader(o.blob.from(offset), length)), nil
}

// Keys returns the keys of all published objects and of the files that direct
// uploads have brought, sorted.
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

// Used is how many bytes the store holds, staged files and the parts of
// unfinished uploads included.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// limit is MaxBytes or its default.
func (s *Store) limit() int64 { return cmp.Or(s.MaxBytes, DefaultMaxBytes) }

// errNoSite is what needs an address says before there is one.
var errNoSite = errors.New("memstore: direct uploads and links need Store.Handler to be called first")

// address returns the site, or an error as long as there is none.
func (s *Store) address() (*site, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.site == nil {
		return nil, errNoSite
	}
	return s.site, nil
}
