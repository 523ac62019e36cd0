package s3store_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// TestCopiesAtATime checks how many ranges S3 copies at once, and what ends all of them.
func TestCopiesAtATime(t *testing.T) {
	const most, ranges = 16, 20
	stop := errors.New("stopped")
	for name, row := range map[string]struct {
		first s3fake.Fault // of the range that begins the object, once as many as possible are copied
		stop  bool         // the caller's context ends then
		err   string       // "" for none
	}{
		"all succeed":        {},
		"one is denied":      {first: denied, err: "AccessDenied"},
		"one always fails":   {first: fail500, err: "InternalError"},
		"the object changes": {first: s3fake.Answer(412, "PreconditionFailed"), err: "changed"},
		"the caller stops":   {first: s3fake.Stall, stop: true, err: stop.Error()},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			s3store.SetMaxCopy(f.Store, part)
			body := randomBytes(ranges * part)
			p := f.promotion(body)
			p.SHA256 = ""
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			goOn := make(chan struct{})
			f.fake.Inject("UploadPartCopy", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
				select {
				case <-goOn:
				case <-r.Context().Done():
				}
				switch first := strings.HasPrefix(r.Header.Get("X-Amz-Copy-Source-Range"), "bytes=0-"); {
				case row.first == nil:
					serve(w, r)
				case first:
					row.first(w, r, serve)
				default:
					s3fake.Stall(w, r, serve)
				}
			})
			done := make(chan error, 1)
			go func() { done <- f.Promote(ctx, p) }()
			synctest.Wait()
			require.Equal(t, most, f.fake.Calls("UploadPartCopy"))
			close(goOn)
			if row.stop {
				cancel(stop)
			}
			begun := time.Now()
			err := <-done
			f.requireIdle(t)
			if row.err == "" {
				require.NoError(t, err)
				require.Equal(t, ranges, f.fake.Calls("UploadPartCopy"))
				f.requireStored(t, "k", body)
				return
			}
			require.ErrorContains(t, err, row.err)
			require.Less(t, time.Since(begun), 10*time.Second, "it waited for those that stall")
			require.Nil(t, f.fake.Get("k"))
		})
	}
}

// TestCopiesEndByThemselves checks that copies which run when another one fails are not given up at
// once: a service would go on with them, and might reopen the upload that is aborted meanwhile.
func TestCopiesEndByThemselves(t *testing.T) {
	bubble(t, "a source is gone", func(t *testing.T) {
		f := newFixture(t, setup{})
		p, _ := f.sources(randomBytes(4 * part))
		require.NoError(t, f.Delete(t.Context(), p.Sources[1].Key))
		var ended, cut atomic.Int32
		f.fake.Inject("UploadPartCopy", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Copy-Source"), "/1") {
				serve(w, r)
				return
			}
			select {
			case <-time.After(2 * time.Second):
				ended.Add(1)
				serve(w, r)
			case <-r.Context().Done():
				cut.Add(1)
			}
		})
		require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
		require.EqualValues(t, 3, ended.Load())
		require.Zero(t, cut.Load())
		require.Nil(t, f.fake.Get("k"))
		f.requireIdle(t)
	})
}
