package s3store

import (
	"io"
	"slices"
)

// SetMaxCopy sets the largest range that a store copies in one call, so that a test can exceed it.
func SetMaxCopy(s *Store, n int64) { s.maxCopy = n }

// SetMaxListed sets about how many versions of a key a store lists before it gives up.
func SetMaxListed(s *Store, n int) { s.maxListed = n }

// SetPartSize sets a part size that may be smaller than S3 takes.
func SetPartSize(s *Store, n int64) { s.opts.PartSize = n }

// SetPart sets the part size of a new store, which may be smaller than S3 takes, and the total size
// of its buffers, in bytes.
func SetPart(s *Store, part, memory int64) {
	s.opts.PartSize, s.opts.MaxMemory = part, memory
	s.memory = newMemory(memory, max(memory/2, part))
}

// BodyOf returns the body that the SDK would get for content, and a function that closes it.
func BodyOf(content []byte) (body io.ReadSeeker, end func()) {
	b := &buffer{size: int64(len(content)), chunks: slices.Collect(slices.Chunk(content, chunkSize))}
	shown := b.body()
	return shown, shown.close
}
