package s3store_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/sweep"
)

// TestSweepOfManyUploads checks that one run removes all uploads of a key that has more than a page
// holds, and gets past those that cannot be aborted.
func TestSweepOfManyUploads(t *testing.T) {
	for _, row := range []struct {
		name       string
		old        int
		young      bool // another upload of the key
		fault      s3fake.Fault
		failed     int
		left       int
		seenAtMost int
	}{
		{"250 uploads of a key", 250, false, nil, 0, 0, 251},
		{"and a young one", 250, true, nil, 0, 1, 252},
		{"that cannot be aborted", 150, false, denied, 100, 150, 101},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.PageSize = 100
			for range row.old {
				begin(t, f.fake, "p/a")
			}
			begin(t, f.fake, "p/b")
			f.fake.Age(9 * day)
			if row.young {
				begin(t, f.fake, "p/a")
			}
			if row.fault != nil {
				f.fake.Inject("AbortMultipartUpload", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
					if r.URL.Path == "/bucket/p/a" {
						row.fault(w, r, serve)
						return
					}
					serve(w, r)
				})
			}
			nobody := func(context.Context, []string) ([]string, error) { return nil, nil }
			s, err := sweep.New(f, nobody, &sweep.Options{
				Prefix: "p/", Remove: true, Rate: 1_000_000, Logger: slog.New(slog.DiscardHandler),
			})
			require.NoError(t, err)
			got, err := s.Run(t.Context(), "")
			if row.failed == 0 {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, "could not be removed")
				require.NotErrorIs(t, err, sweep.ErrFailures)
			}
			require.Equal(t, row.failed, got.Failed)
			require.Equal(t, row.left, f.fake.OpenUploads())
			require.LessOrEqual(t, got.Seen, row.seenAtMost)
			require.Empty(t, got.Cursor)
		})
	}
}
