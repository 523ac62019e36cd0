package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
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

// putWire keeps the requests of PutObject that go through it.
type putWire struct {
	http.RoundTripper
	mu   sync.Mutex
	sent []put
}

type put struct {
	*http.Request
	body  string
	bySDK bool
}

func (w *putWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return w.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.sent = append(w.sent, put{r, string(body), v4.GetPayloadHash(r.Context()) != ""})
	w.mu.Unlock()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return w.RoundTripper.RoundTrip(again)
}

// bySDK returns for each request whether the SDK made it.
func (w *putWire) bySDK() (list []bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.sent {
		list = append(list, p.bySDK)
	}
	return list
}

// newPutWire returns a fixture whose requests are kept.
func newPutWire(t *testing.T, with setup) (*fixture, *putWire) {
	t.Helper()
	w, more := new(putWire), with.client
	with.client = func(o *s3.Options) {
		own := *o.HTTPClient.(*http.Client)
		w.RoundTripper, own.Transport = own.Transport, w
		o.HTTPClient = &own
		if more != nil {
			more(o)
		}
	}
	return newFixture(t, with), w
}

// TestSmallFilesAsBySDK compares the request of a small file with the one that the SDK makes of it,
// for a client with an option of its host's.
func TestSmallFilesAsBySDK(t *testing.T) {
	t.Parallel()
	full := s3store.Options{
		SSE: "aws:kms", KMSKeyID: "key", StorageClass: "STANDARD_IA", ExpectedBucketOwner: "111122223333",
		Tags: map[string]string{"a b": "c&d"},
	}
	for name, with := range map[string]setup{
		"http": {}, "https": {tls: true}, "all options": {Options: full}, "all options, https": {Options: full, tls: true},
		"no checksum":                    {Options: s3store.Options{Profile: s3store.Profile{ChecksumsWhenRequired: true}}},
		"no checksum, https":             {tls: true, Options: s3store.Options{Profile: s3store.Profile{ChecksumsWhenRequired: true}}},
		"no condition":                   {Options: s3store.Options{Profile: s3store.Profile{InsecureUnconditionalPut: true}}},
		"temporary credentials":          {client: func(o *s3.Options) { o.Credentials = temporary }},
		"name of an app, another region": {client: func(o *s3.Options) { o.AppID, o.Region = "files", "eu-central-1" }},
	} {
		t.Run(name, func(t *testing.T) {
			with.warm = true
			own, ours := newPutWire(t, with)
			more := with.client
			with.client = func(o *s3.Options) {
				if more != nil {
					more(o)
				}
				o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil })
			}
			other, theirs := newPutWire(t, with)
			for _, key := range []string{"k", "folder/ü +~%&=?#.png", strings.Repeat("long/", 200), "untyped"} {
				obj := object(key, huge)
				if key == "untyped" {
					obj.Type = ""
				}
				obj.Nonce, obj.Name, obj.SHA256 = "nonce", "Straße \"1\".png", func() string { return digest(randomBytes(small)) }
				for _, f := range []*fixture{own, other} {
					staged, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(small)))
					require.NoError(t, err)
					require.NoError(t, staged.Commit(t.Context()))
				}
			}
			require.Equal(t, []bool{true, false, false, false, true}, ours.bySDK())
			require.Equal(t, []bool{true, true, true, true, true}, theirs.bySDK())
			for i := range 5 {
				requireAlike(t, theirs.sent[i], ours.sent[i], i == 0)
			}
		})
	}
}

var temporary = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token"}, nil
})

// requireAlike compares two requests, except for their host and what each request has of its own.
func requireAlike(t *testing.T, want, got put, first bool) {
	t.Helper()
	require.Equal(t, want.URL.RequestURI(), got.URL.RequestURI())
	require.Equal(t, want.ContentLength, got.ContentLength)
	require.Equal(t, want.body, got.body)
	a, b := want.Header.Clone(), got.Header.Clone()
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`, b.Get("Amz-Sdk-Invocation-Id"))
	require.NotEqual(t, a.Get("Amz-Sdk-Invocation-Id"), b.Get("Amz-Sdk-Invocation-Id"))
	for _, h := range []http.Header{a, b} {
		h.Del("Amz-Sdk-Invocation-Id")
		h.Del("X-Amz-Date")
		signed, _, _ := strings.Cut(h.Get("Authorization"), "Signature=")
		h.Set("Authorization", signed)
		if first { // whose nonce is random
			h.Del("X-Amz-Meta-Upload-Nonce")
		}
	}
	require.Equal(t, a, b)
}

// TestSmallFilesAreLeftToSDK checks that a host misses no call that its options should see.
func TestSmallFilesAreLeftToSDK(t *testing.T) {
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
		"adaptive retries":   func(o *s3.Options, seen func()) { seen(); o.Retryer = retry.NewAdaptiveMode() },
		"HTTPSignerV4":       func(o *s3.Options, seen func()) { o.HTTPSignerV4 = signer{o.HTTPSignerV4, seen} },
		"EndpointResolverV2": func(o *s3.Options, seen func()) { o.EndpointResolverV2 = &putResolver{o.EndpointResolverV2, seen} },
	} {
		t.Run(name, func(t *testing.T) {
			var seen int
			f, w := newPutWire(t, setup{client: func(o *s3.Options) { option(o, func() { seen++ }) }})
			for i := range 3 {
				f.publish(t, fmt.Sprint(i), randomBytes(small))
			}
			require.Equal(t, []bool{true, true, true}, w.bySDK())
			require.Positive(t, seen)
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
