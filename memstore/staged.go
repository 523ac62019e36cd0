package memstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"

	"github.com/airlock-go/upload/storage"
)

// staged is a file that Stage has read.
type staged struct {
	store     *kept
	key       string
	object    *object
	published bool
	gone      bool
}

// Stage implements storage.Storage.
func (s *Store) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	b, err := s.read(ctx, r, s.limit())
	if err != nil {
		return nil, err
	}
	o := &object{blob: b, stored: storage.Stored{
		Type: obj.Type, Name: obj.Name, Size: b.size, ETag: newETag(), Nonce: cmp.Or(obj.Nonce, rand.Text()),
	}}
	if obj.SHA256 != nil {
		o.stored.SHA256 = obj.SHA256()
	}
	return &staged{store: &s.kept, key: obj.Key, object: o}, nil
}

// Patch implements storage.Patcher. Until Commit nothing else shares the bytes.
func (f *staged) Patch(_ context.Context, list []storage.Patch) error {
	offset := int64(0)
	for _, piece := range f.object.blob.pieces {
		storage.ApplyPatches(piece, offset, list)
		offset += int64(len(piece))
	}
	return nil
}

// Commit implements storage.Staged.
func (f *staged) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.create(f.key, f.object); err != nil {
		return err
	}
	f.published = true
	return nil
}

// Discard implements storage.Staged.
func (f *staged) Discard(context.Context) error {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case f.gone:
	case s.objects[f.key] == f.object:
		s.remove(f.key)
	case !f.published: // otherwise it was deleted
		s.release(f.object.blob)
	}
	f.gone = true
	return nil
}
