package s3store

import (
	"time"

	"github.com/airlock-go/upload/storage"
)

// promotion is one attempt to make parts, and perhaps an object, of staged bytes.
type promotion struct {
	target
	storage.Promotion
	digest string         // that S3 must find when it copies, "" to skip that
	waits  storage.Object // how it waits for memory

	window int64   // the size of a patched piece
	buffer *buffer // of one patched piece, nil without patches
}

// patiently returns the object of p, for which a store waits for memory up to CallTimeout.
func (s *Store) patiently(p storage.Promotion) storage.Object {
	return storage.Object{
		Key: p.Key, Type: p.Type, Name: p.Name, MaxSize: p.Size, MaxWait: s.opts.CallTimeout,
		SHA256: func() string { return p.SHA256 },
	}
}

// free returns the memory for patched pieces.
func (m *promotion) free() {
	if m.buffer != nil {
		m.buffer.free()
		m.buffer = nil
	}
}

// promotePauses are the waits before Promote tries again.
var promotePauses = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond}
