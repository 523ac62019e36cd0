package sweep_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/sweep"
)

// numbered returns the keys of n objects, numbered from first.
func numbered(first, n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprintf("p/%06d", first+i))
	}
	return keys
}

// every makes the first key and each nth after it a referenced one.
func (s *swept) every(nth int, keys []string) {
	for i, key := range keys {
		if i%nth == 0 {
			s.referenced[key] = true
		}
	}
}

// TestSweepShare checks which shares of an answer are refused, and that then none of its objects is
// removed.
func TestSweepShare(t *testing.T) {
	nothing := func(context.Context, []string) ([]string, error) { return nil, nil }
	for _, row := range []struct {
		name     string
		fill     func(t *testing.T, s *swept)
		young    func(t *testing.T, s *swept) // adds objects once the first are old
		ask      sweep.Referenced             // default: s.ask
		maxShare float64                      // 0: the default
		cursor   string
		want     sweep.Report
		text     string // of the error
	}{
		{
			name: "an empty answer", ask: nothing,
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 2500)...) },
			want: sweep.Report{Seen: 1000}, text: `leaves out 1000 of the 1000 objects that it was asked about up to the key "p/000999", and MaxShare is 0.25`,
		},
		{
			name: "an empty answer and nearly any share", ask: nothing, maxShare: 0.999999,
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 2500)...) },
			want: sweep.Report{Seen: 1000}, text: "1000 of the 1000",
		},
		{
			name: "an empty answer about one object", ask: nothing, maxShare: 0.999999,
			fill: func(t *testing.T, s *swept) { s.put(t, "x", "p/1") },
			want: sweep.Report{Seen: 1}, text: "1 of the 1",
		},
		{
			name: "one of two tables, mixed",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1000)...); s.every(2, numbered(0, 1000)) },
			want: sweep.Report{Seen: 1000, Kept: 500}, text: "500 of the 1000",
		},
		{
			name: "one of two tables, one after the other",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 9000)...); s.every(1, numbered(0, 6000)) },
			want: sweep.Report{Seen: 7000, Kept: 6000, Cursor: "objects:p%2F:p%2F005999"}, text: "1000 of the 1000",
		},
		{
			name: "a list that broke off in the middle of a page",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 3000)...); s.every(1, numbered(0, 1500)) },
			want: sweep.Report{Seen: 2000, Kept: 1500, Cursor: "objects:p%2F:p%2F000999"}, text: "500 of the 1000",
		},
		{
			name: "exactly the share",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1000)...); s.every(1, numbered(250, 750)) },
			want: sweep.Report{Seen: 1000, Kept: 750, Orphaned: 250, Removed: 250, Bytes: 250},
		},
		{
			name: "one more",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1000)...); s.every(1, numbered(251, 749)) },
			want: sweep.Report{Seen: 1000, Kept: 749}, text: "251 of the 1000",
		},
		{
			name: "a share that was chosen", maxShare: 0.5,
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1000)...); s.every(2, numbered(0, 1000)) },
			want: sweep.Report{Seen: 1000, Kept: 500, Orphaned: 500, Removed: 500, Bytes: 500},
		},
		{
			name: "a small bucket",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 4)...); s.every(1, numbered(1, 3)) },
			want: sweep.Report{Seen: 4, Kept: 3, Orphaned: 1, Removed: 1, Bytes: 1},
		},
		{
			name: "few old objects among young ones, the orphans first",
			fill: func(t *testing.T, s *swept) {
				for page := range 5 {
					s.put(t, "x", numbered(page*1000, 4)...)
				}
				s.every(1, numbered(1000, 4000))
			},
			young: func(t *testing.T, s *swept) {
				for page := range 5 {
					s.put(t, "y", numbered(page*1000+4, 996)...)
				}
			},
			want: sweep.Report{Seen: 5000, Young: 4980, Kept: 16, Orphaned: 4, Removed: 4, Bytes: 4},
		},
		{
			name: "orphans on the last page alone",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1010)...); s.every(1, numbered(0, 1000)) },
			want: sweep.Report{Seen: 1010, Kept: 1000, Orphaned: 10, Removed: 10, Bytes: 10},
		},
		{
			name: "the same from a cursor, without a page before", cursor: "objects:p%2F:p%2F000999",
			fill: func(t *testing.T, s *swept) { s.put(t, "x", numbered(0, 1010)...); s.every(1, numbered(0, 1000)) },
			want: sweep.Report{Seen: 10, Cursor: "objects:p%2F:p%2F000999"}, text: "10 of the 10",
		},
		{
			name: "objects that are never asked about",
			fill: func(t *testing.T, s *swept) {
				s.put(t, "x", "p/1")
				s.every(1, []string{"p/1"})
				s.put(t, "x", "p/upload-staging/1", "p/upload-staging/2", "p//foreign", "p//foreign2")
				s.open(t, "p/2")
				s.open(t, "p/upload-staging/3")
			},
			want: sweep.Report{Seen: 7, Foreign: 2, Kept: 1, Orphaned: 4, Removed: 4, Bytes: 2},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				row.fill(t, s)
				time.Sleep(grace + 1)
				if row.young != nil {
					row.young(t, s)
				}
				before := s.Keys()
				opts := sweep.Options{Prefix: "p", Remove: true, MaxShare: row.maxShare, Rate: 1_000_000, Logger: slog.New(slog.DiscardHandler)}
				ask := row.ask
				if ask == nil {
					ask = s.ask
				}
				sweeper, err := sweep.New(s, ask, &opts)
				require.NoError(t, err)
				got, err := sweeper.Run(t.Context(), row.cursor)
				require.Equal(t, row.want, got)
				if row.text == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, sweep.ErrShare)
				require.ErrorContains(t, err, row.text)
				require.ErrorContains(t, err, "AllowAnyShare")
				require.Equal(t, before, s.Keys(), "something was removed")
			})
		})
	}
}

