package s3store

import (
	"time"

	"github.com/airlock-go/upload/storage"
)

// promotion is one attempt of Promote.
type promotion struct {
	target
	storage.Promotion
	digest string // that S3 has to find when it copies, "" if it is not asked
}

// promotePauses are what Promote waits before it tries again.
var promotePauses = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond}
