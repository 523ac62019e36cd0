package s3bucket_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

var (
	forEver = -1
	fail500 = s3fake.Answer(http.StatusInternalServerError, "InternalError")
	denied  = s3fake.Answer(http.StatusForbidden, "AccessDenied")
)

// everything sets the options that change the requests of a store.
var everything = s3store.Options{
	SSE: "aws:kms", KMSKeyID: "key", StorageClass: "GLACIER", Tags: map[string]string{"a b": "c&d"}, ExpectedBucketOwner: "123456789012",
}

func client(url string, opts ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	}, opts...)
}

// bucketOf returns the bucket that is named "bucket", reached by client.
func bucketOf(t *testing.T, client *s3.Client, opts s3store.Options, layout s3bucket.Layout) *s3bucket.Bucket {
	t.Helper()
	bucket, err := s3bucket.New(storeOf(t, client, opts), layout)
	require.NoError(t, err)
	return bucket
}

func storeOf(t *testing.T, client *s3.Client, opts s3store.Options) *s3store.Store {
	t.Helper()
	store, err := s3store.New(client, "bucket", &opts)
	require.NoError(t, err)
	return store
}

// wire returns the SHA-256 of a body as S3 writes it.
func wire(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// follower follows redirects, and the store cannot prevent it.
type follower struct{ *http.Client }

func (f follower) Do(r *http.Request) (*http.Response, error) {
	return f.Client.Do(r) //nolint:gosec // the address is that of the fake
}

func with(c s3.HTTPClient) func(*s3.Options) {
	return func(o *s3.Options) {
		if c != nil {
			o.HTTPClient = c
		}
	}
}
