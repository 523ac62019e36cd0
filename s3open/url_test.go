package s3open_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
)

// configured makes the environment the whole AWS configuration.
func configured(t *testing.T, env map[string]string) {
	t.Helper()
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"} {
		if _, there := os.LookupEnv(name); there {
			t.Setenv(name, "") // so that it is restored after the test
			require.NoError(t, os.Unsetenv(name))
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
}

// TestURLs checks that the store and its client have the settings of the URL, or else those of the
// configuration and the Options.
func TestURLs(t *testing.T) {
	given := s3store.Profile{NoForms: true}
	for _, row := range []struct {
		name, url          string
		env                map[string]string
		options            *s3store.Options
		bucket, region, to string // to is the endpoint, "" is that of AWS
		profile            s3store.Profile
	}{
		{name: "the region of the URL", url: "s3://my.uploads?region=eu-west-1", env: map[string]string{"AWS_REGION": "eu-west-2"}, bucket: "my.uploads", region: "eu-west-1"},
		{name: "the region of the configuration", url: "s3://b/", env: map[string]string{"AWS_REGION": "eu-west-2"}, bucket: "b", region: "eu-west-2"},
		{name: "AWS by name", url: "S3://b?profile=aws&region=eu-west-1", bucket: "b", region: "eu-west-1"},
		{name: "an alias", url: "s3://app-1234567890abcdef-s3alias?region=eu-west-1", bucket: "app-1234567890abcdef-s3alias", region: "eu-west-1"},
		{name: "MinIO here", url: "s3://b?endpoint=http://localhost:9000&profile=minio", bucket: "b", region: "us-east-1", to: "http://localhost:9000", profile: s3store.MinIO()},
		{name: "IPv4", url: "s3://b?endpoint=http://127.0.0.9:9000", bucket: "b", region: "us-east-1", to: "http://127.0.0.9:9000"},
		{name: "IPv6", url: "s3://b?endpoint=http://[::1]:9000", bucket: "b", region: "us-east-1", to: "http://[::1]:9000"},
		{name: "a private network", url: "s3://b?endpoint=http://minio:9000&insecure=true", bucket: "b", region: "us-east-1", to: "http://minio:9000"},
		{name: "escaped", url: "s3://b?endpoint=https%3A%2F%2Fs3.example.com%2Fpath&region=garage", bucket: "b", region: "garage", to: "https://s3.example.com/path"},
		{name: "the region of the configuration elsewhere", url: "s3://b?endpoint=https://s3.example.com", env: map[string]string{"AWS_REGION": "here"}, bucket: "b", region: "here", to: "https://s3.example.com"},
		{name: "the endpoint of the configuration", url: "s3://b?profile=r2", env: map[string]string{"AWS_ENDPOINT_URL_S3": "https://s3.example.com"}, bucket: "b", region: "us-east-1", to: "https://s3.example.com", profile: s3store.R2()},
		{name: "the endpoint of the URL first", url: "s3://b?endpoint=https://s3.example.com", env: map[string]string{"AWS_ENDPOINT_URL_S3": "http://other.example.com"}, bucket: "b", region: "us-east-1", to: "https://s3.example.com"},
		{name: "lacks", url: "s3://b?region=r&lacks=forms,copy-guard", bucket: "b", region: "r", profile: s3store.Profile{NoForms: true, InsecureNoCopyGuard: true}},
		{name: "lacks more", url: "s3://b?endpoint=https://s3.example.com&lacks=forms&profile=minio", bucket: "b", region: "us-east-1", to: "https://s3.example.com", profile: s3store.Profile{NoForms: true, NoCopyDigests: true, HeadersFromQuery: true}},
		{name: "the profile of the Options", url: "s3://b?region=r", options: &s3store.Options{Profile: given}, bucket: "b", region: "r", profile: given},
	} {
		t.Run(row.name, func(t *testing.T) {
			configured(t, row.env)
			store, err := s3open.Open(t.Context(), row.url, row.options)
			require.NoError(t, err)
			require.Equal(t, row.bucket, store.Bucket())
			require.Equal(t, row.profile, store.Options().Profile)
			client := store.Client().Options()
			require.Equal(t, row.region, client.Region)
			require.Equal(t, row.to, aws.ToString(client.BaseEndpoint))
			require.Equal(t, row.to != "", client.UsePathStyle)
		})
	}
}

// TestRefusals checks that doubtful URLs and settings are refused, and that the error does not
// repeat a secret in the URL.
func TestRefusals(t *testing.T) {
	const https = "s3://b?endpoint=https://s3.example.com&"
	for _, row := range []struct {
		name, url string
		env       map[string]string
		options   *s3store.Options
		says      string
	}{
		{name: "nothing", url: "", says: "names no bucket"},
		{name: "a bare name", url: "my-uploads", says: "names no bucket"},
		{name: "no name", url: "s3://?region=r", says: "names no bucket"},
		{name: "another scheme", url: "https://b?region=r", says: "names no bucket"},
		{name: "no slashes", url: "s3:b", says: "names no bucket"},
		{name: "an ARN", url: "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint", says: "not a URL"},
		{name: "a port", url: "s3://b:9000?region=r", says: "names no bucket"},
		{name: "upper case", url: "s3://Bucket?region=r", says: "names no bucket"},
		{name: "credentials", url: "s3://key:SECRET@b?region=r", says: "holds credentials"},
		{name: "malformed with credentials", url: "s3://key:SECRET@b:port?region=r", says: "not a URL"},
		{name: "a path", url: "s3://b/avatars?region=r", says: "has a path"},
		{name: "a fragment", url: "s3://b?region=r#x", says: "has a fragment"},
		{name: "an unknown parameter", url: "s3://b?region=r&prefix=avatars", says: "is not one of region"},
		{name: "upper case of a parameter", url: "s3://b?Region=r", says: "is not one of region"},
		{name: "a secret with an ampersand", url: "s3://b?endpoint=https://x&SECRET=1", says: "is not one of region"},
		{name: "a repeated parameter", url: "s3://b?region=r&region=r", says: `"region" must be there once`},
		{name: "an empty parameter", url: "s3://b?region=", says: `"region" must be there once`},
		{name: "semicolons", url: "s3://b?region=r;endpoint=https://SECRET.example.com", says: "malformed"},
		{name: "no region", url: "s3://b", says: "no region"},
		{name: "a region that is a host", url: "s3://b?region=r.example.com/", says: "not the name of a region"},
		{name: "an endpoint without a scheme", url: "s3://b?endpoint=localhost:9000", says: "not an http or https URL"},
		{name: "an endpoint of another scheme", url: "s3://b?endpoint=ftp://localhost", says: "not an http or https URL"},
		{name: "an endpoint without a host", url: "s3://b?endpoint=http://:9000", says: "not an http or https URL"},
		{name: "an endpoint with credentials", url: "s3://b?endpoint=https://SECRET@s3.example.com", says: "not an http or https URL"},
		{name: "an endpoint with a query", url: "s3://b?endpoint=https://s3.example.com?x=SECRET", says: "not an http or https URL"},
		{name: "no TLS", url: "s3://b?endpoint=http://s3.example.com", says: "insecure=true"},
		{name: "no TLS, a host that begins like this machine", url: "s3://b?endpoint=http://127.0.0.1.example.com", says: "insecure=true"},
		{name: "no TLS, by the configuration", url: "s3://b", env: map[string]string{"AWS_ENDPOINT_URL_S3": "http://s3.example.com"}, says: "insecure=true"},
		{name: "half insecure", url: https + "insecure=1", says: `"1" is not true`},
		{name: "an unknown profile", url: https + "profile=gcs", says: `"gcs" is not one of aws, minio and r2`},
		{name: "MinIO without an endpoint", url: "s3://b?region=r&profile=minio", says: "needs an endpoint"},
		{name: "an unknown lack", url: https + "lacks=forms,form", says: `"form" is none of`},
		{name: "an empty lack", url: https + "lacks=forms,", says: `"" is none of`},
		{name: "two profiles", url: https + "profile=minio", options: &s3store.Options{Profile: s3store.R2()}, says: "both the URL and the Options"},
		{name: "Options", url: "s3://b?region=r", options: &s3store.Options{MaxMemory: 1}, says: "MaxMemory"},
		{name: "the configuration", url: "s3://b?region=r", env: map[string]string{"AWS_PROFILE": "missing"}, says: "AWS configuration"},
	} {
		t.Run(row.name, func(t *testing.T) {
			configured(t, row.env)
			store, err := s3open.Open(t.Context(), row.url, row.options)
			require.ErrorContains(t, err, row.says)
			require.NotContains(t, err.Error(), "SECRET")
			require.Nil(t, store)
		})
	}
}

// TestSharedFiles checks that credentials and the region come from the profile that AWS_PROFILE
// names.
func TestSharedFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte("[profile app]\nregion = eu-north-1\naws_access_key_id = key\naws_secret_access_key = secret\n"), 0o600))
	configured(t, map[string]string{"AWS_CONFIG_FILE": file, "AWS_PROFILE": "app", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
	store, err := s3open.Open(t.Context(), "s3://b", nil)
	require.NoError(t, err)
	client := store.Client().Options()
	require.Equal(t, "eu-north-1", client.Region)
	credentials, err := client.Credentials.Retrieve(t.Context())
	require.NoError(t, err)
	require.Equal(t, "key", credentials.AccessKeyID)
}
