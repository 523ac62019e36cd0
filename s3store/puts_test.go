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
	"testing/synctest"
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

	"github.com/airlock-go/upload/internal/s3fake"
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
			for _, key := range []string{"k", "folder/ü +~%&=?#.png", strings.Repeat("long/", 200)} {
				obj := object(key, huge)
				obj.Nonce, obj.Name, obj.SHA256 = "nonce", "Straße \"1\".png", func() string { return digest(randomBytes(small)) }
				for _, f := range []*fixture{own, other} {
					staged, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(small)))
					require.NoError(t, err)
					require.NoError(t, staged.Commit(t.Context()))
				}
			}
			require.Equal(t, []bool{true, false, false, false}, ours.bySDK())
			require.Equal(t, []bool{true, true, true, true}, theirs.bySDK())
			for i := range 4 {
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
		"Retryer":            func(o *s3.Options, seen func()) { o.Retryer = counted{o.Retryer, seen} },
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

// TestSmallFilesAfterFault checks who makes the calls after one that failed, and that no header
// field of an answer passes for S3's.
func TestSmallFilesAfterFault(t *testing.T) {
	moved := func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, "http://elsewhere.example/", http.StatusTemporaryRedirect)
	}
	page := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		w.Header().Set("Etag", `"of a gateway"`)
		s3fake.Say("<html>", false)(w, r, serve)
	}
	for name, fault := range map[string]s3fake.Fault{
		"503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop, "a page": page, "nothing": silent,
		"another region": s3fake.Answer(http.StatusMovedPermanently, "PermanentRedirect"), "redirect": moved,
		"expired": s3fake.Answer(http.StatusBadRequest, "ExpiredToken"), "skewed": s3fake.Answer(http.StatusForbidden, "RequestTimeTooSkewed"),
		"412": s3fake.Answer(http.StatusPreconditionFailed, "PreconditionFailed"), "400": s3fake.Answer(http.StatusBadRequest, "BadDigest"),
	} {
		bubble(t, name, func(t *testing.T) {
			f, w := newPutWire(t, setup{warm: true})
			f.fake.Inject("PutObject", 1, fault)
			f.publish(t, "a", randomBytes(small))
			f.publish(t, "b", randomBytes(small))
			require.Equal(t, []bool{true, false, true, true}, w.bySDK())
			time.Sleep(time.Minute)
			f.publish(t, "c", randomBytes(small))
			f.publish(t, "d", randomBytes(small))
			require.Equal(t, []bool{true, false}, w.bySDK()[4:])
			for _, key := range []string{"a", "b", "c", "d"} {
				f.requireStored(t, key, randomBytes(small))
				require.Len(t, f.fake.Versions(key), 1)
			}
			f.requireIdle(t)
		})
	}
}

// TestSmallFilesInDoubt lets the answer get lost, and S3 refuse what the SDK sends then.
func TestSmallFilesInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{warm: true})
		f.fake.Inject("PutObject", 1, s3fake.Drop)
		f.fake.Inject("PutObject", forEver, denied)
		f.publish(t, "k", randomBytes(small))
		f.requireStored(t, "k", randomBytes(small))
		f.requireIdle(t)
	})
}

// TestSmallFilesWithoutAnswer checks that both requests of a call end within one CallTimeout.
func TestSmallFilesWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{warm: true, Options: s3store.Options{CallTimeout: 3 * time.Second}})
		f.fake.Inject("PutObject", forEver, s3fake.Stall)
		begin := time.Now()
		commit, discard := f.upload(t, "k", randomBytes(small))
		require.ErrorContains(t, commit, "no answer within 3s")
		require.NoError(t, discard)
		require.Equal(t, 3*time.Second, time.Since(begin))
		f.requireNothing(t)
	})
}

// TestSmallFilesOfOtherClocks checks a clock that only the SDK corrects, from the start or later.
func TestSmallFilesOfOtherClocks(t *testing.T) {
	for name, later := range map[string]bool{"from the start": false, "later": true} {
		bubble(t, name, func(t *testing.T) {
			f, w := newPutWire(t, setup{})
			if later {
				f.publish(t, "warm", randomBytes(small))
			}
			f.fake.Skew = time.Hour
			for i := range 3 {
				f.publish(t, fmt.Sprint(i), randomBytes(small))
				f.requireStored(t, fmt.Sprint(i), randomBytes(small))
				time.Sleep(2 * time.Minute)
			}
			mine := 0
			for _, bySDK := range w.bySDK() {
				if !bySDK {
					mine++
				}
			}
			require.LessOrEqual(t, mine, 1, "after one failure they are left to the SDK")
		})
	}
}

// TestSmallFilesWithNewCredentials checks that each request has the credentials of its time.
func TestSmallFilesWithNewCredentials(t *testing.T) {
	id := "first"
	f, w := newPutWire(t, setup{warm: true, client: func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			if id == "" {
				return aws.Credentials{}, io.ErrUnexpectedEOF
			}
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: "secret", SessionToken: "of " + id}, nil
		})
	}})
	id = "second"
	f.publish(t, "a", randomBytes(small))
	require.Equal(t, []bool{true, false}, w.bySDK())
	require.Contains(t, w.sent[1].Header.Get("Authorization"), "Credential=second/")
	require.Equal(t, "of second", w.sent[1].Header.Get("X-Amz-Security-Token"))
	id = ""
	commit, discard := f.upload(t, "b", randomBytes(small))
	require.ErrorContains(t, commit, "there are no credentials")
	require.NoError(t, discard, "nothing was sent, so nothing is in doubt")
}
