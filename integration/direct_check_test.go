package integration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestDirectCheck checks that Check accepts what is signed for the server. If requests are signed
// without a guard against copies, Check reports a server that obeys unsigned fields, and so copies.
func TestDirectCheck(t *testing.T) {
	unguarded := s3test.Get().Profile()
	copied := unguarded.HeadersFromQuery // such a server obeys fields that are not signed
	unguarded.HeadersFromQuery, unguarded.InsecureNoCopyGuard = false, true
	for name, row := range map[string]struct {
		profile s3store.Profile
		wrong   bool // Check must report copies
	}{
		"its profile":     {s3test.Get().Profile(), false},
		"without a guard": {unguarded, copied},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{Profile: row.profile})
			looked := 0
			for _, f := range lookAfter(t, st.store, s3bucket.Layout{StagingPrefixes: []string{""}}).Check(t.Context()).Findings {
				switch f.Topic {
				case s3bucket.TopicSignedPuts, s3bucket.TopicSignedParts:
					looked++
					if row.wrong {
						require.Equal(t, s3bucket.StateWrong, f.State, f.Explanation)
						require.Contains(t, f.Explanation, "a request with a copy of another object in place of the signed one")
						continue
					}
					require.Equal(t, s3bucket.StateOK, f.State, "%s: %s", f.Topic, f.Explanation)
				case s3bucket.TopicForms, s3bucket.TopicLeft:
					looked++
					require.Equal(t, s3bucket.StateOK, f.State, "%s: %s", f.Topic, f.Explanation)
				}
			}
			topics := 4
			if row.profile.NoForms {
				topics = 3
			}
			require.Equal(t, topics, looked)
			requireKeys(t, st.bucket)
		})
	}
}
