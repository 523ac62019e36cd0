package s3store

import (
	"time"

	"github.com/airlock-go/upload/storage"
)

// promotion is one attempt of Promote.
type promotion struct {
	target
	storage.Promotion
	digest string // that S3 must find when it copies, "" to skip that

	window int64   // the size of a patched piece
	buffer *buffer // of one patched piece, nil without patches
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
