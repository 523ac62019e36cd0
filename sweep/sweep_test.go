package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// swept is a bucket to be swept, and what a sweep asked and reported.
type swept struct {
	*memstore.Store
	referenced map[string]bool // what the application refers to
	asked      []string
	batches    []int
	findings   []sweep.Finding
	cursors    []string
	log        strings.Builder
}

// newSwept returns an empty bucket in 2007: dates before 2006 are refused, and synctest's clock
// begins in 2000.
func newSwept() *swept {
	time.Sleep(time.Until(time.Date(2007, time.January, 1, 0, 0, 0, 0, time.UTC)))
	return emptySwept()
}

func emptySwept() *swept {
	s := &swept{Store: &memstore.Store{}, referenced: map[string]bool{}}
	s.Handler("http://store.example/")
	return s
}

func (s *swept) put(t *testing.T, content string, keys ...string) {
	t.Helper()
	for _, key := range keys {
		staged, err := s.Stage(t.Context(), storage.Object{Key: key, MaxSize: 100}, strings.NewReader(content))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
	}
}

func (s *swept) open(t *testing.T, key string) {
	t.Helper()
	_, err := s.CreateMultipart(t.Context(), storage.DirectObject{Key: key})
	require.NoError(t, err)
}

func (s *swept) openUploads(t *testing.T) (keys []string) {
	t.Helper()
	page, err := s.ListUploads(t.Context(), "", "")
	require.NoError(t, err)
	for _, u := range page.Items {
		keys = append(keys, u.Key)
	}
	return keys
}

// ask is a Referenced.
func (s *swept) ask(_ context.Context, keys []string) ([]string, error) {
	s.batches, s.asked = append(s.batches, len(keys)), append(s.asked, keys...)
	return slices.DeleteFunc(keys, func(key string) bool { return !s.referenced[key] }), nil // changes keys, as a Referenced may
}

// sweeper returns a Sweeper of "p/" in store, or in the bucket itself if store is nil. Any share
// may be removed unless o has a MaxShare.
func (s *swept) sweeper(t *testing.T, store storage.Lister, ask sweep.Referenced, o sweep.Options) *sweep.Sweeper {
	t.Helper()
	o.Prefix = "p"
	o.AllowAnyShare = o.MaxShare == 0
	o.Logger = slog.New(slog.NewTextHandler(&s.log, nil))
	if store == nil {
		store = s
	}
	if ask == nil {
		ask = s.ask
	}
	if o.Found == nil {
		o.Found = func(_ context.Context, f sweep.Finding) { s.findings = append(s.findings, f) }
	}
	if o.Progress == nil {
		o.Progress = func(_ context.Context, r sweep.Report) error {
			s.cursors = append(s.cursors, r.Cursor)
			return nil
		}
	}
	sweeper, err := sweep.New(store, ask, &o)
	require.NoError(t, err)
	return sweeper
}

// outcomes returns the findings without the values that the tests cannot know.
func (s *swept) outcomes() (all []string) {
	for _, f := range s.findings {
		name := f.Key
		if f.UploadID != "" {
			name += " (upload)"
		}
		all = append(all, fmt.Sprintf("%s %s %d", f.Outcome, name, f.Size))
	}
	return all
}

const (
	week  = 7 * 24 * time.Hour
	grace = week + 24*time.Hour // the default
)

// fill adds objects and uploads of each kind, in two halves: the first is as old as the grace, the
// second is new. Staged files and uploads are in the second, since memstore itself removes those of
// more than eight days when something is written.
func (s *swept) fill(t *testing.T) {
	s.put(t, "hello", "p/kept", "p/orphan", "p/a/orphan", "q/other", "p2", "p//foreign", "p/")
	s.referenced["p/kept"] = true
	time.Sleep(grace)
	s.put(t, "hi", "p/young", "p/upload-staging/2", "p/upload-staging/1", "q/upload-staging/1")
	s.open(t, "p/upload-staging/multipart")
	s.open(t, "p/streamed")
	s.open(t, "q/streamed")
}

