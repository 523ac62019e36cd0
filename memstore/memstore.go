// Package memstore keeps uploads in memory: for tests, for experiments, and as the simplest example
// of a storage. With a handler of its own it also serves direct uploads and links. Its content is
// lost when the process ends.
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

// DefaultMaxBytes is the most bytes that a Store holds when MaxBytes is 0.
const DefaultMaxBytes = 256 << 20

// Store is a storage.Storage in memory. Its zero value is ready for streamed uploads. Direct
// uploads, and links without upload.LinksOptions.Proxy, need [Store.Handler]. It is safe for
// concurrent use.
//
// It has no lifecycle rules. Instead it removes unfinished multipart uploads and all objects under
// staging keys that are older than eight days. It does so when an upload needs memory. It looks for
// them once a minute at most.
type Store struct {
	// MaxBytes is the most bytes of all files together, including staged ones and the parts of
	// unfinished uploads. A streamed upload beyond it fails with storage.ErrFull, a request to the
	// handler with 507. Bytes that several objects share count once. Default: DefaultMaxBytes. It
	// must not be changed once the Store is used.
	MaxBytes int64

	// CORSOrigin is the one other origin, such as "https://app.example.com", whose pages may send
	// to the handler and read its answers. Default: none; pages of the handler's own origin need
	// nothing. It must not be changed once the Store is used.
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

// OpenAt implements storage.ObjectReader. For an offset after the last byte it returns an empty
// reader and no error.
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

// OpenStaged implements storage.DirectStorage. It reads nothing ahead.
func (s *Store) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	return s.OpenAt(ctx, o.Key, o.ETag, 0, -1)
}

// Keys returns the sorted keys of all objects, including those under staging keys.
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

// Used returns the number of bytes that the store holds, including staged files and the parts of
// unfinished uploads.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// limit returns MaxBytes or its default.
func (s *Store) limit() int64 { return cmp.Or(s.MaxBytes, DefaultMaxBytes) }

// errNoSite is the error of methods that need an address, before there is one.
var errNoSite = errors.New("memstore: direct uploads and links need a call of Store.Handler first")

// address returns the site, or an error if there is none.
func (s *Store) address() (*site, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.site == nil {
		return nil, errNoSite
	}
	return s.site, nil
}
