package s3store_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestExpiry checks that nothing signed claims to outlive its credentials.
func TestExpiry(t *testing.T) {
	for _, row := range []struct {
		name    string
		expires time.Time // of the credentials, zero for never
		asked   time.Duration
		most    time.Duration // 0 is an error
	}{
		{"as asked", time.Time{}, time.Hour, time.Hour},
		{"as asked, in whole seconds", time.Time{}, 1999 * time.Millisecond, time.Second},
		{"a week at most", time.Time{}, 8 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"credentials that last", time.Now().Add(2 * time.Hour), time.Hour, time.Hour},
		{"credentials that expire sooner", time.Now().Add(10 * time.Minute), time.Hour, 10 * time.Minute},
		{"expired credentials", time.Now().Add(-time.Minute), time.Hour, 0},
		{"nothing asked", time.Time{}, 0, 0},
		{"less than a second", time.Time{}, time.Second - 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := withSigner(t, client("http://public.example", func(o *s3.Options) {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{
						AccessKeyID: "narrow", SecretAccessKey: "secret", SessionToken: "token",
						CanExpire: !row.expires.IsZero(), Expires: row.expires,
					}, nil
				})
			}))
			d := direct(randomBytes(small))
			d.Expires = row.asked
			put, err := s.SignPut(t.Context(), d)
			link, linkErr := s.SignGet(t.Context(), "k", storage.SignedGet{Expires: row.asked})
			form, formErr := s.SignForm(t.Context(), d)
			if row.most == 0 {
				require.Error(t, err)
				require.Error(t, linkErr)
				require.Error(t, formErr)
				return
			}
			require.NoError(t, err)
			require.NoError(t, linkErr)
			require.NoError(t, formErr)
			require.Equal(t, "token", form.Fields["X-Amz-Security-Token"])
			require.True(t, strings.HasPrefix(form.Fields["X-Amz-Credential"], "narrow/"))
			text, err := base64.StdEncoding.DecodeString(form.Fields["policy"])
			require.NoError(t, err)
			var policy struct{ Expiration time.Time }
			require.NoError(t, json.Unmarshal(text, &policy))
			require.WithinDuration(t, time.Now().Add(row.most), policy.Expiration, 5*time.Second)
			for _, signed := range []string{put.URL, link} {
				u, err := url.Parse(signed)
				require.NoError(t, err)
				require.Equal(t, "public.example", u.Host)
				require.True(t, strings.HasPrefix(u.Query().Get("X-Amz-Credential"), "narrow/"))
				got, err := time.ParseDuration(u.Query().Get("X-Amz-Expires") + "s")
				require.NoError(t, err)
				require.LessOrEqual(t, got, row.most)
				require.Greater(t, got, row.most-5*time.Second)
			}
		})
	}
}

func withSigner(t *testing.T, signer *s3.Client) *s3store.Store {
	t.Helper()
	s, err := s3store.New(client("http://s3.invalid"), "bucket", &s3store.Options{Signer: signer})
	require.NoError(t, err)
	return s
}

func TestNoCredentials(t *testing.T) {
	s := withSigner(t, client("http://public.example", func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} }))
	_, err := s.DirectMethods()
	require.ErrorContains(t, err, "credentials")
	_, err = s.SignGet(t.Context(), "k", storage.SignedGet{Expires: time.Minute})
	require.ErrorContains(t, err, "credentials")
}

// TestLoadedClient checks that requests which a client signs have no CRC32, even if the client adds
// checksums to its own requests, as one from the SDK's configuration does.
func TestLoadedClient(t *testing.T) {
	s := withSigner(t, client("http://public.example", func(o *s3.Options) {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
	}))
	_, err := s.SignGet(t.Context(), "k", storage.SignedGet{Expires: time.Minute})
	require.NoError(t, err)
	part, err := s.SignPart(t.Context(), direct(randomBytes(small)), "id", 1)
	require.NoError(t, err)
	require.Equal(t, map[string]string{guardField: `"none"`}, part.Headers)
	put, err := s.SignPut(t.Context(), direct(randomBytes(small)))
	require.NoError(t, err)
	require.Len(t, put.Headers, 6)
	for _, signed := range []string{put.URL, part.URL} {
		require.NotContains(t, strings.ToLower(signed), "crc32")
	}
}