func TestSweep(t *testing.T) {
	for _, row := range []struct {
		name     string
		age      time.Duration // of the second half
		opts     sweep.Options
		want     sweep.Report
		outcomes []string
		asked    []string
		left     []string
		uploads  []string
	}{
		{
			name: "dry run", age: 1,
			want:     sweep.Report{Seen: 10, Young: 5, Foreign: 2, Kept: 1, Orphaned: 2, Bytes: 10},
			outcomes: []string{"foreign p/ 5", "foreign p//foreign 5", "orphaned p/a/orphan 5", "orphaned p/orphan 5"},
			asked:    []string{"p/a/orphan", "p/kept", "p/orphan"},
			left:     []string{"p/", "p//foreign", "p/a/orphan", "p/kept", "p/orphan", "p/upload-staging/1", "p/upload-staging/2", "p/young", "p2", "q/other", "q/upload-staging/1"},
			uploads:  []string{"p/streamed", "p/upload-staging/multipart", "q/streamed"},
		},
		{
			name: "removal", age: 1, opts: sweep.Options{Remove: true},
			want:     sweep.Report{Seen: 10, Young: 5, Foreign: 2, Kept: 1, Orphaned: 2, Removed: 2, Bytes: 10},
			outcomes: []string{"foreign p/ 5", "foreign p//foreign 5", "removed p/a/orphan 5", "removed p/orphan 5"},
			asked:    []string{"p/a/orphan", "p/kept", "p/orphan", "p/a/orphan", "p/orphan"},
			left:     []string{"p/", "p//foreign", "p/kept", "p/upload-staging/1", "p/upload-staging/2", "p/young", "p2", "q/other", "q/upload-staging/1"},
			uploads:  []string{"p/streamed", "p/upload-staging/multipart", "q/streamed"},
		},
		{
			name: "staged objects are old too", age: grace + 1, opts: sweep.Options{Remove: true, BatchSize: 2},
			want: sweep.Report{Seen: 10, Foreign: 2, Kept: 1, Orphaned: 7, Removed: 7, Bytes: 16},
			outcomes: []string{
				"foreign p/ 5", "foreign p//foreign 5", "removed p/upload-staging/1 2", "removed p/upload-staging/2 2", "removed p/a/orphan 5",
				"removed p/orphan 5", "removed p/young 2", "removed p/streamed (upload) 0", "removed p/upload-staging/multipart (upload) 0",
			},
			asked:   []string{"p/a/orphan", "p/kept", "p/orphan", "p/young", "p/a/orphan", "p/orphan", "p/young"},
			left:    []string{"p/", "p//foreign", "p/kept", "p2", "q/other", "q/upload-staging/1"},
			uploads: []string{"q/streamed"},
		},
		{
			name: "exactly as old as the grace is young", age: grace, opts: sweep.Options{Remove: true, Grace: 2 * grace},
			want:     sweep.Report{Seen: 10, Young: 8, Foreign: 2},
			outcomes: []string{"foreign p/ 5", "foreign p//foreign 5"},
			left:     []string{"p/", "p//foreign", "p/a/orphan", "p/kept", "p/orphan", "p/upload-staging/1", "p/upload-staging/2", "p/young", "p2", "q/other", "q/upload-staging/1"},
			uploads:  []string{"p/streamed", "p/upload-staging/multipart", "q/streamed"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSwept()
				s.fill(t)
				time.Sleep(row.age)
				got, err := s.sweeper(t, nil, nil, row.opts).Run(t.Context(), "")
				require.NoError(t, err)
				require.Equal(t, row.want, got)
				require.Equal(t, row.outcomes, s.outcomes())
				require.Equal(t, row.asked, s.asked)
				require.Equal(t, row.left, s.Keys())
				require.Equal(t, row.uploads, s.openUploads(t))
				require.Equal(t, []string{"uploads:p%2F:", ""}, s.cursors)
				require.Equal(t, got.Removed, strings.Count(s.log.String(), "sweep: swept"))
			})
		})
	}
}

