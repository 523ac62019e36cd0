package integration_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestPartsOfStore checks that the server accepts the parts that a store sends without the SDK,
// over http and over https. A proxy receives them, and passes them on over http. Parts of 2 MiB and
// more have Expect: 100-continue. The store copies the SDK's request for the first part. So it
// sends all parts of the second file itself.
func TestPartsOfStore(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, _ := newStageBehind(t, false, s3store.Options{}, serve)
			o := st.store.Client().Options()
			wire := &ownParts{client: o.HTTPClient}
			o.HTTPClient = wire
			opts := st.store.Options()
			store, err := s3store.New(s3.New(o), st.bucket.Name, &opts)
			require.NoError(t, err)
			content := client.PNG(2*part + mib)
			for _, key := range []string{"first", "second"} {
				wire.accepted.Store(0)
				staged, err := store.Stage(t.Context(), storage.Object{Key: key, Type: "image/png", Name: "a.png", MaxSize: 64 * mib}, content.Open())
				require.NoError(t, err)
				require.NoError(t, staged.Commit(t.Context()))
				digest, _ := st.bucket.SHA256(t, key)
				require.Equal(t, content.SHA256(), digest)
			}
			require.Equal(t, int64(3), wire.accepted.Load(), "all parts of the second file")
		})
	}
}

// ownParts counts the parts that the server has accepted and the SDK has not sent.
type ownParts struct {
	client   s3.HTTPClient
	accepted atomic.Int64
}

func (p *ownParts) Do(r *http.Request) (*http.Response, error) {
	answer, err := p.client.Do(r)
	if err == nil && answer.StatusCode == http.StatusOK && r.URL.Query().Has("partNumber") && v4.GetPayloadHash(r.Context()) == "" {
		p.accepted.Add(1)
	}
	return answer, err
}
