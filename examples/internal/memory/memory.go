// Package memory is a memstore for pages that are opened under more than one
// name: localhost, 127.0.0.1, or whatever a port is forwarded to. What it signs
// has no host, so a browser sends it to where the page came from.
package memory

import (
	"context"
	"net/http"
	"strings"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// Path is where a Store is mounted.
const Path = "/memstore/"

// origin stands in what the memstore signs, and is taken away again. Nothing is
// sent there.
const origin = "http://localhost"

// Store is the storage, and answers what it has signed.
type Store struct {
	*memstore.Store
	http.Handler
}

// New returns a Store over s, to be mounted at Path.
func New(s *memstore.Store) *Store { return &Store{Store: s, Handler: s.Handler(origin + Path)} }

// SignPut implements storage.DirectStorage.
func (s *Store) SignPut(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	r, err := s.Store.SignPut(ctx, d)
	return here(r), err
}

// SignForm implements storage.DirectStorage.
func (s *Store) SignForm(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	r, err := s.Store.SignForm(ctx, d)
	return here(r), err
}

// SignPart implements storage.DirectStorage.
func (s *Store) SignPart(ctx context.Context, d storage.DirectObject, uploadID string, number int) (*storage.SignedRequest, error) {
	r, err := s.Store.SignPart(ctx, d, uploadID, number)
	return here(r), err
}

// SignGet implements storage.LinkStorage.
func (s *Store) SignGet(ctx context.Context, key string, g storage.SignedGet) (string, error) {
	url, err := s.Store.SignGet(ctx, key, g)
	return strings.TrimPrefix(url, origin), err
}

func here(r *storage.SignedRequest) *storage.SignedRequest {
	if r != nil {
		r.URL = strings.TrimPrefix(r.URL, origin)
	}
	return r
}
