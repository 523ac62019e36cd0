package s3store_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

// TestPing checks that one call shows whether the bucket can be reached, and that the error says
// what is wrong.
func TestPing(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
	require.NoError(t, f.Ping(t.Context()))
	require.Equal(t, 1, f.fake.Calls("HeadBucket"))
	require.NoError(t, f.Ping(t.Context()))
	require.Equal(t, 2, f.fake.Calls("HeadBucket"), "nothing is remembered")
	for _, row := range []struct {
		fault s3fake.Fault
		says  string
	}{
		{denied, "the credentials are not valid or lack s3:ListBucket"},
		{s3fake.Answer(404, "NotFound"), `the bucket "bucket" does not exist`},
		{s3fake.Answer(301, "PermanentRedirect"), "give the client the endpoint and the region of the bucket"},
		{fail500, "HeadBucket"},
		{s3fake.Reset, "the connection to the endpoint broke"},
		{s3fake.Stall, "no answer within 1s"},
	} {
		failing := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
		failing.fake.Inject("HeadBucket", forEver, row.fault)
		require.ErrorContains(t, failing.Ping(t.Context()), row.says)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Ping(ended), context.Canceled)

	url, _ := listen(t, f.fake, false)
	other, err := s3store.New(client(url), "other", nil)
	require.NoError(t, err)
	require.ErrorContains(t, other.Ping(t.Context()), `the bucket "other" does not exist`)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	nobody, err := s3store.New(client("http://"+closed.Addr().String()), "bucket", nil)
	require.NoError(t, err)
	require.ErrorContains(t, nobody.Ping(t.Context()), "the endpoint cannot be reached")
}
