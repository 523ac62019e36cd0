package memstore

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/storage"
)

// DirectMethods implements storage.DirectStorage. It offers PUT and form, and returns an error
// until Handler was called, as do SignPut, SignForm, CreateMultipart, SignPart and SignGet.
func (s *Store) DirectMethods() (storage.DirectMethods, error) {
	if _, err := s.address(); err != nil {
		return storage.DirectMethods{}, err
	}
	return storage.DirectMethods{Put: true, Form: true}, nil
}

// SignPut implements storage.DirectStorage.
func (s *Store) SignPut(_ context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	st, t, err := s.whole(http.MethodPut, d)
	if err != nil {
		return nil, err
	}
	return &storage.SignedRequest{Method: t.Method, URL: st.url(t), Headers: t.headers()}, nil
}

// SignForm implements storage.DirectStorage.
func (s *Store) SignForm(_ context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	st, t, err := s.whole(http.MethodPost, d)
	if err != nil {
		return nil, err
	}
	return &storage.SignedRequest{Method: t.Method, URL: st.base.String(), Headers: map[string]string{}, Fields: st.fields(t)}, nil
}

// whole returns the terms for sending a whole file.
func (s *Store) whole(method string, d storage.DirectObject) (*site, terms, error) {
	st, err := s.address()
	if err != nil {
		return nil, terms{}, err
	}
	if sum, err := hex.DecodeString(d.SHA256); err != nil || len(sum) != 0 && len(sum) != 32 {
		return nil, terms{}, fmt.Errorf("memstore: %q is not a SHA-256", d.SHA256)
	}
	return st, terms{
		Method: method, Key: d.Key, Expires: time.Now().Add(d.Expires),
		Type: d.Type, Size: d.Size, SHA256: strings.ToLower(d.SHA256),
	}, nil
}

// SignGet implements storage.LinkStorage. The link also answers HEAD, conditions and single ranges.
func (s *Store) SignGet(_ context.Context, key string, g storage.SignedGet) (string, error) {
	st, err := s.address()
	if err != nil {
		return "", err
	}
	return st.url(terms{
		Method: http.MethodGet, Key: key, Expires: time.Now().Add(g.Expires),
		Type: g.Type, Disposition: g.Disposition,
	}), nil
}

// PieceSize implements storage.DirectStorage. It is 5 MiB, or more if that would take more than
// storage.MaxParts pieces.
func (s *Store) PieceSize(size int64) int64 {
	return max(int64(partsize.Least), (size+storage.MaxParts-1)/storage.MaxParts)
}

// Promote implements storage.DirectStorage. Without patches the new object shares the bytes of the
// staged ones, which count once towards MaxBytes; with patches it is a copy, which counts as well.
// If a staged object does not exist, the error is both storage.ErrChanged and fs.ErrNotExist.
func (s *Store) Promote(ctx context.Context, p storage.Promotion) error {
	if err := cmp.Or(ctx.Err(), p.Valid()); err != nil {
		return err
	}
	b, err := s.source(p)
	if b == nil {
		return err
	}
	if len(p.Patches) > 0 {
		whole := b
		b, err = s.patch(whole, p.Patches, s.limit())
		s.drop(whole)
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	published, err := s.alreadyPublished(p)
	if !published && err == nil {
		s.replace(p.Key, &object{blob: b, stored: storage.Stored{
			Type: p.Type, Name: p.Name, Size: p.Size, ETag: newETag(), SHA256: p.SHA256, Nonce: p.Nonce, Facts: p.Facts,
		}})
		return nil
	}
	s.release(b)
	return err
}

// source returns the staged bytes, with a reference for the caller. It returns nil if there is an
// error, or if p was published before.
func (s *Store) source(p storage.Promotion) (*blob, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if published, err := s.alreadyPublished(p); published || err != nil {
		return nil, err
	}
	var list []*blob
	for _, of := range p.Sources {
		from := s.objects[of.Key]
		switch {
		case from == nil:
			return nil, fmt.Errorf("memstore: %q: %w: %w", of.Key, storage.ErrChanged, fs.ErrNotExist)
		case from.stored.ETag != of.ETag, from.stored.Size != of.Size, len(p.Sources) == 1 && differ(from.stored.SHA256, p.Pin()):
			return nil, fmt.Errorf("memstore: %q: %w", of.Key, storage.ErrChanged)
		}
		list = append(list, from.blob)
	}
	return joined(list), nil
}

// differ reports whether two digests are known and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// alreadyPublished reports whether p was published before. The error is storage.ErrExists if
// another object has the key of p. The caller holds the lock.
func (s *Store) alreadyPublished(p storage.Promotion) (published bool, err error) {
	there := s.objects[p.Key]
	switch {
	case there == nil:
		return false, nil
	case p.Nonce != "" && there.stored.Nonce == p.Nonce: // what a client sent has no nonce
		return true, nil
	}
	return false, fmt.Errorf("memstore: %q: %w", p.Key, storage.ErrExists)
}
