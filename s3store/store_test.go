package s3store_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
	"github.com/airlock-go/upload/uploadtest"
)

// The parts of these tests are smaller than those of S3, since each byte costs time under the race
// detector. The stores with setup.real or setup.tls have S3's own sizes.
const (
	chunk  = 64 << 10
	part   = 5 * chunk
	s3Part = 5 << 20
	huge   = 1 << 30
)

// fixture is a store over a fake S3.
type fixture struct {
	*s3store.Store
	fake *s3fake.Server
	http *http.Client // of a client with a signed request
	logs *bytes.Buffer
}

type setup struct {
	s3store.Options
	real      bool // over TCP, with parts as large as S3's
	tcp       bool // over TCP
	tls       bool // over TLS, with parts as large as S3's
	versioned bool
	repeated  int  // status of a repeated Complete
	warm      bool // has stored files, so that the SDK need not make the next PutObject or UploadPart
	client    func(*s3.Options)
}

func newFixture(t *testing.T, with setup) *fixture {
	t.Helper()
	fake := s3fake.New("bucket")
	fake.Versioned, fake.RepeatedComplete = with.versioned, with.repeated
	f := &fixture{fake: fake, logs: new(bytes.Buffer)}
	with.Logger = slog.New(slog.NewTextHandler(f.logs, nil))
	memory, url := cmp.Or(with.MaxMemory, 64<<20), ""
	if with.real || with.tls || with.tcp {
		url, f.http = listen(t, fake, with.tls)
	} else {
		server := uploadtest.Serve(t, fake)
		url, f.http = server.URL, server.Client()
	}
	if !with.real && !with.tls {
		fake.MinPart, with.MaxMemory = part, 0
	}
	var err error
	f.Store, err = s3store.New(client(url, func(o *s3.Options) {
		o.HTTPClient = f.http
		if with.client != nil {
			with.client(o)
		}
	}), "bucket", &with.Options)
	require.NoError(t, err)
	if fake.MinPart > 0 {
		s3store.SetPart(f.Store, part, memory)
	}
	if with.warm {
		for _, size := range []int{100, int(f.PieceSize(0)) + 1} {
			f.publish(t, "warm", randomBytes(size))
			require.NoError(t, f.Delete(t.Context(), "warm"))
		}
	}
	return f
}

// listen serves the fake over TCP until the test ends.
func listen(t *testing.T, fake http.Handler, tls bool) (url string, c *http.Client) {
	t.Helper()
	server := httptest.NewUnstartedServer(fake)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // closed connections are part of the tests
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server.URL, server.Client()
}

// bubble runs a subtest whose clock advances only while all goroutines wait. Pauses and timeouts
// cost no time, and a busy machine shortens none of them.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// client returns a client of S3 that retries at once, so that tests need not wait.
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

// object returns what a handler would pass for a file of any size up to maxSize.
func object(key string, maxSize int64) storage.Object {
	return storage.Object{Key: key, Type: "image/png", Name: "holiday.png", MaxSize: maxSize}
}

// randomBytes returns the same bytes for the same n, with a different beginning for most other n.
// They must not be modified.
func randomBytes(n int) []byte {
	return noise()[n%997:][:n:n]
}

var noise = sync.OnceValue(func() []byte {
	b := make([]byte, 5*s3Part)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
})

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (f *fixture) stage(t *testing.T, key string, body []byte) storage.Staged {
	t.Helper()
	staged, err := f.Stage(t.Context(), object(key, huge), bytes.NewReader(body))
	require.NoError(t, err)
	return staged
}

// requireNothing checks that the bucket is empty, and that no upload holds anything.
func (f *fixture) requireNothing(t *testing.T) {
	t.Helper()
	require.Empty(t, f.fake.Keys())
	f.requireIdle(t)
}

// requireIdle checks that no upload is open, and that no memory is reserved.
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

