package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

// putSetups returns setups of stores whose requests differ.
func putSetups() map[string]setup {
	full := s3store.Options{
		SSE: "aws:kms", KMSKeyID: "key", StorageClass: "STANDARD_IA", ExpectedBucketOwner: "111122223333",
		Tags: map[string]string{"a b": "c&d"},
	}
	return map[string]setup{
		"http": {}, "https": {tls: true}, "all options": {Options: full}, "all options, https": {Options: full, tls: true},
		"no checksum":                    {Options: s3store.Options{Profile: s3store.Profile{ChecksumsWhenRequired: true}}},
		"no checksum, https":             {tls: true, Options: s3store.Options{Profile: s3store.Profile{ChecksumsWhenRequired: true}}},
		"no condition":                   {Options: s3store.Options{Profile: s3store.Profile{InsecureUnconditionalPut: true}}},
		"temporary credentials":          {client: func(o *s3.Options) { o.Credentials = temporary }},
		"name of an app, another region": {client: func(o *s3.Options) { o.AppID, o.Region = "files", "eu-central-1" }},
	}
}

var putKeys = []string{"k", "folder/ü +~%&=?#.png", strings.Repeat("long/", 200) + "k"}

// TestFilesAsBySDK compares the request of a file of one part with the one that the SDK makes of
// it. From 2 MiB on the SDK waits for an answer before it sends the body.
func TestFilesAsBySDK(t *testing.T) {
	t.Parallel()
	for name, with := range putSetups() {
		t.Run(name, func(t *testing.T) {
			with.warm = true
			own, ours, other, theirs := newPutWires(t, with)
			for _, key := range append(slices.Clone(putKeys), "untyped", "large") {
				body, obj := randomBytes(small), object(key, huge)
				switch key {
				case "untyped":
					obj.Type = ""
				case "large":
					body = randomBytes(min(int(own.PieceSize(0)), 2<<20))
				}
				obj.Nonce, obj.Name, obj.SHA256 = "nonce", "Straße \"1\".png", func() string { return digest(body) }
				for _, f := range []*fixture{own, other} {
					staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
					require.NoError(t, err)
					require.NoError(t, staged.Commit(t.Context()))
				}
			}
			require.Equal(t, []bool{true, false, false, false, true, false}, bySDK(ours.objects()))
			require.NotContains(t, bySDK(theirs.objects()), false)
			for i, want := range theirs.objects() {
				requireAlike(t, want, ours.objects()[i], i == 0)
			}
		})
	}
}

// TestPartsAsBySDK does so for the parts of files.
func TestPartsAsBySDK(t *testing.T) {
	t.Parallel()
	for name, with := range putSetups() {
		t.Run(name, func(t *testing.T) {
			with.warm = true
			own, ours, other, theirs := newPutWires(t, with)
			for _, key := range putKeys {
				body := randomBytes(2*int(own.PieceSize(0)) + 100)
				own.publish(t, key, body)
				other.publish(t, key, body)
				own.requireStored(t, key, body)
				require.Equal(t, []bool{false, false, false}, bySDK(ours.parts(key)))
				require.Equal(t, []bool{true, true, true}, bySDK(theirs.parts(key)))
				for i, want := range theirs.parts(key) {
					got := ours.parts(key)[i]
					// Only over TLS these stores have parts of 2 MiB or more.
					require.Equal(t, with.tls && i < 2, want.Header.Get("Expect") != "")
					sameUpload(t, want, got)
					requireAlike(t, want, got, false)
				}
			}
		})
	}
}

var temporary = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token"}, nil
})

// TestFilesAreLeftToSDK checks that a host misses no call that its options should see.
func TestFilesAreLeftToSDK(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]func(o *s3.Options, seen func()){
		"APIOptions": func(o *s3.Options, seen func()) {
			o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { seen(); return nil })
		},
		"Interceptors":   func(o *s3.Options, seen func()) { o.Interceptors.AddBeforeExecution(interceptor(seen)) },
		"TracerProvider": func(o *s3.Options, seen func()) { o.TracerProvider = tracer(seen) },
		"ClientLogMode": func(o *s3.Options, seen func()) {
			o.ClientLogMode = aws.LogRequest
			o.Logger = logging.LoggerFunc(func(logging.Classification, string, ...any) { seen() })
		},
		"Retryer": func(o *s3.Options, seen func()) { o.Retryer = counted{o.Retryer, seen} },
		"one attempt": func(o *s3.Options, seen func()) {
			seen()
			o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) { r.MaxAttempts = 1 })
		},
		"adaptive retries":             func(o *s3.Options, seen func()) { seen(); o.Retryer = retry.NewAdaptiveMode() },
		"HTTPSignerV4":                 func(o *s3.Options, seen func()) { o.HTTPSignerV4 = signer{o.HTTPSignerV4, seen} },
		"EndpointResolverV2":           func(o *s3.Options, seen func()) { o.EndpointResolverV2 = &putResolver{o.EndpointResolverV2, seen} },
		"ContinueHeaderThresholdBytes": func(o *s3.Options, seen func()) { seen(); o.ContinueHeaderThresholdBytes = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			var seen atomic.Int64
			f, w := newPutWire(t, setup{client: func(o *s3.Options) { option(o, func() { seen.Add(1) }) }})
			for i := range 3 {
				f.publish(t, fmt.Sprint(i), randomBytes(small))
				f.publish(t, fmt.Sprint("parts", i), randomBytes(large))
				require.Equal(t, []bool{true, true}, bySDK(w.parts(fmt.Sprint("parts", i))))
			}
			require.Equal(t, []bool{true, true, true}, bySDK(w.objects()))
			require.Positive(t, seen.Load())
		})
	}
}

type interceptor func()

func (i interceptor) BeforeExecution(context.Context, *smithyhttp.InterceptorContext) error {
	i()
	return nil
}

type tracer func()

func (t tracer) Tracer(scope string, opts ...tracing.TracerOption) tracing.Tracer {
	t()
	return (&tracing.NopTracerProvider{}).Tracer(scope, opts...)
}

type counted struct {
	aws.Retryer
	seen func()
}

func (c counted) GetInitialToken() func(error) error { c.seen(); return c.Retryer.GetInitialToken() }

type signer struct {
	s3.HTTPSignerV4
	seen func()
}

func (s signer) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, at time.Time, opts ...func(*v4.SignerOptions)) error {
	s.seen()
	return s.HTTPSignerV4.SignHTTP(ctx, c, r, hash, service, region, at, opts...)
}

type putResolver struct {
	s3.EndpointResolverV2
	seen func()
}

func (r *putResolver) ResolveEndpoint(ctx context.Context, p s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	r.seen()
	return r.EndpointResolverV2.ResolveEndpoint(ctx, p)
}
