package integration_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const (
	mib  = 1 << 20
	part = 5 * mib // of a multipart upload, by default

	// patience is the longest that an operation may take, on a busy machine. It is shorter than
	// three calls to S3 that each last for the default CallTimeout, a minute.
	patience = 2 * time.Minute
)

func TestMain(m *testing.M) {
	rounds.Spread = true
	if !fullPages {
		partsize.Listed = page
	}
	s3test.Main(m)
}

// stage is a bucket, a store for it, and a function that closes the store's idle connections before
// goroutines are counted.
type stage struct {
	bucket    *s3test.Bucket
	store     *s3store.Store
	closeIdle func()
}

func newStage(t testing.TB, versioned bool, opts s3store.Options) *stage {
	t.Helper()
	return newStageAt(t, versioned, s3test.Get().Endpoint, opts)
}

// newStageAt makes a bucket, and a store that reaches the server at endpoint, which may be a
// proxy's.
func newStageAt(t testing.TB, versioned bool, endpoint string, opts s3store.Options) *stage {
	t.Helper()
	b := s3test.NewBucket(t, versioned)
	c, closeIdle := s3test.Get().Client(endpoint)
	t.Cleanup(closeIdle)
	opts.Logger = slog.New(slog.DiscardHandler)
	if opts.Profile == (s3store.Profile{}) {
		opts.Profile = s3test.Get().Profile()
	}
	store, err := s3store.New(c, b.Name, &opts)
	require.NoError(t, err)
	return &stage{bucket: b, store: store, closeIdle: closeIdle}
}

// lookAfter returns the s3bucket.Bucket of a store, for an application with that layout.
func lookAfter(t testing.TB, store *s3store.Store, layout s3bucket.Layout) *s3bucket.Bucket {
	t.Helper()
	bucket, err := s3bucket.New(store, layout)
	require.NoError(t, err)
	return bucket
}

// eitherBucket returns kinds of buckets by name, with whether they have versions: both in long
// runs, and otherwise one of them by chance.
func eitherBucket() map[string]bool {
	both := map[string]bool{"plain": false, "versioned": true}
	for name := range both {
		if rounds.Of(1, 2) == 1 {
			delete(both, name)
		}
		break
	}
	return both
}

// newFaultyStage puts a fault proxy between the store and the server.
func newFaultyStage(t testing.TB, versioned bool, opts s3store.Options) (*stage, *faultproxy.Proxy) {
	t.Helper()
	return newStageBehind(t, versioned, opts, httptest.NewServer)
}

// newTLSStage is newFaultyStage without versions, where the store uses TLS. Over TLS the SDK signs
// bodies differently.
func newTLSStage(t testing.TB, opts s3store.Options) (*stage, *faultproxy.Proxy) {
	t.Helper()
	return newStageBehind(t, false, opts, httptest.NewTLSServer)
}

func newStageBehind(t testing.TB, versioned bool, opts s3store.Options, serve func(http.Handler) *httptest.Server) (*stage, *faultproxy.Proxy) {
	t.Helper()
	u, err := url.Parse(s3test.Get().Endpoint)
	require.NoError(t, err)
	proxy := faultproxy.New(u)
	s := serve(proxy)
	t.Cleanup(func() {
		proxy.Release()
		s.CloseClientConnections()
		s.Close()
	})
	return newStageAt(t, versioned, s.URL, opts), proxy
}

// upTo is a form of up to n pictures and plain texts.
func upTo(n int) upload.Form {
	return upload.Form{"file": {Accept: upload.Types("image/png", "text/plain"), MaxFiles: n}}
}

// newHandler accepts what policy accepts, or one picture or plain text if none is given. Files may
// have 64 MiB unless opts sets another limit.
func newHandler(t testing.TB, store storage.Storage, opts upload.Options, policy ...upload.Validator) *upload.Handler {
	t.Helper()
	opts.Logger = slog.New(slog.DiscardHandler)
	if opts.MaxFileSize == 0 {
		opts.MaxFileSize = 64 * mib
	}
	if len(policy) == 0 {
		policy = []upload.Validator{upTo(1)}
	}
	h, err := upload.New(store, upload.All(policy...), upload.AllowAnonymous, &opts)
	require.NoError(t, err)
	return h
}

func post(t testing.TB, s *host.Server, f client.Form, chunked bool) *client.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	a, err := client.Post(ctx, s.Client(), s.URL, f, chunked)
	require.NoError(t, err)
	return a
}

// requireStored fails the test unless the bucket holds exactly that content under that key, and
// nothing else.
func requireStored(t testing.TB, b *s3test.Bucket, key string, c client.Content) {
	t.Helper()
	digest, size := b.SHA256(t, key)
	require.Equal(t, c.Size, size)
	require.Equal(t, c.SHA256(), digest)
	require.Len(t, b.Versions(t.Context(), t), 1)
	require.Empty(t, b.Uploads(t.Context(), t))
}
