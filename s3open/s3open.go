// Package s3open makes an [s3store.Store] from one line, for programs that have no reason
// to build an S3 client themselves:
//
//	store, err := s3open.Open(ctx, "s3://my-uploads", nil)
//	store, err := s3open.Open(ctx, "s3://my-uploads?endpoint=http://localhost:9000&profile=minio", nil)
//
// It is a module of its own, since the configuration of AWS brings dependencies that
// s3store does not need.
//
// # The URL
//
// The host of the URL is the name of the bucket, or the alias of an access point. There
// are these parameters, each at most once:
//
//   - region is the region of the bucket.
//     Default: the region of the AWS configuration, or us-east-1 if there is an endpoint.
//   - endpoint is the URL of an S3 service other than AWS, which is addressed by path.
//     Default: the endpoint of the AWS configuration, such as AWS_ENDPOINT_URL_S3.
//   - profile says what the service can do: aws, minio or r2, for the zero
//     [s3store.Profile], [s3store.MinIO] and [s3store.R2]. Default: the Options' Profile.
//   - lacks lists what the service also lacks, separated by commas, in the words of
//     [s3store.Lackable].
//   - insecure=true allows an endpoint without TLS that is not on this machine.
//
// These are errors: other parameters, parameters without a value, credentials, a fragment, and a
// path other than "/". A store has no prefix, since keys get theirs from a key generator such as
// upload.Prefix.
//
// # The client
//
// Credentials come from the places where AWS's own programs look. Examples are the environment, the
// shared files with AWS_PROFILE, SSO, web identity (IRSA), EKS Pod Identity, and the roles of tasks
// and instances. AWS_CA_BUNDLE names certificates to trust.
//
// The client speaks HTTP/1.1 and keeps 256 idle connections for 90 seconds. An upload handler
// receives at most as many requests at a time by default, of which about twelve may have large
// files: see [s3store.Options].MaxMemory. The SDK's own default keeps 10, so a busy server opens a
// new connection for most of its calls. With HTTP/2 all uploads would share one connection, where a
// slow one delays the others. The client follows no redirect to another host. [s3store.Options]
// limit how long a call may take.
package s3open

import (
	"context"
	"fmt"

	"github.com/airlock-go/upload/s3store"
)

// Open returns a store over the bucket that rawURL names; the package documentation says how. It
// makes no call to S3, so missing credentials or buckets fail only at the first call. At the start
// of a program, [s3store.Store.Ping] tries both, and s3bucket.Bucket.Verify what the service can
// do. A nil opts means the zero Options. If opts has a Profile, rawURL must have neither profile
// nor lacks.
//
// The context is only for reading the AWS configuration. Since rawURL may hold a secret by mistake,
// errors quote only the values of region, profile, lacks and insecure. For a client with other
// settings use [s3store.New]; [s3store.Store.Client] returns the client that Open made.
func Open(ctx context.Context, rawURL string, opts *s3store.Options) (*s3store.Store, error) {
	var o s3store.Options
	if opts != nil {
		o = *opts
	}
	t, err := parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("s3open: %w", err)
	}
	if o.Profile, err = t.profileOver(o.Profile); err != nil {
		return nil, fmt.Errorf("s3open: %w", err)
	}
	client, err := t.client(ctx, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("s3open: %w", err)
	}
	return s3store.New(client, t.bucket, &o)
}