// TestBytes stores files of sizes around the borders of chunks and parts, read in different ways.
func TestBytes(t *testing.T) {
	t.Parallel()
	all := []int{0, 1, chunk - 1, chunk, chunk + 1, part - 1, part, part + 1, 2 * part, 2*part + 1, 3*part + 1}
	few := []int{0, 1, chunk, part, part + 1}
	for _, row := range []struct {
		name  string
		tls   bool
		sizes []int
		limit func(size int) int64
		read  func([]byte) io.Reader
	}{
		{"http, limit far above", false, all, far, whole},
		{"http, limit of the size", false, all, exact, whole},
		{"https, limit far above", true, few, far, whole},
		{"short reads, and none", false, few, far, func(b []byte) io.Reader { return &short{r: whole(b), n: 1 + len(b)/50} }},
		{"EOF with the last bytes", false, few, far, func(b []byte) io.Reader { return iotest.DataErrReader(whole(b)) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{tls: row.tls})
			for _, size := range row.sizes {
				body := randomBytes(size)
				staged, err := f.Stage(t.Context(), object("k", row.limit(size)), row.read(body))
				require.NoError(t, err)
				require.Nil(t, f.fake.Get("k"), "readable before Commit")
				require.NoError(t, staged.Commit(t.Context()))
				f.requireStored(t, "k", body)
				f.requireIdle(t)
				require.NoError(t, f.Delete(t.Context(), "k"))
				f.requireNothing(t)
			}
		})
	}
}

func far(int) int64            { return huge }
func exact(size int) int64     { return int64(max(size, 1)) }
func whole(b []byte) io.Reader { return bytes.NewReader(b) }

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

// kindsOfBucket returns one kind of bucket, or both with UPLOAD_TEST_LONG=1. On real servers the
// suites run with both each time.
func kindsOfBucket() map[string]setup {
	all := map[string]setup{"plain": {tcp: true}, "versioned": {tcp: true, versioned: true}}
	for name, with := range all {
		if rounds.Of(1, 2) == 1 {
			return map[string]setup{name: with}
		}
	}
	return all
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, with := range kindsOfBucket() {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storage.Storage { return audited{newFixture(t, with)} })
		})
	}
}

// TestDirectConformance omits what a fake that checks no signature lets through.
func TestDirectConformance(t *testing.T) {
	t.Parallel()
	for name, with := range kindsOfBucket() {
		with.Profile.NoForms = true
		t.Run(name, func(t *testing.T) {
			storetest.RunDirect(t, func(t *testing.T) storage.DirectStorage { return audited{newFixture(t, with)} },
				"a refused request", "expired requests", "refuses other PUTs", "refuses other parts")
		})
	}
}

// audited lets the suite see what is left that no reader sees.
type audited struct{ *fixture }

func (a audited) Leftovers(context.Context) ([]string, error) {
	var left []string
	if n := a.fake.OpenUploads(); n > 0 {
		left = append(left, fmt.Sprintf("%d open uploads", n))
	}
	for _, key := range a.fake.Keys() {
		if a.fake.Get(key) == nil {
			left = append(left, "hidden versions of "+key)
		}
	}
	if used, _ := a.Memory(); used > 0 {
		left = append(left, fmt.Sprintf("%d bytes reserved", used))
	}
	return left, nil
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

		got, stored := uploadtest.Stored(t, f, obj.Key)
		require.Equal(t, digest(body), digest(got))
		require.Equal(t, storage.Stored{
			Type: "image/png", Name: obj.Name, Size: int64(size),
			ETag: f.fake.Get(obj.Key).ETag(), Nonce: h.Get("X-Amz-Meta-Upload-Nonce"), SHA256: h.Get("X-Amz-Meta-Sha256"),
		}, stored)
	}
}

// TestStagedClass checks that what is read again before it is published is not archived.
func TestStagedClass(t *testing.T) {
	f := newFixture(t, setup{Options: s3store.Options{StorageClass: "GLACIER"}})
	classes := map[string]string{}
	f.publish(t, "upload-staging/x.ticket", randomBytes(100))
	body := randomBytes(part + 1)
	film := f.stageFilm(t, body)
	for _, key := range f.fake.Keys() {
		require.Contains(t, key, "upload-staging/")
		classes[key] = f.fake.Get(key).Header.Get("X-Amz-Storage-Class")
	}
	require.Len(t, classes, 2)
	for key, class := range classes {
		require.Empty(t, class, key)
	}
	require.NoError(t, film.Commit(t.Context()))
	require.Equal(t, "GLACIER", f.fake.Get("films/k").Header.Get("X-Amz-Storage-Class"))
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
