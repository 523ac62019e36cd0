package s3store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// receive reads the file into first. If there is more, it sends parts. When it fails, or the reader
// panics, it aborts the upload and holds no memory.
func (f *staged) receive(ctx context.Context, src *source, first *buffer, part int64) error {
	owned := false
	defer func() {
		if !owned {
			first.free()
		}
	}()
	more, err := src.fill(ctx, first)
	if err != nil {
		return err
	}
	if !more {
		owned = true
		first.shrink()
		f.buffer, f.size = first, first.size
		return nil
	}
	if f.obj.MayPatch {
		f.key = parkingKey(f.key, f.nonce)
	}
	if err := f.create(ctx); err != nil {
		return err
	}
	owned = true
	return f.stream(ctx, src, first, part)
}

// parkingKey returns a staging key in the folder of key, for which the same rights are given. If
// that is too long, it is one in a folder above.
func parkingKey(key, nonce string) string {
	name := storage.StagingSegment + "/" + strings.ToLower(nonce)
	folder := path.Dir(key)
	for len(folder)+1+len(name) > storage.MaxKeyBytes {
		folder = path.Dir(folder)
	}
	return path.Join(folder, name)
}

// PieceSize implements [storage.DirectStorage]. It returns the size of the parts of a file of size
// bytes: PartSize, or more if that would take more than 10,000 parts.
func (s *Store) PieceSize(size int64) int64 {
	return max(s.opts.PartSize, footprint((size+maxParts-1)/maxParts))
}

// KeepsPieces implements [storage.PieceKeeper]. It refuses a profile by which a piece might be
// replaced, and a directory bucket, which does not list in the order of the keys
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). A piece must fit into
// MaxMemory.
func (s *Store) KeepsPieces(largest int64) error {
	switch {
	case s.opts.Profile.InsecureUnconditionalPut:
		return errors.New("s3store: the service does not create conditionally (InsecureUnconditionalPut)")
	case strings.HasSuffix(*s.bucket, "--x-s3"):
		return errors.New("s3store: a directory bucket does not list in the order of the keys")
	}
	_, err := s.partSize(largest)
	return err
}

// partSize returns the size of the parts of a file of at most size bytes. Stage sends all parts
// except the last in this size, which some services require.
func (s *Store) partSize(size int64) (int64, error) {
	part := s.PieceSize(size)
	if part > maxPartSize || part > s.opts.MaxMemory {
		return 0, fmt.Errorf("s3store: a file of up to %d bytes needs parts of %d bytes, which MaxMemory (%d) or S3 does not allow",
			size, part, s.opts.MaxMemory)
	}
	return part, nil
}

// reserve returns an empty buffer of n bytes, for which it waits as long as obj allows. Before that
// the earlier files of the same request return what they hold: holding memory while waiting for
// more could deadlock.
func (s *Store) reserve(ctx context.Context, obj storage.Object, n int64) (*buffer, error) {
	if b := s.memory.spare(obj.Subject, n); b != nil {
		return b, nil
	}
	wait, cancel := context.WithTimeout(ctx, obj.MaxWait)
	defer cancel()
	for _, sibling := range obj.Siblings {
		if f, ok := sibling.(*staged); ok && f.store == s {
			if err := f.flush(ctx); err != nil {
				return nil, err
			}
		}
	}
	if s.memory.budget.Acquire(wait, obj.Subject, n) == nil {
		return &buffer{memory: s.memory, subject: obj.Subject, reserved: n}, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, fmt.Errorf("s3store: no %d bytes of MaxMemory (%d, at most half or one file for one subject) with a wait of up to %v: %w",
		n, s.opts.MaxMemory, obj.MaxWait, storage.ErrBusy)
}
