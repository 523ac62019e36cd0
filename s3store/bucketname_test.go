package s3store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

// TestAccessPoints checks that ARNs are refused: they would be right in some places only.
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

	for _, name := range []string{"uploads", "tenant:uploads", "arn.example.com", "uploads-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias"} {
		_, err := s3store.New(client("http://127.0.0.1:1"), name, nil)
		require.NoError(t, err)
	}
}
