package s3store_test

import (
	"bytes"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
)

// TestUploadsThatComeBack checks that the store aborts an upload each time a busy service opens it
// again, because a part arrives within a second after the abort.
func TestUploadsThatComeBack(t *testing.T) {
	for _, row := range []struct {
		name string
		late []time.Duration // the delays after which an abort is undone
	}{
		{"never", nil},
		{"at once", []time.Duration{0}},
		{"after 50 ms", []time.Duration{50 * time.Millisecond}},
		{"after 300 ms", []time.Duration{300 * time.Millisecond}},
		{"after 450 ms", []time.Duration{450 * time.Millisecond}},
		{"twice", []time.Duration{50 * time.Millisecond, 300 * time.Millisecond}},
		{"twice, late", []time.Duration{300 * time.Millisecond, time.Second}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject("UploadPart", forEver, s3fake.Drop)
			var revived atomic.Int32
			for _, late := range row.late {
				f.fake.Inject("AbortMultipartUpload", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					serve(w, r)
					id := r.URL.Query().Get("uploadId")
					time.AfterFunc(late, func() {
						if f.fake.Revive(id) {
							revived.Add(1)
						}
					})
				})
			}
			_, err := f.Stage(t.Context(), object("k", huge), bytes.NewReader(randomBytes(large)))
			require.Error(t, err)
			time.Sleep(time.Minute)
			require.EqualValues(t, len(row.late), revived.Load())
			f.requireNothing(t)
		})
	}
}
