package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

type (
	objectPage = storage.ListPage[storage.ListedObject]
	uploadPage = storage.ListPage[storage.ListedUpload]
)

// oddLister is a bucket some of whose methods behave differently.
type oddLister struct {
	*swept
	list    func(page *objectPage) error
	uploads func(page *uploadPage)
	remove  func(ctx context.Context, o storage.ListedObject) error
}

func (s oddLister) ListObjects(ctx context.Context, prefix, after string) (objectPage, error) {
	page, err := s.swept.ListObjects(ctx, prefix, after)
	if s.list != nil {
		err = s.list(&page)
	}
	return page, err
}

func (s oddLister) ListUploads(ctx context.Context, prefix, after string) (uploadPage, error) {
	page, err := s.swept.ListUploads(ctx, prefix, after)
	if s.uploads != nil {
		s.uploads(&page)
	}
	return page, err
}

func (s oddLister) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	if s.remove != nil {
		return s.remove(ctx, o)
	}
	return s.swept.RemoveListed(ctx, o)
}

// TestSweepOfAStoreThatErrs checks that a page that fails, or has an unclear entry, ends the sweep
// before anything on it is removed.
func TestSweepOfAStoreThatErrs(t *testing.T) {
	broken := errors.New("the storage is away")
	dated := func(t time.Time) func(*objectPage) error {
		return func(page *objectPage) error { page.Items[1].Modified = t; return nil }
	}
	for _, row := range []struct {
		name    string
		list    func(page *objectPage) error
		uploads func(page *uploadPage)
		text    string
	}{
		{name: "no list", list: func(*objectPage) error { return broken }, text: "away"},
		{name: "no time", list: dated(time.Time{}), text: "no age"},
		{name: "the epoch", list: dated(time.Unix(0, 0)), text: `"p/2" 1970-01-01, before S3 began`},
		{name: "the day before S3", list: dated(time.Date(2005, time.December, 31, 23, 59, 59, 0, time.UTC)), text: "2005-12-31"},
		{name: "another prefix", list: func(page *objectPage) error { page.Items[1].Key = "q/1"; return nil }, text: `"q/1"`},
		{name: "a prefix's beginning", list: func(page *objectPage) error { page.Items[1].Key = "p2"; return nil }, text: `"p2"`},
		{name: "pages without end", list: func(page *objectPage) error {
			page.Items, page.Next = nil, "p/1"
			return nil
		}, text: "same page"},
		{name: "an upload without a time", uploads: func(page *uploadPage) { page.Items[1].Initiated = time.Time{} }, text: "no age"},
		{name: "an upload of the epoch", uploads: func(page *uploadPage) { page.Items[1].Initiated = time.Unix(0, 0) }, text: "before S3 began"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.put(t, "x", "p/1/upload-staging/1", "p/2", "p2", "q/1")
				s.open(t, "p/upload-staging/1")
				s.open(t, "p/upload-staging/2")
				s.referenced["p/2"] = true
				time.Sleep(grace + 1)
				_, err := s.sweeper(t, oddLister{swept: s, list: row.list, uploads: row.uploads}, nil, sweep.Options{Remove: true}).Run(t.Context(), "")
				require.ErrorContains(t, err, row.text)
				left := []string{"p/1/upload-staging/1", "p/2", "p2", "q/1"}
				if row.uploads != nil {
					left = left[1:] // the objects were swept before
				}
				require.Equal(t, left, s.Keys())
				require.Len(t, s.openUploads(t), 2)
			})
		})
	}
}

// TestSweptTooLate checks that an object stays if it is written again after it was listed.
func TestSweptTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "old", "p/1", "p/2", "p/3")
		time.Sleep(grace + 1)
		ask := func(ctx context.Context, _ []string) ([]string, error) {
			require.NoError(t, s.Delete(ctx, "p/2"))
			s.put(t, "new", "p/2")
			require.NoError(t, s.Delete(ctx, "p/3"))
			return nil, nil
		}
		got, err := s.sweeper(t, nil, ask, sweep.Options{Remove: true}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, sweep.Report{Seen: 3, Orphaned: 3, Removed: 2, Changed: 1, Bytes: 6}, got)
		require.Equal(t, []string{"removed p/1 3", "changed p/2 3", "removed p/3 3"}, s.outcomes())
		require.Equal(t, []string{"p/2"}, s.Keys())
	})
}

