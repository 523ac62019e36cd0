package integration_test

import (
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storetest"
)

func TestListerConformance(t *testing.T) {
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		t.Run(name, func(t *testing.T) {
			storetest.RunLister(t, func(t *testing.T) upload.Lister {
				st := newStage(t, versioned, s3store.Options{})
				return audited{st.store, st.bucket, t}
			})
		})
	}
}
