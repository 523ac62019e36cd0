package s3bucket_test

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestCheckFollowsNoRedirect checks that the answer to a form from another location, on the same
// host or another, says nothing about the service.
func TestCheckFollowsNoRedirect(t *testing.T) {
	var asked atomic.Int32
	portal := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	t.Cleanup(portal.Close)
	clients := map[string]s3.HTTPClient{"the SDK's": nil, "net/http's": http.DefaultClient, "one that follows": follower{http.DefaultClient}}
	takesTurn := rounds.Turns(5)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{portal.URL, ""} {
			for _, name := range slices.Sorted(maps.Keys(clients)) {
				if !takesTurn() {
					continue
				}
				c := clients[name]
				t.Run(fmt.Sprintf("%d to %q by %s", status, to, name), func(t *testing.T) {
					svc, _ := newService(t, s3store.Options{}, s3bucket.Layout{}, nil)
					mux := http.NewServeMux()
					mux.Handle("/", svc)
					mux.Handle("/elsewhere/", portal.Config.Handler)
					server := httptest.NewServer(mux)
					t.Cleanup(server.Close)
					bucket := bucketOf(t, client(server.URL, with(c)), s3store.Options{}, layout())
					svc.Inject(http.MethodPost, forEver, s3fake.Redirect(status, cmp.Or(to, "/elsewhere")))
					asked.Store(0)
					got := finding(t, bucket.Check(t.Context()), s3bucket.TopicForms)
					require.Equal(t, s3bucket.StateCannotTell, got.State, got.Explanation)
					if name != "one that follows" {
						require.Zero(t, asked.Load(), "the request went to another address")
					}
					requireClean(t, svc)
				})
			}
		}
	}
}
