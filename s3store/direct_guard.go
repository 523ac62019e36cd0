package s3store

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// guard keeps clients of a signed PUT or part from adding header fields that the service obeys
// although no signature covers them. The worst is X-Amz-Copy-Source: with it the service copies any
// object that the signer may read.
type guard int

const (
	noGuard     guard = iota // AWS or InsecureNoCopyGuard: the service refuses such fields
	byCondition              // a condition on copies, which no object meets, is signed
	byAbsence                // the fields are signed as absent
)

// copyCondition is a field that only copies obey. No ETag equals its value, matchesNothing.
const (
	copyCondition  = "X-Amz-Copy-Source-If-Match"
	matchesNothing = `"none"`
)

// absent are the fields that byAbsence signs, except those that the request has. With them a client
// could have an object copied, made public, tagged, kept for years, or given an ETag and a time of
// its choice. The last two belong to MinIO's replication.
var absent = []string{
	"X-Amz-Acl", "X-Amz-Copy-Source", "X-Amz-Object-Lock-Legal-Hold", "X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date",
	"X-Amz-Tagging", "X-Minio-Source-Etag", "X-Minio-Source-Mtime",
}

// guard returns how requests that signer signs for a bucket are guarded.
func (p Profile) guard(signer *s3.Client, bucket string) guard {
	switch {
	case p.HeadersFromQuery:
		return byAbsence
	case p.InsecureNoCopyGuard, atAWS(signer, bucket):
		return noGuard
	}
	return byCondition
}

// sign is an option for presigning.
func (g guard) sign(o *s3.PresignOptions) {
	if g == noGuard {
		return
	}
	build := middleware.BuildMiddlewareFunc("AirlockGuard", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
		middleware.BuildOutput, middleware.Metadata, error,
	) {
		if r, ok := in.Request.(*smithyhttp.Request); ok {
			g.add(r)
		}
		return next.HandleBuild(ctx, in)
	})
	o.ClientOptions = append(o.ClientOptions, s3.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Build.Add(build, middleware.After)
	}))
}

// add adds what is to be signed. A field that must be absent is signed with an empty value in the
// query, where the service looks for it if the request has none.
func (g guard) add(r *smithyhttp.Request) {
	if g == byCondition {
		r.Header.Set(copyCondition, matchesNothing)
		return
	}
	query := r.URL.Query()
	for _, name := range absent {
		if r.Header.Get(name) == "" {
			r.Header.Set(name, "")
			query.Set(strings.ToLower(name), "")
		}
	}
	r.URL.RawQuery = query.Encode()
}

// atAWS reports whether signer's URLs lead to the host that the SDK itself finds for the bucket.
// AWS refuses x-amz-… fields that are not signed. Any other host counts as another service until a
// profile says otherwise. That includes names under amazonaws.com: those of AWS load balancers can
// lead to any server.
func atAWS(signer *s3.Client, bucket string) bool {
	host := signedHost(signer, bucket)
	return host != "" && host == signedHost(signer, bucket, func(o *s3.Options) {
		o.BaseEndpoint = nil
		o.EndpointResolver = nil //nolint:staticcheck // a client may still have one, which must not decide what counts as AWS
		o.EndpointResolverV2 = s3.NewDefaultEndpointResolverV2()
	})
}

// signedHost returns the host of URLs that signer signs, "" if it cannot sign. It makes no call,
// since it signs with credentials of its own.
func signedHost(signer *s3.Client, bucket string, opts ...func(*s3.Options)) string {
	presign := s3.NewPresignClient(s3.New(signer.Options(), append(opts, func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "none", SecretAccessKey: "none"}, nil
		})
		o.DisableS3ExpressSessionAuth = aws.Bool(true) // a session would be a call
	})...))
	signed, err := presign.PresignPutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("none")})
	if err != nil {
		return ""
	}
	u, err := url.Parse(signed.URL)
	if err != nil {
		return ""
	}
	return u.Host
}
