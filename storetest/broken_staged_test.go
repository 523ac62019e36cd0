package storetest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestBrokenStagedReadersFail proves the cases of OpenStaged: each store reads in a way that breaks
// one promise, and the cases in fails must fail.
func TestBrokenStagedReadersFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		open  stagedOpener
		fails []string
	}{
		{"reads only the beginning", beginning, []string{"OpenStaged reads all", "staged files read at once"}},
		{"repeats the object", twice, []string{"OpenStaged reads all"}},
		{"reads any object", anyStaged, []string{"OpenStaged of another object"}},
		{"makes an empty object of an absent one", emptyForAbsent, []string{"OpenStaged of another object"}},
		{
			"continues with the object that the key now holds", inRanges(func(storage.StagedObject, error) (string, error) { return "", nil }),
			[]string{"a staged file that is replaced while it is read"},
		},
		{"ends where the object was replaced", inRanges(func(o storage.StagedObject, err error) (string, error) {
			if err != nil {
				err = io.EOF
			}
			return o.ETag, err
		}), []string{"a staged file that is replaced while it is read"}},
		{"hides that the object was replaced", inRanges(func(o storage.StagedObject, err error) (string, error) {
			if err != nil {
				err = errors.New("failed")
			}
			return o.ETag, err
		}), []string{"a staged file that is replaced while it is read"}},
		{"has one position for all readers", onePosition(), []string{"staged files read at once", "Close before the end"}},
		{"gives back only what was read to its end", fewAtOnce(), []string{"Close before the end"}},
		{"reads on after Close", nil, []string{"Close before the end"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mustFail(t, tc.fails, func(t *testing.T) storage.DirectStorage {
				if tc.open == nil {
					return &readingOn{Store: served(t, asIs)}
				}
				return brokenStaged{served(t, asIs), tc.open}
			})
		})
	}
	t.Run("reads in ranges, and is sound", func(t *testing.T) {
		RunDirect(t, func(t *testing.T) storage.DirectStorage {
			return brokenStaged{served(t, asIs), inRanges(func(o storage.StagedObject, err error) (string, error) { return o.ETag, err })}
		})
	})
}

// rangeSize is the size of the ranges that broken stores read, and of parts: see TestMain.
const rangeSize = 100_000

type stagedOpener func(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error)

type brokenStaged struct {
	*memstore.Store
	open stagedOpener
}

func (s brokenStaged) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	return s.open(ctx, s.Store, o)
}

func beginning(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
	return s.OpenAt(ctx, o.Key, o.ETag, 0, rangeSize)
}

func twice(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
	first, err := s.OpenStaged(ctx, o)
	if err != nil {
		return nil, err
	}
	second, err := s.OpenStaged(ctx, o)
	return io.NopCloser(io.MultiReader(first, second)), err
}

func anyStaged(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
	o.ETag = ""
	return s.OpenStaged(ctx, o)
}

func emptyForAbsent(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
	r, err := s.OpenStaged(ctx, o)
	if err != nil && !errors.Is(err, storage.ErrChanged) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	return r, err
}

// inRanges opens the first range at once, and each later one when the one before has ended. Called
// with nil, etag returns the ETag for a later range. Called with the error of OpenAt, it returns
// the error to report.
func inRanges(etag func(storage.StagedObject, error) (string, error)) stagedOpener {
	return func(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
		first, err := s.OpenAt(ctx, o.Key, o.ETag, 0, rangeSize)
		return &ranges{ReadCloser: first, next: func(offset int64) (io.ReadCloser, error) {
			tag, _ := etag(o, nil)
			r, err := s.OpenAt(ctx, o.Key, tag, offset, rangeSize)
			_, err = etag(o, err)
			return r, err
		}, size: o.Size}, err
	}
}

type ranges struct {
	io.ReadCloser
	next         func(offset int64) (io.ReadCloser, error)
	offset, size int64
}

func (r *ranges) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.offset += int64(n); err != io.EOF || r.offset >= r.size { // a wrapped io.EOF does not end a reader
		return n, err
	}
	if r.ReadCloser, err = r.next(r.offset); err != nil {
		r.ReadCloser = io.NopCloser(strings.NewReader(""))
	}
	return n, err
}

// onePosition makes all readers of an object share one position.
func onePosition() stagedOpener {
	var mu sync.Mutex
	readers := map[string]io.ReadCloser{}
	return func(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
		mu.Lock()
		defer mu.Unlock()
		r, err := s.OpenStaged(ctx, o)
		if readers[o.Key] == nil {
			readers[o.Key] = &locked{ReadCloser: r}
		}
		return readers[o.Key], err
	}
}

type locked struct {
	sync.Mutex
	io.ReadCloser
}

func (r *locked) Read(p []byte) (int, error) {
	r.Lock()
	defer r.Unlock()
	return r.ReadCloser.Read(p)
}

// fewAtOnce has eight slots for readers. A slot is freed when its reader is read to its end, not by
// Close.
func fewAtOnce() stagedOpener {
	slots := make(chan struct{}, 8)
	return func(ctx context.Context, s *memstore.Store, o storage.StagedObject) (io.ReadCloser, error) {
		select {
		case slots <- struct{}{}:
		default:
			return nil, storage.ErrBusy
		}
		r, err := s.OpenStaged(ctx, o)
		return &ending{r, func() { <-slots }}, err
	}
}

type ending struct {
	io.ReadCloser
	ended func()
}

func (r *ending) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err == io.EOF && n == 0 { // a wrapped io.EOF does not end a reader
		r.ended()
	}
	return n, err
}

// readingOn seems to read on after Close: it reports a leftover until a reader is read to its end.
type readingOn struct {
	*memstore.Store
	mu   sync.Mutex
	left []string
}

func (s *readingOn) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	s.leave("a request for " + o.Key)
	r, err := s.Store.OpenStaged(ctx, o)
	return &ending{r, func() { s.leave() }}, err
}

func (s *readingOn) leave(left ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = left
}

func (s *readingOn) Leftovers(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left, nil
}
