package s3store_test

import (
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

func TestStat(t *testing.T) {
	f := newFixture(t, setup{})
	_, err := f.Stat(t.Context(), "k")
	require.ErrorIs(t, err, fs.ErrNotExist)
	f.fake.Put("k", []byte("plain"))
	stored, err := f.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, upload.Stored{Size: 5, ETag: f.fake.Get("k").ETag()}, stored)
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
		want      string
		err       error
	}{
		{"k", etag, 0, "0123456789", nil},
		{"k", "", 0, "0123456789", nil},
		{"k", etag, 3, "3456789", nil},
		{"k", etag, 9, "9", nil},
		{"k", etag, 10, "", nil},
		{"k", etag, 99, "", nil},
		{"k", `"other"`, 0, "", upload.ErrChanged},
		{"k", `"other"`, 3, "", upload.ErrChanged},
		{"none", etag, 0, "", fs.ErrNotExist},
		{"none", "", 3, "", fs.ErrNotExist},
	} {
		r, err := f.OpenAt(t.Context(), row.key, row.etag, row.offset)
		require.ErrorIs(t, err, row.err)
		if row.err != nil {
			continue
		}
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, row.want, string(got))
	}
	f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("ETag", etag)
		_, _ = io.WriteString(w, "0123456789")
	})
	_, err := f.OpenAt(t.Context(), "k", etag, 3)
	require.ErrorContains(t, err, "other bytes")
}
