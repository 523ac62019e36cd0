package memstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload/storage"
)

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
	if number < 1 || number > storage.MaxParts {
		return nil, fmt.Errorf("memstore: invalid part number %d, not 1 to %d", number, storage.MaxParts)
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

// CompleteMultipart implements storage.DirectStorage. As in S3, the parts must be in order, and all
// except the last need 5 MiB. After an error of that kind the upload stays open. The new object
// replaces that of the key.
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
	s.used += whole.size // abort gives back the bytes of all parts, but those of these parts stay
	s.abort(uploadID)
	s.replace(key, &object{blob: whole, stored: storage.Stored{Type: m.typ, Size: whole.size, ETag: newETag()}})
	return nil
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
