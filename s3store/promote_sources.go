package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/airlock-go/upload/storage"
)

// at returns the source that has the byte at offset, and the byte's offset in it.
func (m *promotion) at(offset int64) (storage.Source, int64) {
	if len(m.Sources) == 1 {
		return m.Sources[0], offset
	}
	size := m.Sources[0].Size
	return m.Sources[offset/size], offset % size
}

// compareParts returns an error unless the parts that S3 has of several sources are of their sizes.
// The answer to a copy of a whole object does not say how long it is.
func (m *promotion) compareParts(ctx context.Context) error {
	parts, err := m.store.Parts(ctx, m.key, *m.uploadID)
	if err != nil {
		return err
	}
	if len(parts) != len(m.Sources) {
		return fmt.Errorf("s3store: S3 has %d parts of %d sources", len(parts), len(m.Sources))
	}
	for i, p := range parts {
		if src := m.Sources[i]; p.Size != src.Size {
			return otherSize(src, p.Size)
		}
	}
	return nil
}

// openSource requests length bytes of a source from offset on, which all must be there. If the
// source ends with them, it requests all to the object's end, so that a longer object is an error.
func (s *Store) openSource(ctx context.Context, src storage.Source, offset, length int64) (io.ReadCloser, error) {
	asked := byteRange{offset, length}
	if offset+length == src.Size {
		asked.length = -1
	}
	body, n, err := s.open(ctx, src.Key, src.ETag, asked)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", storage.ErrChanged, err)
	case err != nil:
		return nil, err
	case n != length:
		return nil, errors.Join(otherSize(src, offset+n), body.Close())
	}
	return body, nil
}

func otherSize(src storage.Source, size int64) error {
	return fmt.Errorf("s3store: %q has %d bytes, not %d: %w", src.Key, size, src.Size, storage.ErrChanged)
}

// joined reads sources, one after the other. It must not be read after an error.
type joined struct {
	ctx   context.Context
	store *Store
	rest  []storage.Source
	body  io.ReadCloser // nil if the last try to open a source failed
}

// openSources opens the first source. The caller closes the reader, also after an error.
func (s *Store) openSources(ctx context.Context, list []storage.Source) (*joined, error) {
	j := &joined{ctx: ctx, store: s, rest: list}
	return j, j.next()
}

func (j *joined) next() (err error) {
	src := j.rest[0]
	j.rest = j.rest[1:]
	j.body, err = j.store.openSource(j.ctx, src, 0, src.Size)
	return err
}

func (j *joined) Read(p []byte) (int, error) {
	n, err := j.body.Read(p)
	if err != io.EOF || len(j.rest) == 0 { // a wrapped io.EOF is not the end of a reader
		return n, err
	}
	if err := j.body.Close(); err != nil {
		return n, err
	}
	return n, j.next()
}

// Close ends the request for the source that is being read.
func (j *joined) Close() error {
	if j.body == nil {
		return nil
	}
	return j.body.Close()
}
