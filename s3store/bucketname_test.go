package s3store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

// TestAccessPoints: the ARN of one would be right in some places only, and no policy
// may name its alias.
func TestAccessPoints(t *testing.T) {
	for _, name := range []string{
		"arn:aws:s3:us-west-2:123456789012:accesspoint/uploads",
		"arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
		"arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/uploads",
		"arn:aws:s3:::bucket",
	} {
		_, err := s3store.New(client("http://127.0.0.1:1"), name, nil)
		require.ErrorContains(t, err, "name the bucket or, for an access point, its alias", name)
	}
	_, err := s3store.New(client("http://127.0.0.1:1"), "", nil)
	require.ErrorContains(t, err, "no name")

	alias, err := s3store.New(client("http://127.0.0.1:1"), "uploads-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias", nil)
	require.NoError(t, err)
	for _, role := range []s3store.Role{s3store.Streamed, s3store.Delivery, s3store.Sweeper, s3store.Checker, s3store.Setter} {
		_, err = alias.Policy(role)
		require.ErrorContains(t, err, "which no policy may name")
	}
	for _, name := range []string{"uploads", "tenant:uploads", "arn.example.com"} {
		store, err := s3store.New(client("http://127.0.0.1:1"), name, nil)
		require.NoError(t, err)
		_, err = store.Policy(s3store.Streamed)
		require.NoError(t, err)
	}
}
