package s3store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
)

const (
	chunk = 64 << 10
	part  = 5 << 20
	huge  = 1 << 30
)

// fixture is a store over a fake S3.
type fixture struct {
	*s3store.Store
	fake *s3fake.Server
	logs *bytes.Buffer
}

type setup struct {
	s3store.Options
	tls       bool
	versioned bool
	repeated  int // status of a repeated Complete
}

func newFixture(t *testing.T, with setup) *fixture {
	t.Helper()
	fake := s3fake.New("bucket")
	fake.Versioned, fake.RepeatedComplete = with.versioned, with.repeated
	server := httptest.NewUnstartedServer(fake)
	if with.tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	f := &fixture{fake: fake, logs: new(bytes.Buffer)}
	with.Logger = slog.New(slog.NewTextHandler(f.logs, nil))
	var err error
	f.Store, err = s3store.New(client(server.URL, func(o *s3.Options) { o.HTTPClient = server.Client() }), "bucket", &with.Options)
	require.NoError(t, err)
	return f
}

// client retries at once, so that tests need not wait.
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

// object is what a handler would say of a file of any size up to maxSize.
func object(key string, maxSize int64) upload.Object {
	return upload.Object{Key: key, Type: "image/png", Name: "holiday.png", MaxSize: maxSize}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rnd := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = rnd.Read(b)
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (f *fixture) stage(t *testing.T, key string, body []byte) upload.Staged {
	t.Helper()
	staged, err := f.Stage(t.Context(), object(key, huge), bytes.NewReader(body))
	require.NoError(t, err)
	return staged
}

// requireNothing is the state after a file was refused.
func (f *fixture) requireNothing(t *testing.T) {
	t.Helper()
	require.Empty(t, f.fake.Keys())
	f.requireIdle(t)
}

// requireIdle checks that no upload holds anything.
func (f *fixture) requireIdle(t *testing.T) {
	t.Helper()
	require.Zero(t, f.fake.OpenUploads())
	used, peak := f.Memory()
	require.Zero(t, used)
	require.LessOrEqual(t, peak, int64(64<<20))
}

func (f *fixture) requireStored(t *testing.T, key string, body []byte) {
	t.Helper()
	o := f.fake.Get(key)
	require.NotNil(t, o, "nothing readable under the key")
	require.Equal(t, digest(body), digest(o.Body))
}

func TestBytes(t *testing.T) {
	sizes := []int{0, 1, chunk - 1, chunk, chunk + 1, part - 1, part, part + 1, 2 * part, 3*part - 1, 3*part + 1}
	for _, tls := range []bool{false, true} {
		f := newFixture(t, setup{tls: tls})
		for _, size := range sizes {
			for name, row := range map[string]struct {
				limit int64
				read  func(io.Reader) io.Reader
			}{
				"limit of the size":  {int64(max(size, 1)), whole},
				"limit far above":    {huge, whole},
				"two bytes a read":   {huge, func(r io.Reader) io.Reader { return &short{r: r, n: 2 + size/50} }},
				"EOF with the bytes": {huge, func(r io.Reader) io.Reader { return &eager{b: randomBytes(size)} }},
			} {
				body := randomBytes(size)
				key := name + digest(body)
				staged, err := f.Stage(t.Context(), object(key, row.limit), row.read(bytes.NewReader(body)))
				require.NoError(t, err)
				require.Nil(t, f.fake.Get(key), "readable before Commit")
				require.NoError(t, staged.Commit(t.Context()))
				f.requireStored(t, key, body)
				f.requireIdle(t)
				require.NoError(t, f.Delete(t.Context(), key))
			}
		}
		require.Empty(t, f.fake.Keys())
	}
}

func whole(r io.Reader) io.Reader { return r }

// short delivers at most n bytes a read, and sometimes none.
type short struct {
	r     io.Reader
	n     int
	reads int
}

func (s *short) Read(p []byte) (int, error) {
	if s.reads++; s.reads%3 == 0 {
		return 0, nil
	}
	return s.r.Read(p[:min(len(p), s.n)])
}

// eager answers io.EOF together with the last bytes.
type eager struct{ b []byte }

func (e *eager) Read(p []byte) (int, error) {
	n := copy(p, e.b)
	if e.b = e.b[n:]; len(e.b) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func TestAttributes(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{
		SSE: "aws:kms", KMSKeyID: "key", StorageClass: "STANDARD_IA", Tags: map[string]string{"a b": "c&d", "e": "f"},
	}})
	for _, size := range []int{100, part + 1} {
		body := randomBytes(size)
		obj := object("k"+digest(body), huge)
		obj.Name = "Straße \"1\".png"
		obj.SHA256 = func() string { return digest(body) }
		staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))

		h := f.fake.Get(obj.Key).Header
		require.Equal(t, "image/png", h.Get("Content-Type"))
		require.Contains(t, h.Get("Content-Disposition"), "attachment;")
		require.Equal(t, "private", h.Get("Cache-Control"))
		require.Equal(t, "aws:kms", h.Get("X-Amz-Server-Side-Encryption"))
		require.Equal(t, "key", h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"))
		require.Equal(t, "STANDARD_IA", h.Get("X-Amz-Storage-Class"))
		require.Equal(t, "a+b=c%26d&e=f", h.Get("X-Amz-Tagging"))
		require.Empty(t, h.Get("X-Amz-Acl"))
		require.GreaterOrEqual(t, len(h.Get("X-Amz-Meta-Upload-Nonce")), 26, "128 bits in base 32")

		r, stored, err := f.Open(t.Context(), obj.Key)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, digest(body), digest(got))
		require.Equal(t, upload.Stored{Type: "image/png", Name: obj.Name, Size: int64(size)}, stored)
	}
}

func TestDigestIsMetadataWhereItIsKnownInTime(t *testing.T) {
	f := newFixture(t, setup{})
	for size, want := range map[int]bool{100: true, part: true, part + 1: false} {
		body := randomBytes(size)
		read := false
		obj := object("k"+digest(body), huge)
		obj.SHA256 = func() string {
			if !read {
				return ""
			}
			return digest(body)
		}
		staged, err := f.Stage(t.Context(), obj, &noting{r: bytes.NewReader(body), done: &read})
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
		require.Equal(t, want, f.fake.Get(obj.Key).Header.Get("X-Amz-Meta-Sha256") == digest(body))
	}
}

// noting sets done when r has ended.
type noting struct {
	r    io.Reader
	done *bool
}

func (r *noting) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	*r.done = err == io.EOF
	return n, err
}