// TestSweepGoesOn checks that a run continues after a failed removal, and reports it at the end.
func TestSweepGoesOn(t *testing.T) {
	for _, row := range []struct {
		name string
		fail func() error
	}{
		{"error", func() error { return errors.New("access denied") }},
		{"panic", func() error { panic("access denied") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.put(t, "x", "p/1", "p/2", "p/3")
				time.Sleep(grace + 1)
				odd := oddLister{swept: s, remove: func(ctx context.Context, o storage.ListedObject) error {
					if o.Key == "p/2" {
						return row.fail()
					}
					return s.RemoveListed(ctx, o)
				}}
				got, err := s.sweeper(t, odd, nil, sweep.Options{Remove: true}).Run(t.Context(), "")
				require.ErrorContains(t, err, "1 of 3 orphans could not be removed")
				require.ErrorContains(t, err, "access denied")
				require.Equal(t, sweep.Report{Seen: 3, Orphaned: 3, Removed: 2, Failed: 1, Bytes: 2}, got)
				require.Equal(t, []string{"removed p/1 1", "failed p/2 1", "removed p/3 1"}, s.outcomes())
				require.ErrorContains(t, s.findings[1].Err, "access denied")
				require.Contains(t, s.log.String(), "level=ERROR")
				require.Equal(t, []string{"p/2"}, s.Keys())
			})
		})
	}
}

// TestSweepRate measures the rate by the clock of the bubble, which nothing else advances.
func TestSweepRate(t *testing.T) {
	for rate, takes := range map[int]time.Duration{0: 99 * time.Second / 50, 10: 9900 * time.Millisecond, 1000: 99 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			s := newSwept()
			for i := range 100 {
				s.put(t, "x", fmt.Sprintf("p/%d", i))
			}
			time.Sleep(grace + 1)
			begin := time.Now()
			_, err := s.sweeper(t, nil, nil, sweep.Options{Remove: true, Rate: rate}).Run(t.Context(), "")
			require.NoError(t, err)
			require.Equal(t, takes, time.Since(begin))
			require.Empty(t, s.Keys())
		})
	}
}

// TestSweepLimit checks that the removals of one run are limited, and that the next run continues.
func TestSweepLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", "p/1", "p/2", "p/3", "p/4", "p/5")
		s.open(t, "p/6")
		time.Sleep(grace + 1)
		sweeper := s.sweeper(t, nil, nil, sweep.Options{Remove: true, MaxRemovals: 2})
		cursor := ""
		for _, left := range []int{3, 1} {
			got, err := sweeper.Run(t.Context(), cursor)
			require.ErrorIs(t, err, sweep.ErrLimit)
			require.Equal(t, 2, got.Removed)
			require.Len(t, s.Keys(), left)
			cursor = got.Cursor
		}
		got, err := sweeper.Run(t.Context(), cursor)
		require.NoError(t, err)
		require.Equal(t, 2, got.Removed)
		require.Empty(t, s.Keys())
		require.Empty(t, s.openUploads(t))
	})
}

// TestSweepHostStops checks that an error or a panic of a host's callback ends a sweep.
func TestSweepHostStops(t *testing.T) {
	full := errors.New("disk full")
	for _, row := range []struct {
		name string
		opts sweep.Options
		text string
		left int
	}{
		{"Progress errs", sweep.Options{Progress: func(context.Context, sweep.Report) error { return full }}, "disk full", 0},
		{"Progress panics", sweep.Options{Progress: func(context.Context, sweep.Report) error { panic("nil map") }}, "nil map", 0},
		{"Found panics", sweep.Options{Found: func(context.Context, sweep.Finding) { panic("nil map") }}, "nil map", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.put(t, "x", "p/1", "p/2")
				s.open(t, "p/3")
				time.Sleep(grace + 1)
				row.opts.Remove = true
				_, err := s.sweeper(t, nil, nil, row.opts).Run(t.Context(), "")
				require.ErrorContains(t, err, row.text)
				require.Len(t, s.Keys(), row.left)
				require.Equal(t, []string{"p/3"}, s.openUploads(t))
			})
		})
	}
}

// FuzzSweepCursor checks that an accepted text is empty or begins as the cursors of this prefix do,
// and that a refused one sweeps nothing.
func FuzzSweepCursor(f *testing.F) {
	s := emptySwept()
	sweeper, err := sweep.New(s, s.ask, &sweep.Options{Prefix: "p/ü"})
	require.NoError(f, err)
	for _, text := range []string{
		"", "objects:p%2F%C3%BC%2F:p%2F%C3%BC%2F1", "uploads:p%2F%C3%BC%2F:", "objects:p%2F%C3%BC%2F:", "objects", "uploads::", "objects:p/ü/:a", "objects:q%2F:a",
		"uploads:p%2F%C3%BC%2F:a%zz", "uploads:p%2F%C3%BC%2F:a:b", "objects:p%2F%c3%bc%2F:a", "objects:p%2F%C3%BC%2F:a b", "\x00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := sweeper.Run(t.Context(), text)
		known := false
		for _, list := range []string{"objects", "uploads"} {
			prefix := list + ":p%2F%C3%BC%2F:"
			known = known || len(text) >= len(prefix) && text[:len(prefix)] == prefix
		}
		switch {
		case err == nil && text != "" && !known:
			t.Fatalf("%q was taken for a cursor", text)
		case err != nil && got != (sweep.Report{Cursor: text}):
			t.Fatalf("%q was refused, and swept: %+v", text, got)
		}
	})
}
