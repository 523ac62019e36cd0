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
}

// promotePauses are the waits before Promote tries again.
var promotePauses = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond}
