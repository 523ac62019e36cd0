package memstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestUsedBySources follows the used bytes through a promotion of several sources, which share
// their bytes with it.
func TestUsedBySources(t *testing.T) {
	ctx := t.Context()
	s := &memstore.Store{MaxBytes: 3*storage.MinPartSize + 100}
	used := func(n int64) { t.Helper(); require.Equal(t, n, s.Used()) }
	p := storage.Promotion{Key: "published", Size: storage.MinPartSize + 10, Nonce: "1"}
	for i, size := range []int64{storage.MinPartSize, 10} {
		key := fmt.Sprintf("upload-staging/1/%d", i)
		staged, err := s.Stage(ctx, storage.Object{Key: key, MaxSize: size}, bytes.NewReader(make([]byte, size)))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(ctx))
		stored, err := s.Stat(ctx, key)
		require.NoError(t, err)
		p.Sources = append(p.Sources, storage.Source{Key: key, ETag: stored.ETag, Size: size})
	}
	require.NoError(t, s.Promote(ctx, p))
	require.NoError(t, s.Promote(ctx, p))
	used(p.Size)

	patched := p
	patched.Key, patched.Patches = "patched", []storage.Patch{{Offset: 1, Length: 1}}
	require.NoError(t, s.Promote(ctx, patched))
	used(2 * p.Size)
	again := patched
	again.Key, again.Nonce = "published", "2"
	require.ErrorIs(t, s.Promote(ctx, again), storage.ErrExists)
	again.Key = "a third"
	require.NoError(t, s.Promote(ctx, again))
	again.Key = "no space"
	require.ErrorIs(t, s.Promote(ctx, again), storage.ErrFull)
	used(3 * p.Size)

	require.NoError(t, s.Delete(ctx, "a third"))
	require.NoError(t, s.Delete(ctx, p.Sources[1].Key))
	again.Key, again.Patches = "gone", nil
	require.ErrorIs(t, s.Promote(ctx, again), storage.ErrChanged)
	used(2 * p.Size)
	require.NoError(t, s.Delete(ctx, "published"))
	used(p.Size + storage.MinPartSize)
	require.NoError(t, s.Delete(ctx, p.Sources[0].Key))
	require.NoError(t, s.Delete(ctx, "patched"))
	used(0)
}

// TestUsed follows the used bytes through the life of direct uploads.
func TestUsed(t *testing.T) {
	f := newFixture(0)
	ctx := t.Context()
	used := func(n int64) { t.Helper(); require.Equal(t, n, f.Used()) }

	require.Equal(t, http.StatusOK, f.put(t, "hello").Code)
	used(5)
	require.Equal(t, http.StatusPreconditionFailed, f.put(t, "other").Code)
	used(5)

	stored, err := f.Stat(ctx, key)
	require.NoError(t, err)
	p := storage.Promotion{Sources: []storage.Source{{Key: key, ETag: stored.ETag, Size: 5}}, Key: "published", Size: 5, Nonce: "1"}
	require.ErrorIs(t, f.Promote(ctxCancelled(t), p), ctxCancelled(t).Err())
	require.NoError(t, f.Promote(ctx, p))
	require.NoError(t, f.Promote(ctx, p))
	used(5) // the staged and the published object share their bytes
	p.Size, p.Sources[0].Size = 6, 6
	p.Key = "other"
	require.ErrorIs(t, f.Promote(ctx, p), storage.ErrChanged)
	p.Key, p.Nonce = key, ""
	require.ErrorIs(t, f.Promote(ctx, p), storage.ErrExists, "an empty nonce matches no object")
	require.NoError(t, f.Delete(ctx, key))
	require.NoError(t, f.Delete(ctx, key))
	used(5)
	require.NoError(t, f.Delete(ctx, "published"))
	used(0)

	id, err := f.CreateMultipart(ctx, object(0))
	require.NoError(t, err)
	for _, size := range []int{100, 300, 200} { // the same part
		require.Equal(t, http.StatusOK, f.part(t, id, 1, size).Code)
		used(int64(size))
	}
	require.Equal(t, http.StatusOK, f.part(t, id, 2, 50).Code)
	used(250)
	list, err := f.Parts(ctx, key, id)
	require.NoError(t, err)
	require.Error(t, f.CompleteMultipart(ctx, key, id, list), "a part of less than 5 MiB before the last")
	require.Error(t, f.CompleteMultipart(ctx, key, id, nil))
	used(250)
	require.NoError(t, f.CompleteMultipart(ctx, key, id, list[1:]))
	used(50)

	id, err = f.CreateMultipart(ctx, object(0))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, f.part(t, id, 1, 100).Code)
	require.NoError(t, f.AbortMultipart(ctx, key, id))
	used(50)
	require.Equal(t, http.StatusNotFound, f.part(t, id, 1, 100).Code)
	used(50)
}