// TestSweepAsks checks that a dry run asks in batches, about each key once.
func TestSweepAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		for i := range 2500 {
			s.put(t, "", fmt.Sprintf("p/%04d", i))
		}
		time.Sleep(grace + 1)
		_, err := s.sweeper(t, nil, nil, sweep.Options{BatchSize: 400}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, []int{400, 400, 200, 400, 400, 200, 400, 100}, s.batches)
		require.Equal(t, s.Keys(), s.asked)
	})
}

// TestSweepWithoutAnswer checks that without a good answer nothing of the question is removed, and
// nothing after it. When the second question about a batch fails, right before its removal, the
// report counts the batches that were removed before. The cursor is before the page.
func TestSweepWithoutAnswer(t *testing.T) {
	broken := errors.New("the database is away")
	for _, row := range []struct {
		name string
		ask  func(cancel func(), keys []string) ([]string, error)
		is   error
		text string
	}{
		{"an error", func(func(), []string) ([]string, error) { return nil, broken }, broken, ""},
		{"an answer and an error", func(_ func(), keys []string) ([]string, error) { return keys[:1], broken }, broken, ""},
		{"a panic", func(func(), []string) ([]string, error) { panic("nil pointer") }, nil, "nil pointer"},
		{"a key that was not in the question", func(func(), []string) ([]string, error) { return []string{"p/1"}, nil }, nil, `"p/1"`},
		{"a key of another spelling", func(_ func(), keys []string) ([]string, error) { return []string{strings.ToUpper(keys[0])}, nil }, nil, `"P/3"`},
		{"an empty key", func(func(), []string) ([]string, error) { return make([]string, 2), nil }, nil, `""`},
		{"a cancelled query that returns no error", func(cancel func(), _ []string) ([]string, error) { cancel(); return nil, nil }, context.Canceled, ""},
	} {
		for _, when := range []struct {
			name   string
			remove bool
			fails  int // which question, of batches of two
			want   sweep.Report
			left   []string
		}{
			{"dry run", false, 2, sweep.Report{Seen: 5}, []string{"p/1", "p/2", "p/3", "p/4", "p/5"}},
			{"removal", true, 2, sweep.Report{Seen: 5}, []string{"p/1", "p/2", "p/3", "p/4", "p/5"}},
			{"asked again", true, 5, sweep.Report{Seen: 5, Orphaned: 2, Removed: 2, Bytes: 2}, []string{"p/3", "p/4", "p/5"}},
		} {
			t.Run(row.name+", "+when.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newSwept()
					s.put(t, "x", "p/1", "p/2", "p/3", "p/4", "p/5")
					time.Sleep(grace + 1)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					questions := 0
					ask := func(_ context.Context, keys []string) ([]string, error) {
						if questions++; questions < when.fails {
							return nil, nil
						}
						return row.ask(cancel, keys)
					}
					got, err := s.sweeper(t, nil, ask, sweep.Options{Remove: when.remove, BatchSize: 2}).Run(ctx, "")
					require.Error(t, err)
					require.Contains(t, err.Error(), row.text)
					if row.is != nil {
						require.ErrorIs(t, err, row.is)
					}
					require.Equal(t, when.fails, questions)
					require.Equal(t, when.want, got)
					require.Equal(t, when.left, s.Keys())
					require.Empty(t, s.cursors)
				})
			})
		}
	}
}

// TestSweepAsksAgain checks that the sweep asks again right before a removal, and that a row that
// was added meanwhile keeps its file.
func TestSweepAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", "p/1", "p/2", "p/3")
		s.referenced["p/1"] = true
		time.Sleep(grace + 1)
		ask := func(ctx context.Context, keys []string) ([]string, error) {
			known, err := s.ask(ctx, keys)
			s.referenced["p/2"] = true
			return known, err
		}
		got, err := s.sweeper(t, nil, ask, sweep.Options{Remove: true}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, sweep.Report{Seen: 3, Kept: 2, Orphaned: 1, Removed: 1, Bytes: 1}, got)
		require.Equal(t, []int{3, 2}, s.batches)
		require.Equal(t, []string{"p/1", "p/2"}, s.Keys())
	})
}