// TestSweepShareOfDryRun checks that a dry run continues, reports everything, and ends with the
// error of the first share that was too large.
func TestSweepShareOfDryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", numbered(0, 3000)...)
		s.every(1, numbered(0, 1000))
		time.Sleep(grace + 1)
		got, err := s.sweeper(t, nil, nil, sweep.Options{MaxShare: 0.25}).Run(t.Context(), "")
		require.ErrorIs(t, err, sweep.ErrShare)
		require.ErrorContains(t, err, `1000 of the 1000 objects that it was asked about up to the key "p/001999"`)
		require.Equal(t, sweep.Report{Seen: 3000, Kept: 1000, Orphaned: 2000, Bytes: 2000}, got)
		require.Len(t, s.findings, 2000)
		require.Len(t, s.Keys(), 3000)
	})
}

// TestSweepShareBeforeYoungObjects checks that a dry run ends with its error also if all objects on
// the last page are young.
func TestSweepShareBeforeYoungObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", numbered(0, 1000)...)
		time.Sleep(grace + 1)
		s.put(t, "x", numbered(1000, 5)...)
		got, err := s.sweeper(t, nil, nil, sweep.Options{MaxShare: 0.25}).Run(t.Context(), "")
		require.ErrorIs(t, err, sweep.ErrShare)
		require.ErrorContains(t, err, "1000 of the 1000")
		require.Equal(t, 1000, got.Orphaned)
	})
}

// TestSweepAnyShare sweeps a bucket in which everything is really orphaned: without MaxShare,
// sweeper sets AllowAnyShare.
func TestSweepAnyShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", numbered(0, 3000)...)
		time.Sleep(grace + 1)
		got, err := s.sweeper(t, nil, nil, sweep.Options{Remove: true, Rate: 1_000_000}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, 3000, got.Removed)
		require.Empty(t, s.Keys())
	})
}

// TestSweepWrongFromTheMiddleOn checks that answers that become empty while the sweep runs cost
// no objects: a group is measured by its own share, not by that of the run.
func TestSweepWrongFromTheMiddleOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", numbered(0, 20_000)...)
		s.every(1, numbered(0, 20_000))
		time.Sleep(grace + 1)
		ask := func(ctx context.Context, keys []string) ([]string, error) {
			if keys[0] >= "p/010000" {
				return nil, nil // the replica was emptied
			}
			return s.ask(ctx, keys)
		}
		got, err := s.sweeper(t, nil, ask, sweep.Options{Remove: true, MaxShare: 0.25}).Run(t.Context(), "")
		require.ErrorIs(t, err, sweep.ErrShare)
		require.Zero(t, got.Removed)
		require.Len(t, s.Keys(), 20_000)
	})
}

// TestSweepCursorWaits checks that the cursor waits for pending objects, so that a run that
// continues from it leaves nothing out.
func TestSweepCursorWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		for page := range 4 {
			s.put(t, "x", numbered(page*1000, 300)...)
		}
		s.every(1, numbered(1, 3300))
		time.Sleep(grace + 1)
		for page := range 4 {
			s.put(t, "x", numbered(page*1000+300, 700)...)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stop := func(_ context.Context, r sweep.Report) error {
			s.cursors = append(s.cursors, r.Cursor)
			cancel()
			return nil
		}
		first, err := s.sweeper(t, nil, nil, sweep.Options{Remove: true, Progress: stop}).Run(ctx, "")
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, first.Removed)
		_, err = s.sweeper(t, nil, nil, sweep.Options{Remove: true}).Run(t.Context(), first.Cursor)
		require.NoError(t, err)
		require.Equal(t, []string{"", "", "objects:p%2F:p%2F001999", "objects:p%2F:p%2F001999", "uploads:p%2F:", ""}, s.cursors)
		require.NotContains(t, s.Keys(), "p/000000")
		require.Len(t, s.Keys(), 3999)
	})
}