// TestUsedByForms checks that a form that is sent again replaces its file.
func TestUsedByForms(t *testing.T) {
	f := newFixture(0)
	for range 2 {
		require.Equal(t, http.StatusCreated, f.sendForm(t, "hello", nil).Code)
		require.EqualValues(t, 5, f.Used())
	}
	require.Equal(t, http.StatusBadRequest, f.sendForm(t, "hello", func(s string) string { return s + "\r\n--" }).Code)
	require.EqualValues(t, 5, f.Used())
}

// TestNoRoom checks that MaxBytes counts all bytes, and that those of a refused body are given
// back.
func TestNoRoom(t *testing.T) {
	f := newFixture(100_000)
	staged, err := f.stage(t, strings.Repeat("x", 60_000))
	require.NoError(t, err)
	for name, send := range map[string]func() *httptest.ResponseRecorder{
		"PUT":  func() *httptest.ResponseRecorder { return f.put(t, strings.Repeat("x", 50_000)) },
		"form": func() *httptest.ResponseRecorder { return f.sendForm(t, strings.Repeat("x", 50_000), nil) },
		"part": func() *httptest.ResponseRecorder {
			id, err := f.CreateMultipart(t.Context(), object(0))
			require.NoError(t, err)
			return f.part(t, id, 1, 50_000)
		},
	} {
		w := send()
		require.Equal(t, http.StatusInsufficientStorage, w.Code, name)
		require.EqualValues(t, 60_000, f.Used(), name)
	}
	require.Equal(t, http.StatusOK, f.put(t, strings.Repeat("x", 40_000)).Code)
	_, err = f.stage(t, "x")
	require.ErrorIs(t, err, storage.ErrFull)
	require.NoError(t, staged.Discard(t.Context()))
	_, err = f.stage(t, "x")
	require.NoError(t, err)
}

// TestReadsNoMoreThanSigned checks that nothing is read of a body that is refused by its headers.
// Of any other at most one byte too many is read.
func TestReadsNoMoreThanSigned(t *testing.T) {
	f := newFixture(0)
	q, err := f.SignPut(t.Context(), object(5))
	require.NoError(t, err)
	for _, row := range []struct {
		name   string
		length int64
		body   io.Reader
		status int
		most   int64 // of bytes read
	}{
		{"longer", 6, strings.NewReader("123456"), 403, 0},
		{"shorter", 4, strings.NewReader("1234"), 403, 0},
		{"without a length", -1, strings.NewReader("12345"), 411, 0},
		{"longer than it says", 5, strings.NewReader(strings.Repeat("x", 100_000)), 400, 6},
		{"shorter than it says", 5, strings.NewReader("1234"), 400, 4},
		{"failing", 5, io.MultiReader(strings.NewReader("12345"), iotest.ErrReader(errors.New("reset"))), 400, 5},
		{"honest", 5, strings.NewReader("12345"), 200, 5},
		{"repeated", 5, strings.NewReader("12345"), 412, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			counted := &counter{r: row.body}
			r := httptest.NewRequest(q.Method, q.URL, counted)
			r.ContentLength = row.length
			for name, value := range q.Headers {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			f.ServeHTTP(w, r)
			require.Equal(t, row.status, w.Code)
			require.LessOrEqual(t, counted.n, row.most)
			if row.status >= 400 && row.status != 412 {
				require.Zero(t, f.Used())
			}
		})
	}
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// TestPanickingReader checks that the bytes of a reader that panics are given back.
func TestPanickingReader(t *testing.T) {
	f := newFixture(0)
	r := io.MultiReader(strings.NewReader("hello"), panicking{})
	require.PanicsWithValue(t, "host", func() { _, _ = f.Stage(t.Context(), storage.Object{Key: "k", MaxSize: 10}, r) })
	require.Zero(t, f.Used())
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("host") }

// TestReplacedPart replaces a part between listing and completing.
func TestReplacedPart(t *testing.T) {
	f := newFixture(0)
	id, err := f.CreateMultipart(t.Context(), object(0))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, f.part(t, id, 1, 100).Code)
	list, err := f.Parts(t.Context(), key, id)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, f.part(t, id, 1, 100).Code)
	require.ErrorIs(t, f.CompleteMultipart(t.Context(), key, id, list), storage.ErrChanged)
}

// TestManyRanges checks that a request for several ranges gets the whole file.
func TestManyRanges(t *testing.T) {
	f := newFixture(0)
	require.Equal(t, http.StatusOK, f.put(t, "hello").Code)
	url, err := f.SignGet(t.Context(), key, storage.SignedGet{Type: "text/plain", Expires: time.Minute})
	require.NoError(t, err)
	for ranges, want := range map[string]int{"bytes=0-1": http.StatusPartialContent, "bytes=0-0,1-1,2-2": http.StatusOK} {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		r.Header.Set("Range", ranges)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		require.Equal(t, want, w.Code, ranges)
	}
}
