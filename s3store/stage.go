package s3store

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"

	"github.com/airlock-go/upload/storage"
)

// Stage implements [storage.Storage]. It reads a file into memory. If it does not fit one part,
// Stage sends it as a multipart upload, at most two parts at a time. The error is [storage.ErrBusy]
// if the memory did not become free in time. It is an error if obj.MaxSize takes parts larger than
// MaxMemory.
//
// With obj.MayPatch, a multipart upload becomes an object under a staging key in the folder of
// obj.Key, or in one above. Patch, or Commit without a Patch, makes new parts of that object, as
// Promote does, and removes the object. A sweep removes it if the process was killed.
func (s *Store) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	part, err := s.partSize(obj.MaxSize)
	if err != nil {
		return nil, err
	}
	first, err := s.reserve(ctx, obj, footprint(min(part, obj.MaxSize)))
	if err != nil {
		return nil, err
	}
	f := &staged{target: target{store: s, key: obj.Key, nonce: cmp.Or(obj.Nonce, rand.Text())}, obj: obj}
	src := &source{r: r, left: obj.MaxSize, sums: s.checksum != ""}
	if err := f.receive(ctx, src, first, part); err != nil {
		return nil, err
	}
	if f.key == obj.Key {
		return f, nil
	}
	p, err := park(ctx, f, obj.MaxSize-src.left)
	if err != nil {
		return nil, err // and no Staged that holds a nil pointer
	}
	return p, nil
}
