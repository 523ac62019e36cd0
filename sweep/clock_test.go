package sweep_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/sweep"
)

// TestSweepClock checks that the storage's clock may differ by an hour from the process's, and that
// the earlier of both counts. s3store.TestSweepClocks checks clocks over HTTP.
func TestSweepClock(t *testing.T) {
	for _, row := range []struct {
		name    string
		ahead   time.Duration // of the storage's clock
		none    bool          // the pages have no time
		age     time.Duration // of the objects, by the process's clock
		removed bool
		text    string
	}{
		{name: "no time", none: true, age: 2 * grace, text: "Date header"},
		{name: "an hour fast", ahead: time.Hour, age: grace + 1, removed: true},
		{name: "an hour fast, young by the process's clock", ahead: time.Hour, age: grace},
		{name: "an hour slow", ahead: -time.Hour, age: grace + time.Hour + 1, removed: true},
		{name: "an hour slow, young by the storage's clock", ahead: -time.Hour, age: grace + time.Hour},
		{name: "more than an hour fast", ahead: time.Hour + 1, age: 2 * grace, text: "set the clock that is wrong"},
		{name: "more than an hour slow", ahead: -time.Hour - 1, age: 2 * grace, text: "set the clock that is wrong"},
		{name: "nine days fast", ahead: 9 * 24 * time.Hour, age: 2 * grace, text: "set the clock that is wrong"},
		{name: "nine days slow", ahead: -9 * 24 * time.Hour, age: 2 * grace, text: "set the clock that is wrong"},
		{name: "250 years slow", ahead: -250 * 365 * 24 * time.Hour, age: 2 * grace, text: "set the clock that is wrong"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.put(t, "x", "p/1")
				s.open(t, "p/2")
				time.Sleep(row.age)
				odd := oddLister{swept: s, list: func(page *objectPage) error {
					page.Time = page.Time.Add(row.ahead)
					if row.none {
						page.Time = time.Time{}
					}
					return nil
				}, uploads: func(page *uploadPage) { page.Time = page.Time.Add(row.ahead) }}
				_, err := s.sweeper(t, odd, nil, sweep.Options{Remove: true}).Run(t.Context(), "")
				if row.text == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, row.text)
				}
				require.Equal(t, row.removed, len(s.Keys()) == 0)
				require.Equal(t, row.removed, len(s.openUploads(t)) == 0)
			})
		})
	}
}

// TestSweepClockChanges changes the clock during a run, which the next page detects.
func TestSweepClockChanges(t *testing.T) {
	for _, to := range []time.Duration{9 * 24 * time.Hour, -9 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s := newSwept()
			s.put(t, "x", "p/1")
			s.open(t, "p/2")
			time.Sleep(grace + 1)
			odd := oddLister{swept: s, uploads: func(page *uploadPage) { page.Time = page.Time.Add(to) }}
			got, err := s.sweeper(t, odd, nil, sweep.Options{Remove: true}).Run(t.Context(), "")
			require.ErrorContains(t, err, "set the clock")
			require.Equal(t, sweep.Report{Seen: 1, Orphaned: 1, Removed: 1, Bytes: 1, Cursor: "uploads:p%2F:"}, got)
			require.Len(t, s.openUploads(t), 1)
		})
	}
}

// TestSweepAgesOnce checks that an upload that was young when the run began stays young, however
// long the run takes.
func TestSweepAgesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", "p/1")
		time.Sleep(time.Hour)
		s.open(t, "p/2")
		time.Sleep(grace)
		ask := func(ctx context.Context, keys []string) ([]string, error) {
			time.Sleep(time.Hour)
			return s.ask(ctx, keys)
		}
		got, err := s.sweeper(t, nil, ask, sweep.Options{Remove: true}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, 1, got.Removed)
		require.Len(t, s.openUploads(t), 1)
	})
}

// TestSweepAsOf checks that Grace counts back from a dump of the database. The dump lacks a file
// that was published before it if the file's row was committed after it.
func TestSweepAsOf(t *testing.T) {
	for _, row := range []struct {
		name string
		asOf time.Duration // after the file was published
		left bool
	}{
		{"a dump half an hour after the file", 30 * time.Minute, true},
		{"a dump exactly the grace after the file", grace, true},
		{"a dump the grace and a moment after the file", grace + 1, false},
		{"a dump of the future", 10 * 24 * time.Hour, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.put(t, "x", "p/1")
				asOf := time.Now().Add(row.asOf)
				time.Sleep(grace + time.Hour)
				_, err := s.sweeper(t, nil, nil, sweep.Options{Remove: true, AsOf: asOf}).Run(t.Context(), "")
				require.NoError(t, err)
				require.Equal(t, row.left, len(s.Keys()) == 1)
			})
		})
	}
}
