package memstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"

	"github.com/airlock-go/upload/storage"
)

// put receives a whole file, if its key is free.
func (s *Store) put(w http.ResponseWriter, r *http.Request, t terms) error {
	if err := checkLength(r, t.Size); err != nil {
		return err
	}
	if _, err := s.find(t.Key); err == nil { // before the body, which may be long
		return fmt.Errorf("memstore: %q: %w", t.Key, storage.ErrExists)
	}
	b, err := s.receive(r.Context(), r.Body, t)
	if err != nil {
		return err
	}
	o := t.object(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.create(t.Key, o); err != nil {
		s.release(b)
		return err
	}
	w.Header().Set("ETag", o.stored.ETag)
	return nil
}

// putPart receives a part of an unfinished upload. A second one of the same number replaces the
// first.
func (s *Store) putPart(w http.ResponseWriter, r *http.Request, t terms) error {
	if err := checkLength(r, t.Size); err != nil {
		return err
	}
	if _, err := s.Parts(r.Context(), t.Key, t.Upload); err != nil {
		return err
	}
	b, err := s.receive(r.Context(), r.Body, t)
	if err != nil {
		return err
	}
	etag, err := s.keepPart(t.Key, t.Upload, t.Part, b)
	if err != nil { // the upload was ended meanwhile
		s.drop(b)
		return err
	}
	w.Header().Set("ETag", etag)
	return nil
}

// receive reads a file or part. It keeps nothing of one whose size or digest is not that of t.
func (s *Store) receive(ctx context.Context, r io.Reader, t terms) (*blob, error) {
	digest := sha256.New()
	b, err := s.read(ctx, io.TeeReader(io.LimitReader(r, t.Size+1), digest), s.limit()) // one byte more detects a longer body
	if err != nil {
		return nil, err
	}
	switch {
	case b.size > t.Size:
		err = refusal{http.StatusBadRequest, "EntityTooLarge"}
	case b.size < t.Size:
		err = refusal{http.StatusBadRequest, "EntityTooSmall"}
	case t.SHA256 != "" && t.SHA256 != hex.EncodeToString(digest.Sum(nil)):
		err = refusal{http.StatusBadRequest, "BadDigest"}
	}
	if err != nil {
		s.drop(b)
		return nil, err
	}
	return b, nil
}

// object describes a file that a client sent on these terms.
func (t terms) object(b *blob) *object {
	return &object{blob: b, stored: storage.Stored{Type: t.Type, Size: b.size, ETag: newETag(), SHA256: t.SHA256}}
}
