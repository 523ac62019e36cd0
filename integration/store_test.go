package integration_test

import (
	"context"
	"testing"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

func TestStoreConformance(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storage.Storage {
				st := newStage(t, versioned, s3store.Options{})
				return audited{st.store, st.bucket, t}
			})
		})
	}
}

// audited is a storetest.Auditor whose leftovers are the open multipart uploads.
type audited struct {
	*s3store.Store
	bucket *s3test.Bucket
	t      testing.TB
}

func (a audited) Leftovers(ctx context.Context) ([]string, error) {
	var left []string
	for _, u := range a.bucket.Uploads(ctx, a.t) {
		left = append(left, "the open multipart upload of "+*u.Key)
	}
	return left, nil
}
