package integration_test

import (
	"io"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

func TestSignedLinks(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	key := "a/ä b+c&d=e.txt"
	st.bucket.Put(t.Context(), t, key, content)
	st.bucket.Put(t.Context(), t, "secret", content)
	signed := storage.SignedGet{Type: "text/plain; charset=utf-8", Disposition: `attachment; filename="x.txt"; filename*=UTF-8''%C3%A4.txt`, Expires: time.Minute}
	for _, row := range []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"unchanged", func(*http.Request) {}, 200},
		{"a range", func(r *http.Request) { r.Header.Set("Range", "bytes=10-19") }, 206},
		{"another type", func(r *http.Request) { setQuery(r, "response-content-type", "text/html") }, 403},
		{"inline", func(r *http.Request) { setQuery(r, "response-content-disposition", "inline") }, 403},
		{"public", func(r *http.Request) { setQuery(r, "response-cache-control", "public") }, 403},
		{"one more parameter", func(r *http.Request) { setQuery(r, "response-content-encoding", "gzip") }, 403},
		{"one parameter less", func(r *http.Request) {
			q := r.URL.Query()
			q.Del("response-content-disposition")
			r.URL.RawQuery = q.Encode()
		}, 403},
		{"another key", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/"+st.bucket.Name+"/secret", "" }, 403},
		{"longer life", func(r *http.Request) { setQuery(r, "X-Amz-Expires", "600000") }, 403},
		{"delete", func(r *http.Request) { r.Method = http.MethodDelete }, 403},
		{"write", func(r *http.Request) { r.Method = http.MethodPut; setBody(r, forged) }, 403},
	} {
		t.Run(row.name, func(t *testing.T) {
			link, err := st.store.SignGet(t.Context(), key, signed)
			require.NoError(t, err)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
			require.NoError(t, err)
			row.change(r)
			status, answer, header := send(t, r)
			require.Equal(t, row.status, status, "%s", answer)
			switch status {
			case 200:
				require.Equal(t, string(content), answer)
			case 206:
				require.Equal(t, string(content[10:20]), answer)
			default:
				require.NotContains(t, answer, "honest content")
				return
			}
			require.Equal(t, signed.Type, header.Get("Content-Type"))
			require.Equal(t, signed.Disposition, header.Get("Content-Disposition"))
			require.Equal(t, "private, no-cache", header.Get("Cache-Control"))
		})
	}
	requireKeys(t, st.bucket, key, "secret")
}

func TestOpenAt(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	st.bucket.Put(t.Context(), t, "k", content)
	stored, err := st.store.Stat(t.Context(), "k")
	require.NoError(t, err)
	size := int64(len(content))
	for _, row := range []struct {
		key, etag string
		offset    int64
		length    int64
		want      []byte
		err       error
	}{
		{"k", stored.ETag, 0, -1, content, nil},
		{"k", stored.ETag, 7, -1, content[7:], nil},
		{"k", stored.ETag, 0, 1, content[:1], nil},
		{"k", stored.ETag, 7, 20, content[7:27], nil},
		{"k", stored.ETag, size - 5, 20, content[size-5:], nil},
		{"k", stored.ETag, 7, 0, nil, nil},
		{"k", stored.ETag, size, 20, nil, nil},
		{"k", "", size - 1, -1, content[size-1:], nil},
		{"k", stored.ETag, size, -1, nil, nil},
		{"k", `"0"`, 0, -1, nil, storage.ErrChanged},
		{"k", `"0"`, 7, 20, nil, storage.ErrChanged},
		{"none", stored.ETag, 7, 20, nil, fs.ErrNotExist},
	} {
		r, err := st.store.OpenAt(t.Context(), row.key, row.etag, row.offset, row.length)
		require.ErrorIs(t, err, row.err)
		if row.err != nil {
			continue
		}
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, string(row.want), string(got))
	}
	_, err = st.store.Stat(t.Context(), "none")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
