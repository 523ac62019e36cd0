package memstore

import (
	"io"
)

// blob holds bytes that count as used. They never change once they are readable, so objects share
// them. It is an io.ReaderAt.
type blob struct {
	pieces [][]byte
	size   int64
	refs   int // under the store's lock

	of []*blob // whose bytes these are; nil if they are its own
}

// joined returns a blob of the bytes of others, with a reference to each. The caller holds the
// lock.
func joined(list []*blob) *blob {
	whole := &blob{refs: 1, of: list}
	for _, b := range list {
		b.refs++
		whole.pieces = append(whole.pieces, b.pieces...)
		whole.size += b.size
	}
	return whole
}

// ReadAt reads across the seams of the pieces.
func (b *blob) ReadAt(p []byte, offset int64) (n int, err error) {
	for _, piece := range b.pieces {
		if offset >= int64(len(piece)) {
			offset -= int64(len(piece))
			continue
		}
		n += copy(p[n:], piece[offset:])
		offset = 0
		if n == len(p) {
			return n, nil
		}
	}
	return n, io.EOF
}

// from returns a reader from offset on.
func (b *blob) from(offset int64) *io.SectionReader {
	return io.NewSectionReader(b, offset, max(b.size-offset, 0))
}
