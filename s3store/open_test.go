package s3store_test

import (
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

func TestStat(t *testing.T) {
	f := newFixture(t, setup{})
	_, err := f.Stat(t.Context(), "k")
	require.ErrorIs(t, err, fs.ErrNotExist)
	f.fake.Put("k", []byte("plain"))
	stored, err := f.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, storage.Stored{Size: 5, ETag: f.fake.Get("k").ETag()}, stored)
	f.fake.Inject("HeadObject", forEver, denied)
	_, err = f.Stat(t.Context(), "k")
	require.Error(t, err)
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

func TestOpenAt(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Put("k", []byte("0123456789"))
	etag := f.fake.Get("k").ETag()
	for _, row := range []struct {
		key, etag string
		offset    int64
		length    int64
		want      string
		err       error
	}{
		{"k", etag, 0, -1, "0123456789", nil},
		{"k", "", 0, -1, "0123456789", nil},
		{"k", etag, 3, -1, "3456789", nil},
		{"k", etag, 9, -1, "9", nil},
		{"k", etag, 10, -1, "", nil},
		{"k", etag, 99, -1, "", nil},
		{"k", etag, 3, 2, "34", nil},
		{"k", etag, 0, 1, "0", nil},
		{"k", etag, 9, 5, "9", nil},
		{"k", etag, 10, 1, "", nil},
		{"k", etag, 3, 0, "", nil},
		{"k", `"other"`, 0, -1, "", storage.ErrChanged},
		{"k", `"other"`, 3, -1, "", storage.ErrChanged},
		{"k", `"other"`, 3, 2, "", storage.ErrChanged},
		{"k", `"other"`, 3, 0, "", storage.ErrChanged},
		{"none", etag, 0, -1, "", fs.ErrNotExist},
		{"none", "", 3, 2, "", fs.ErrNotExist},
		{"none", "", 3, 0, "", fs.ErrNotExist},
	} {
		r, err := f.OpenAt(t.Context(), row.key, row.etag, row.offset, row.length)
		require.ErrorIs(t, err, row.err)
		if row.err != nil {
			continue
		}
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, row.want, string(got))
	}
	_, err := f.OpenAt(t.Context(), "k", etag, -3, 2)
	require.ErrorContains(t, err, "offset -3")
}

// TestOtherRanges checks a service that answers with bytes other than the requested ones.
func TestOtherRanges(t *testing.T) {
	const all = "0123456789"
	for _, row := range []struct {
		about          string
		offset, length int64
		contentRange   string
		body           string
		sound          bool
	}{
		{"the range", 3, 2, "bytes 3-4/10", "34", true},
		{"the rest", 3, -1, "bytes 3-9/10", "3456789", true},
		{"as much as there is", 3, 50, "bytes 3-9/10", "3456789", true},
		{"a whole that is short", 0, 50, "", all, true},
		{"all", 3, 2, "", all, false},
		{"all of it from the start", 0, 2, "", all, false},
		{"all instead of the rest", 3, -1, "", all, false},
		{"another start", 3, 2, "bytes 2-3/10", "23", false},
		{"a longer range", 3, 2, "bytes 3-9/10", "3456789", false},
		{"a shorter range", 3, 4, "bytes 3-4/10", "34", false},
		{"a shorter rest", 3, -1, "bytes 3-4/10", "34", false},
		{"another length", 3, 2, "bytes 3-4/10", "345", false},
		{"no size", 3, 2, "bytes 3-4/*", "34", false},
		{"no slash", 3, 2, "bytes 3-4", "34", false},
		{"a sign", 3, 2, "bytes +3-4/10", "34", false},
		{"more after it", 3, 2, "bytes 3-4/10, 5-6/10", "34", false},
	} {
		t.Run(row.about, func(t *testing.T) {
			f := newFixture(t, setup{})
			f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
				w.Header().Set("ETag", `"e"`)
				if row.contentRange != "" {
					w.Header().Set("Content-Range", row.contentRange)
					w.WriteHeader(http.StatusPartialContent)
				}
				_, _ = io.WriteString(w, row.body)
			})
			r, err := f.OpenAt(t.Context(), "k", `"e"`, row.offset, row.length)
			if !row.sound {
				require.ErrorContains(t, err, "other bytes")
				return
			}
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			require.Equal(t, row.body, string(got))
		})
	}
}
