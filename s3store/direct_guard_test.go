package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

const guardField = "X-Amz-Copy-Source-If-Match"

// statusOf sends body by a signed request with additional header fields, and returns the status.
func statusOf(t *testing.T, signed *storage.SignedRequest, body []byte, more map[string]string) int {
	t.Helper()
	r := uploadtest.SignedRequest(signed, uploadtest.Bytes(body)).WithContext(t.Context())
	for name, value := range more {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

// TestAddedCopySource checks clients that add an X-Amz-Copy-Source to a signed request. The object
// that it names exists, and has the size and the SHA-256 that are signed.
func TestAddedCopySource(t *testing.T) {
	body := randomBytes(small)
	whole := map[string]string{"X-Amz-Copy-Source": "/bucket/others/secret"}
	attacks := map[string]map[string]string{
		"whole":       whole,
		"range":       {"X-Amz-Copy-Source": "/bucket/others/secret", "X-Amz-Copy-Source-Range": "bytes=0-99"},
		"other guard": {"X-Amz-Copy-Source": "/bucket/others/secret", guardField: ""}, // the ETag of the object
	}
	for _, row := range []struct {
		name     string
		unsigned s3fake.Unsigned
		profile  s3store.Profile
		stolen   bool
	}{
		{"refuses, without a guard, as at AWS", s3fake.Refused, s3store.Profile{InsecureNoCopyGuard: true}, false},
		{"refuses, with a guard", s3fake.Refused, s3store.Profile{}, false},
		{"MinIO, default profile", s3fake.Obeyed, s3store.Profile{}, false},
		{"MinIO", s3fake.Obeyed, s3store.MinIO(), false},
		{"MinIO, the guard taken off", s3fake.Obeyed, s3store.Profile{InsecureNoCopyGuard: true}, true},
		{"RGW 16, which needs NoSignedHeaders", s3fake.ObeyedUnconditionally, s3store.Profile{}, true},
	} {
		for attack, more := range attacks {
			t.Run(row.name+"/"+attack, func(t *testing.T) {
				f := newFixture(t, setup{real: true, Options: s3store.Options{Profile: row.profile}})
				f.fake.Secret, f.fake.Unsigned = "secret", row.unsigned
				f.fake.Put("others/secret", body)
				stolen := row.stolen
				if attack == "other guard" { // a signed guard cannot be replaced
					more = maps.Clone(more)
					more[guardField] = f.fake.Get("others/secret").ETag()
					stolen = row.stolen && row.profile.InsecureNoCopyGuard
				}

				put, err := f.SignPut(t.Context(), direct(body))
				require.NoError(t, err)
				require.Equal(t, stolen, statusOf(t, put, body, more) == http.StatusOK)
				_, err = f.Stat(t.Context(), staging)
				require.Equal(t, !stolen, errors.Is(err, fs.ErrNotExist), err)
				if !stolen {
					require.Equal(t, http.StatusOK, statusOf(t, put, body, nil), "an honest PUT")
				}

				id, err := f.CreateMultipart(t.Context(), direct(body))
				require.NoError(t, err)
				part, err := f.SignPart(t.Context(), direct(body), id, 1)
				require.NoError(t, err)
				require.Equal(t, stolen, statusOf(t, part, body, more) == http.StatusOK)
				parts, err := f.Parts(t.Context(), staging, id)
				require.NoError(t, err)
				require.Equal(t, stolen, len(parts) > 0)
				require.Equal(t, http.StatusOK, statusOf(t, part, body, nil), "an honest part")
			})
		}
	}
}

// TestSignedAsAbsent checks a service that looks for signed fields in the URL. A field that the URL
// signs as absent may not be sent, and a signed tag may not be replaced.
func TestSignedAsAbsent(t *testing.T) {
	body := randomBytes(small)
	for _, tags := range []map[string]string{nil, {"a": "b"}} {
		f := newFixture(t, setup{real: true, Options: s3store.Options{Profile: s3store.MinIO(), Tags: tags}})
		f.fake.Secret, f.fake.Unsigned = "secret", s3fake.Obeyed
		signed, err := f.SignPut(t.Context(), direct(body))
		require.NoError(t, err)
		for name, value := range map[string]string{
			"X-Amz-Acl": "public-read", "X-Amz-Tagging": "c=d", "X-Amz-Copy-Source": "/bucket/none", "X-Amz-Object-Lock-Mode": "COMPLIANCE",
			"X-Amz-Object-Lock-Retain-Until-Date": "2099-01-01T00:00:00Z", "X-Amz-Object-Lock-Legal-Hold": "ON",
			"X-Minio-Source-Etag": "0123456789abcdef0123456789abcdef-1", "X-Minio-Source-Mtime": "1970-01-01T00:00:00Z",
		} {
			require.Equal(t, tags != nil && name == "X-Amz-Tagging", signed.Headers[name] != "", "%v", signed.Headers)
			require.Equal(t, http.StatusForbidden, statusOf(t, signed, body, map[string]string{name: value}), name)
		}
		require.NotContains(t, signed.Headers, guardField)
		require.Equal(t, http.StatusOK, statusOf(t, signed, body, nil))
		require.Equal(t, tags != nil, f.fake.Get(staging).Header.Get("X-Amz-Tagging") != "")
	}
}

// resolver resolves every endpoint to one host.
type resolver string

func (r resolver) ResolveEndpoint(context.Context, s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	return smithyendpoints.Endpoint{URI: url.URL{Scheme: "https", Host: string(r)}}, nil
}

// TestGuardByHost checks that with the zero profile the host of a signed URL decides, not that of
// the store's own client.
func TestGuardByHost(t *testing.T) {
	at := func(endpoint string) func(*s3.Options) {
		return func(o *s3.Options) { o.BaseEndpoint = aws.String(endpoint) }
	}
	own := func(o *s3.Options) { o.BaseEndpoint = nil }
	for _, row := range []struct {
		name   string
		signer func(*s3.Options)
		guard  bool
	}{
		{"AWS", func(o *s3.Options) { own(o); o.UsePathStyle = false }, false},
		{"AWS by path", own, false},
		{"China", func(o *s3.Options) { own(o); o.Region = "cn-north-1" }, false},
		{"accelerated", func(o *s3.Options) { own(o); o.UsePathStyle, o.UseAccelerate = false, true }, false},
		{"dual stack", func(o *s3.Options) {
			own(o)
			o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
		}, false},
		{"FIPS", func(o *s3.Options) { own(o); o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled }, false},
		{"AWS, spelled out", at("https://s3.us-east-1.amazonaws.com"), false},
		{"another region's", at("https://s3.eu-west-1.amazonaws.com"), true},
		{"a VPC endpoint", at("https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com"), true},
		{"a load balancer of AWS", at("https://minio-1.us-east-1.elb.amazonaws.com"), true},
		{"a name that only looks like AWS", at("https://s3.us-east-1.amazonaws.com.example.com"), true},
		{"AWS by another port", at("https://s3.us-east-1.amazonaws.com:9000"), true},
		{"another service", at("http://127.0.0.1:9000"), true},
		{"a resolver", func(o *s3.Options) { own(o); o.EndpointResolverV2 = resolver("s3.example.com") }, true},
		{"an old resolver", func(o *s3.Options) { own(o); o.EndpointResolver = s3.EndpointResolverFromURL("https://s3.example.com") }, true}, //nolint:staticcheck // some have one
	} {
		for profile, used := range map[s3store.Profile]bool{{}: row.guard, {InsecureNoCopyGuard: true}: false, s3store.R2(): false, s3store.MinIO(): false} {
			t.Run(row.name, func(t *testing.T) {
				opts := &s3store.Options{Profile: profile, Signer: client("http://s3.invalid", row.signer)}
				store, err := s3store.New(client("http://s3.invalid", own), "bucket", opts)
				require.NoError(t, err)
				signed, err := store.SignPart(t.Context(), direct(bytes.Repeat([]byte("x"), 10)), "id", 1)
				require.NoError(t, err)
				want := map[string]string{}
				if used {
					want[guardField] = `"none"`
				}
				require.Equal(t, want, signed.Headers, signed.URL)
				require.Equal(t, used, strings.Contains(signed.URL, strings.ToLower(guardField)))
				require.Equal(t, used, slices.Contains(store.SignedHeaders(), strings.ToLower(guardField)))
			})
		}
	}
}
