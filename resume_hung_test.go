package upload_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// hungReads is a storage that opens an object, and then sends nothing until the context of OpenAt
// ends.
type hungReads struct {
	*memstore.Store
	sound atomic.Int64 // how many more objects it sends first
}

func (s *hungReads) OpenAt(ctx context.Context, key, etag string, offset, n int64) (io.ReadCloser, error) {
	r, err := s.Store.OpenAt(ctx, key, etag, offset, n)
	if err == nil && s.sound.Add(-1) < 0 {
		return io.NopCloser(readerFunc(func([]byte) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		})), r.Close()
	}
	return r, err
}

// TestResumeHungReads checks that a request ends even if the storage sends nothing of an object.
// Afterwards the upload continues.
func TestResumeHungReads(t *testing.T) {
	for _, row := range []struct {
		name  string
		size  int
		sound int64
		parts []int // where the first PATCH ends, and the one that hangs
	}{
		{"while the head is judged", 9000, 0, []int{100, 5000}},
		{"while all is read again", 9000, 0, []int{5000, 9000}},
		{"while pieces are merged", 9000, 2, []int{5000, 9000}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &hungReads{Store: &memstore.Store{}}
				store.sound.Store(math.MaxInt64)
				h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(bySubject), quiet())
				require.NoError(t, err)
				resumer, err := upload.NewResumer(h, [][]byte{secret}, nil)
				require.NoError(t, err)
				z := &inProcess{resumer}
				content := strings.Repeat("0123456789", row.size/10)
				at := 0
				patch := func(url string, end int) int {
					return z.do(t.Context(), "PATCH", url, offsetBytes+strconv.Itoa(at), content[at:end]).Code
				}
				url := z.do(t.Context(), "POST", "/files/", "Upload-Length: "+strconv.Itoa(row.size)+"\nUpload-Metadata: "+metadataOf("filename", "a.txt"), "").Header().Get("Location")
				url = "/files/" + url
				require.Equal(t, http.StatusNoContent, patch(url, row.parts[0]))
				at = row.parts[0]
				store.sound.Store(row.sound)
				require.GreaterOrEqual(t, patch(url, row.parts[1]), 500)

				store.sound.Store(math.MaxInt64)
				time.Sleep(5 * time.Minute) // until then the call that hung must have ended
				head := z.do(t.Context(), "HEAD", url, "", "")
				require.Equal(t, http.StatusOK, head.Code)
				at, err = strconv.Atoi(head.Header().Get("Upload-Offset"))
				require.NoError(t, err)
				require.Equal(t, http.StatusNoContent, patch(url, row.size))
			})
		})
	}
}
