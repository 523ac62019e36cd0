package chain_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const prefix = "up/upload-staging/id/"

// stores are the stores over which everywhere runs a test.
var stores = []struct {
	name   string
	merges bool // Sources works on it
	open   func(t testing.TB) chain.Store
}{
	{"memstore", true, func(testing.TB) chain.Store { return &memstore.Store{} }},
	{"diskstore", false, func(t testing.TB) chain.Store { return onDisk(t, t.TempDir()) }},
	{"s3store", true, func(t testing.TB) chain.Store { return inBucket(t, s3fake.New("bucket"), nil) }},
	{"s3store with versions", true, func(t testing.TB) chain.Store {
		fake := s3fake.New("bucket")
		fake.Versioned = true
		return inBucket(t, fake, nil)
	}},
}

// everywhere runs a test over each store.
func everywhere(t *testing.T, test func(t *testing.T, store chain.Store, merges bool)) {
	t.Helper()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) { test(t, s.open(t), s.merges) })
	}
}

func onDisk(t testing.TB, dir string) *diskstore.Store {
	t.Helper()
	store, err := diskstore.Open(dir)
	require.NoError(t, err)
	return store
}

// inBucket returns a store over an S3 server in memory. Its client tries again without pauses.
func inBucket(t testing.TB, fake *s3fake.Server, opts *s3store.Options) *s3store.Store {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	store, err := s3store.New(s3.New(s3.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(server.URL),
		UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	}), "bucket", opts)
	require.NoError(t, err)
	return store
}

// content returns n bytes, always the same for the same n.
func content(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

// add appends b, and requires that all of it is stored.
func add(t testing.TB, c *chain.Chain, b []byte) {
	t.Helper()
	n, err := c.Append(t.Context(), state(t, c), chain.Template{}, bytes.NewReader(b))
	require.NoError(t, err)
	require.EqualValues(t, len(b), n)
}

func state(t testing.TB, c *chain.Chain) chain.State {
	t.Helper()
	s, err := c.State(t.Context())
	require.NoError(t, err)
	return s
}

// requireHolds fails the test unless the upload has these bytes.
func requireHolds(t testing.TB, c *chain.Chain, want []byte) {
	t.Helper()
	require.EqualValues(t, len(want), state(t, c).Offset)
	r, err := c.Open(t.Context())
	require.NoError(t, err)
	requireBytes(t, want, r)
}

func requireBytes(t testing.TB, want []byte, r io.ReadCloser) {
	t.Helper()
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.True(t, bytes.Equal(want, got), "%d bytes, not the %d that are right", len(got), len(want))
}

// put stores an object without the chain.
func put(t *testing.T, store chain.Store, key, text string) {
	t.Helper()
	staged, err := store.Stage(t.Context(), storage.Object{Key: key, MaxSize: int64(len(text))}, strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
}

// keys lists the objects under prefix.
func keys(t testing.TB, store chain.Store, prefix string) (keys []string) {
	t.Helper()
	after := ""
	for {
		page, err := store.(storage.Lister).ListObjects(t.Context(), prefix, after)
		require.NoError(t, err)
		for _, o := range page.Items {
			keys = append(keys, o.Key)
		}
		if after = page.Next; after == "" {
			return keys
		}
	}
}
