package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// locked returns a bucket whose objects cannot be removed if their keys begin with "p/locked".
func (s *swept) locked() oddLister {
	return oddLister{swept: s, remove: func(ctx context.Context, o storage.ListedObject) error {
		if strings.HasPrefix(o.Key, "p/locked") {
			return errors.New("object lock")
		}
		return s.RemoveListed(ctx, o)
	}}
}

// putMany puts many objects for each of keys, under that key and a number of four digits.
func (s *swept) putMany(t *testing.T, many int, keys ...string) {
	t.Helper()
	for _, key := range keys {
		for i := range many {
			s.put(t, "x", fmt.Sprintf("%s%04d", key, i))
		}
	}
}

// TestSweepPassesWhatStays checks that a run continues after a page of objects that cannot be
// removed, however low MaxRemovals is.
func TestSweepPassesWhatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.putMany(t, 1000, "p/locked")
		s.put(t, "x", "p/z1", "p/z2", "p/z3")
		time.Sleep(grace + 1)
		got, err := s.sweeper(t, s.locked(), nil, sweep.Options{Remove: true, MaxRemovals: 3}).Run(t.Context(), "")
		require.ErrorContains(t, err, "1000 of 1003 orphans could not be removed, the first: object lock")
		require.NotErrorIs(t, err, sweep.ErrLimit)
		require.Equal(t, sweep.Report{Seen: 1003, Orphaned: 1003, Removed: 3, Failed: 1000, Bytes: 3}, got)
		require.Len(t, s.Keys(), 1000)
	})
}

// TestSweepLimitOfFailures checks that a run ends after the page on which MaxFailures removals have
// failed, and that the next run continues after that page.
func TestSweepLimitOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.putMany(t, 1500, "p/locked")
		s.put(t, "x", "p/z1", "p/z2", "p/z3")
		time.Sleep(grace + 1)
		sweeper := s.sweeper(t, s.locked(), nil, sweep.Options{Remove: true, MaxFailures: 10, Rate: 1000})
		got, err := sweeper.Run(t.Context(), "")
		require.ErrorIs(t, err, sweep.ErrFailures)
		require.ErrorContains(t, err, "object lock")
		require.Equal(t, sweep.Report{Seen: 1000, Orphaned: 1000, Failed: 1000, Cursor: "objects:p%2F:p%2Flocked0999"}, got)
		got, err = sweeper.Run(t.Context(), got.Cursor)
		require.ErrorIs(t, err, sweep.ErrFailures)
		require.Equal(t, 3, got.Removed, "on the page of those that failed")
		got, err = sweeper.Run(t.Context(), got.Cursor)
		require.NoError(t, err)
		require.Empty(t, got.Cursor)
		require.Len(t, s.Keys(), 1500)
	})
}

// TestSweepFailuresAtTheEnd checks that MaxFailures is not checked after the last page.
func TestSweepFailuresAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.putMany(t, 20, "p/upload-staging/")
		time.Sleep(grace + 1)
		odd := oddLister{swept: s, remove: func(context.Context, storage.ListedObject) error { return errors.New("denied") }}
		objects := struct{ storage.Lister }{odd} // no page of uploads follows
		got, err := s.sweeper(t, objects, nil, sweep.Options{Remove: true, MaxFailures: 10}).Run(t.Context(), "")
		require.ErrorContains(t, err, "20 of 20")
		require.NotErrorIs(t, err, sweep.ErrFailures)
		require.Empty(t, got.Cursor)
	})
}

// TestSweepAnswersAge checks that no removal begins more than ten seconds after the answer of
// Referenced that allows it, however slow removals are. A row that is added before a later answer
// keeps its file.
func TestSweepAnswersAge(t *testing.T) {
	for _, row := range []struct {
		name  string
		opts  sweep.Options
		takes time.Duration // one removal
		asks  int           // at least
	}{
		{"default", sweep.Options{}, 0, 3},
		{"one a second", sweep.Options{Rate: 1, BatchSize: 1000}, 0, 100},
		{"many a second, slow removals", sweep.Options{Rate: 1000, BatchSize: 1000}, 3 * time.Second, 250},
		{"removals that take longer than an answer lasts", sweep.Options{Rate: 1000, BatchSize: 1000}, 30 * time.Second, 1000},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.putMany(t, 1000, "p/")
				time.Sleep(grace + 1)
				var answered time.Time
				asks, oldest := 0, time.Duration(0)
				ask := func(ctx context.Context, keys []string) ([]string, error) {
					asks++
					answer, err := s.ask(ctx, keys)
					time.Sleep(20 * time.Second) // a slow database
					answered = time.Now()
					return answer, err
				}
				odd := oddLister{swept: s, remove: func(ctx context.Context, o storage.ListedObject) error {
					oldest = max(oldest, time.Since(answered))
					time.Sleep(row.takes)
					s.referenced["p/0999"] = o.Key >= "p/0500" || s.referenced["p/0999"]
					return s.RemoveListed(ctx, o)
				}}
				row.opts.Remove = true
				got, err := s.sweeper(t, odd, ask, row.opts).Run(t.Context(), "")
				require.NoError(t, err)
				require.LessOrEqual(t, oldest, 10*time.Second)
				require.GreaterOrEqual(t, asks, row.asks)
				if row.opts.Rate != 0 {
					require.Equal(t, []string{"p/0999"}, s.Keys())
					require.Equal(t, sweep.Report{Seen: 1000, Kept: 1, Orphaned: 999, Removed: 999, Bytes: 999}, got)
				}
			})
		})
	}
}
