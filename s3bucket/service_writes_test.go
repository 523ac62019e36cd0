package s3bucket_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// writes are the operations of Stage and Commit.
var writes = []string{"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}

// header returns the header fields that the store sets, with "any" for those that depend on the
// content, the time or a signature.
func header(r *http.Request) map[string]string {
	said := map[string]string{}
	for name, values := range r.Header {
		switch {
		case strings.HasPrefix(name, "X-Amz-Meta-"), strings.HasPrefix(name, "X-Amz-Checksum-Crc32"), name == "X-Amz-Content-Sha256", name == "X-Amz-Date":
			said[name] = "any"
		case strings.HasPrefix(name, "X-Amz-"), name == "Content-Type", name == "Content-Disposition", name == "Cache-Control", name == "If-None-Match":
			said[name] = values[0]
		}
	}
	return said
}

// TestProbesWriteAsTheStoreDoes checks that the last write of each operation in Verify has the
// header fields of the store's.
func TestProbesWriteAsTheStoreDoes(t *testing.T) {
	for name, profile := range map[string]s3store.Profile{
		"zero": {}, "PUT": {InsecureUnconditionalPut: true}, "checksums": {ChecksumsWhenRequired: true}, "MinIO": s3store.MinIO(),
	} {
		for also, opts := range map[string]s3store.Options{"": {}, " and everything": everything} {
			t.Run(name+also, func(t *testing.T) {
				opts.Profile = profile
				svc, bucket := newService(t, opts, s3bucket.Layout{}, nil)
				var mu sync.Mutex                      // parts arrive concurrently
				seen := map[string]map[string]string{} // of the last request of each operation
				for _, call := range writes {
					svc.Inject(call, forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
						mu.Lock()
						seen[call] = header(r)
						mu.Unlock()
						serve(w, r)
					})
				}
				bucket.Verify(t.Context())
				probed := seen
				seen = map[string]map[string]string{}

				store := storeOf(t, client(svc.url), opts)
				for key, size := range map[string]int{"small": 10, "large": 5<<20 + 1} {
					staged, err := store.Stage(t.Context(), storage.Object{Key: key, Type: "text/plain", Name: "upload-probe", MaxSize: 6 << 20}, bytes.NewReader(make([]byte, size)))
					require.NoError(t, err)
					require.NoError(t, staged.Commit(t.Context()))
				}
				for _, call := range writes {
					require.Contains(t, probed, call)
					require.Equal(t, seen[call], probed[call], call)
				}
			})
		}
	}
}
