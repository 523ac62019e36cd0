package integration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestDirectProposal checks that Check proposes the profile that the server is known to need,
// whatever the profile of the store, and that Verify then finds nothing wrong.
func TestDirectProposal(t *testing.T) {
	s := s3test.Get()
	if s.Software != s3test.VersityGW && s.Software != s3test.MinIO {
		t.Skip("the needs of another server are not known")
	}
	needed := s3store.Profile{}
	if s.Software == s3test.MinIO {
		needed = s3store.MinIO()
	}
	layout := s3bucket.Layout{StagingPrefixes: []string{""}}
	for name, given := range map[string]s3store.Profile{
		"its own": needed, "zero": {}, "MinIO": s3store.MinIO(), "R2": s3store.R2(), "forms": {NoSignedHeaders: true},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{Profile: given})
			r := lookAfter(t, st.store, layout).Check(t.Context())
			require.Equal(t, s3bucket.Fits, r.Proposal.Fit, "%s", r)
			require.Equal(t, needed, r.Proposal.Profile, "%s", r)
			requireKeys(t, st.bucket)
		})
	}
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		t.Run("verified, "+name, func(t *testing.T) {
			layout.Versioned = versioned
			st := newStage(t, versioned, s3store.Options{Profile: needed})
			r := lookAfter(t, st.store, layout).Verify(t.Context())
			require.Equal(t, s3bucket.StateOK, r.Worst(), "%s", r)
			requireKeys(t, st.bucket)
		})
	}
}
