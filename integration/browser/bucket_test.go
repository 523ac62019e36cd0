package browser

import (
	"crypto/tls"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
)

// bucket is a place on the S3 server.
type bucket struct {
	*s3store.Store
	*s3test.Bucket
}

// openBucket makes a bucket whose store signs for address. The returned handler forwards requests
// to the server with their Host, which the signature covers.
func openBucket(t *testing.T, origin, address string) (place, http.Handler) {
	t.Helper()
	b := s3test.NewBucket(t, false)
	b.LetIn(t, origin)
	signer, _ := s3test.Get().Client(address)
	profile := s3test.Get().Profile()
	// Uppy 6 does not send the guard's field with parts. On versitygw no guard is needed: it
	// refuses fields that are not signed.
	profile.InsecureNoCopyGuard = s3test.Get().Software == s3test.VersityGW
	store, err := s3store.New(b.Client, b.Name, &s3store.Options{Profile: profile, Signer: signer, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)

	upstream, err := url.Parse(s3test.Get().Endpoint)
	require.NoError(t, err)
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the certificate of a test
	t.Cleanup(transport.CloseIdleConnections)
	return bucket{store, b}, &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(upstream)
			r.Out.Host = r.In.Host
		},
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0), // pages abort requests
	}
}

func (b bucket) keys(t *testing.T) (keys []string) {
	t.Helper()
	for _, v := range b.Versions(t.Context(), t) {
		keys = append(keys, v.Key)
	}
	return keys
}

func (b bucket) unfinished(t *testing.T) int {
	t.Helper()
	return len(b.Uploads(t.Context(), t))
}