// TestSweepOfStagingAlone checks that a sweep of staging keys needs no Referenced.
func TestSweepOfStagingAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", "a/upload-staging/1", "b/upload-staging/1", "a/1")
		time.Sleep(grace + 1)
		sweeper, err := sweep.New(s, nil, &sweep.Options{Prefix: "a/upload-staging/", Remove: true, Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		_, err = sweeper.Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, []string{"a/1", "b/upload-staging/1"}, s.Keys())
	})
}

func TestNewSweeper(t *testing.T) {
	store, ask := &memstore.Store{}, func(context.Context, []string) ([]string, error) { return nil, nil }
	for _, row := range []struct {
		name  string
		store storage.Lister
		ask   sweep.Referenced
		opts  *sweep.Options
		text  string // of the error, "" if there is none
	}{
		{"no options", store, ask, nil, "needs a Prefix"},
		{"no prefix", store, ask, &sweep.Options{}, "needs a Prefix"},
		{"the whole bucket", store, ask, &sweep.Options{AllowWholeBucket: true}, ""},
		{"no storage", nil, ask, &sweep.Options{Prefix: "p/"}, "needs a storage"},
		{"no Referenced", store, nil, &sweep.Options{Prefix: "p/"}, "no references to compare with"},
		{"no Referenced for the bucket", store, nil, &sweep.Options{AllowWholeBucket: true}, "no references to compare with"},
		{"no Referenced for a name like staging", store, nil, &sweep.Options{Prefix: "my-upload-staging/"}, "no references to compare with"},
		{"no Referenced for staging", store, nil, &sweep.Options{Prefix: "a/upload-staging"}, ""},
		{"an invalid prefix", store, ask, &sweep.Options{Prefix: "a//"}, "segment"},
		{"the root", store, ask, &sweep.Options{Prefix: "/"}, "0 bytes"},
		{"a week's grace", store, ask, &sweep.Options{Prefix: "p/", Grace: week}, "InsecureGrace"},
		{"a moment less than the least grace", store, ask, &sweep.Options{Prefix: "p/", Grace: grace - 1}, "InsecureGrace"},
		{"the least grace", store, ask, &sweep.Options{Prefix: "p/", Grace: grace}, ""},
		{"a short grace that is allowed", store, ask, &sweep.Options{Prefix: "p/", Grace: 1, InsecureGrace: true}, ""},
		{"a negative grace", store, ask, &sweep.Options{Prefix: "p/", Grace: -1, InsecureGrace: true}, "negative"},
		{"a negative rate", store, ask, &sweep.Options{Prefix: "p/", Rate: -1}, "negative"},
		{"a negative limit", store, ask, &sweep.Options{Prefix: "p/", MaxRemovals: -1}, "negative"},
		{"a share of more than all", store, ask, &sweep.Options{Prefix: "p/", MaxShare: 1.1}, "AllowAnyShare"},
		{"a share of all", store, ask, &sweep.Options{Prefix: "p/", MaxShare: 1}, "AllowAnyShare"},
		{"a negative share", store, ask, &sweep.Options{Prefix: "p/", MaxShare: -0.1}, "AllowAnyShare"},
		{"a share that is not a number", store, ask, &sweep.Options{Prefix: "p/", MaxShare: math.NaN()}, "AllowAnyShare"},
		{"any share that is allowed", store, ask, &sweep.Options{Prefix: "p/", AllowAnyShare: true}, ""},
		{"a large batch", store, ask, &sweep.Options{Prefix: "p/", BatchSize: 1001}, "at most 1000"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := sweep.New(row.store, row.ask, row.opts)
			if row.text == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.text)
			require.Nil(t, s)
		})
	}
}
