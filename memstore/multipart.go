package memstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload/storage"
)

// What S3 allows.
const (
	minPart  = 5 << 20 // of all parts but the last
	maxParts = 10_000
)

// openUpload is an unfinished upload.
type openUpload struct {
	key, typ string
	since    time.Time
	parts    map[int]part
}

type part struct {
	etag string
	blob *blob
}

// CreateMultipart implements storage.DirectStorage.
func (s *Store) CreateMultipart(_ context.Context, d storage.DirectObject) (string, error) {
	if _, err := s.address(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads == nil {
		s.uploads = map[string]*openUpload{}
	}
	id := rand.Text()
	s.uploads[id] = &openUpload{key: d.Key, typ: d.Type, since: time.Now(), parts: map[int]part{}}
	return id, nil
}

// SignPart implements storage.DirectStorage.
func (s *Store) SignPart(_ context.Context, d storage.DirectObject, uploadID string, number int) (*storage.SignedRequest, error) {
	st, err := s.address()
	if err != nil {
		return nil, err
	}
	if number < 1 || number > maxParts {
		return nil, fmt.Errorf("memstore: part %d; there can be 1 to %d", number, maxParts)
	}
	t := terms{
		Method: http.MethodPut, Key: d.Key, Expires: time.Now().Add(d.Expires),
		Size: d.Size, Upload: uploadID, Part: number,
	}
	return &storage.SignedRequest{Method: t.Method, URL: st.url(t), Headers: t.headers()}, nil
}

// Parts implements storage.DirectStorage.
func (s *Store) Parts(_ context.Context, key, uploadID string) ([]storage.Part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.unfinished(key, uploadID)
	if err != nil {
		return nil, err
	}
	list := make([]storage.Part, 0, len(m.parts))
	for _, number := range slices.Sorted(maps.Keys(m.parts)) {
		p := m.parts[number]
		list = append(list, storage.Part{Number: number, Size: p.blob.size, ETag: p.etag})
	}
	return list, nil
}

// CompleteMultipart implements storage.DirectStorage. As in S3, parts must be
// told in their order and all but the last have 5 MiB; after an error of that
// kind the upload stays open. What the key holds is replaced.
func (s *Store) CompleteMultipart(_ context.Context, key, uploadID string, parts []storage.Part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.unfinished(key, uploadID)
	if err != nil {
		return err
	}
	whole, err := m.assemble(parts)
	if err != nil {
		return err
	}
	s.used += whole.size // as much as abort gives back, since the bytes stay where they are
	s.abort(uploadID)
	s.replace(key, &object{blob: whole, stored: storage.Stored{Type: m.typ, Size: whole.size, ETag: newETag()}})
	return nil
}

// assemble makes one blob of the parts' pieces.
func (m *openUpload) assemble(parts []storage.Part) (*blob, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("memstore: an upload of no parts")
	}
	whole, last := &blob{refs: 1}, 0
	for i, told := range parts {
		p, ok := m.parts[told.Number]
		switch {
		case ok && p.etag != told.ETag:
			return nil, fmt.Errorf("memstore: part %d: %w", told.Number, storage.ErrChanged)
		case !ok, told.Number <= last:
			return nil, fmt.Errorf("memstore: part %d is not one of the upload, or not in order", told.Number)
		case i < len(parts)-1 && p.blob.size < minPart:
			return nil, fmt.Errorf("memstore: part %d has %d bytes, less than %d", told.Number, p.blob.size, minPart)
		}
		whole.pieces = append(whole.pieces, p.blob.pieces...)
		whole.size += p.blob.size
		last = told.Number
	}
	return whole, nil
}

// AbortMultipart implements storage.DirectStorage.
func (s *Store) AbortMultipart(_ context.Context, key, uploadID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.unfinished(key, uploadID); err == nil {
		s.abort(uploadID)
	}
	return nil
}

// keepPart adds a part or replaces it. An upload that is not open leaves the
// blob to the caller.
func (s *Store) keepPart(t terms, b *blob) (etag string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.unfinished(t.Key, t.Upload)
	if err != nil {
		return "", err
	}
	if old, ok := m.parts[t.Part]; ok {
		s.release(old.blob)
	}
	p := part{etag: newETag(), blob: b}
	m.parts[t.Part] = p
	return p.etag, nil
}

// unfinished needs the lock.
func (s *Store) unfinished(key, uploadID string) (*openUpload, error) {
	m := s.uploads[uploadID]
	if m == nil || m.key != key {
		return nil, fmt.Errorf("memstore: %q has no such unfinished upload: %w", key, fs.ErrNotExist)
	}
	return m, nil
}

// abort needs the lock.
func (s *Store) abort(uploadID string) {
	for _, p := range s.uploads[uploadID].parts {
		s.release(p.blob)
	}
	delete(s.uploads, uploadID)
}
