package upload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// spanStore notes each span that is read, as "offset+length".
type spanStore struct {
	*memstore.Store
	asked []string
}

func (s *spanStore) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	s.asked = append(s.asked, fmt.Sprintf("%d+%d", offset, length))
	return s.Store.OpenAt(ctx, key, etag, offset, length)
}

// TestProxy: ranges and conditions (RFC 9110) are answered, and only the bytes of the
// answer are read from the storage.
func TestProxy(t *testing.T) {
	store := &spanStore{Store: &memstore.Store{}}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: (&fixture{log: &syncBuffer{}}).logger()})
	require.NoError(t, err)
	h := links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.pdf"}, nil })
	content := strings.Repeat("0123456789", 100)
	(&linked{store: store.Store}).put(t, "a.pdf", "application/pdf", "a.pdf", content)
	serve := func(method string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	whole := serve(http.MethodGet)
	etag := whole.Header().Get("ETag")
	require.NotEmpty(t, etag)
	require.Equal(t, "default-src 'none'; sandbox", whole.Header().Get("Content-Security-Policy"))
	require.Equal(t, "same-site", whole.Header().Get("Cross-Origin-Resource-Policy"))
	rows := map[string]struct {
		header []string
		status int
		body   string
		asked  string
	}{
		"whole":          {nil, 200, content, "0+-1"},
		"range":          {[]string{"Range", "bytes=3-7"}, 206, "34567", "3+5"},
		"one byte":       {[]string{"Range", "bytes=0-0"}, 206, "0", "0+1"},
		"from":           {[]string{"Range", "bytes=995-"}, 206, "56789", "995+-1"},
		"past the end":   {[]string{"Range", "bytes=998-5000"}, 206, "89", "998+-1"},
		"all":            {[]string{"Range", "bytes=0-"}, 206, content, "0+-1"},
		"suffix":         {[]string{"Range", "bytes=-3"}, 206, "789", "997+-1"},
		"long suffix":    {[]string{"Range", "bytes=-5000"}, 206, content, "0+-1"},
		"after the end":  {[]string{"Range", "bytes=5000-"}, 416, "invalid range: failed to overlap\n", ""},
		"backwards":      {[]string{"Range", "bytes=7-3"}, 416, "invalid range\n", ""},
		"many ranges":    {[]string{"Range", "bytes=0-0" + strings.Repeat(",0-", 50)}, 200, content, "0+-1"},
		"two ranges":     {[]string{"Range", "bytes=0-0,5-5"}, 200, content, "0+-1"},
		"not modified":   {[]string{"If-None-Match", etag}, 304, "", ""},
		"modified":       {[]string{"If-None-Match", `"other"`}, 200, content, "0+-1"},
		"same if-match":  {[]string{"If-Match", etag, "Range", "bytes=3-7"}, 206, "34567", "3+5"},
		"other if-match": {[]string{"If-Match", `"other"`, "Range", "bytes=3-7"}, 412, "", ""},
		"same if-range":  {[]string{"Range", "bytes=0-1", "If-Range", etag}, 206, "01", "0+2"},
		"other if-range": {[]string{"Range", "bytes=0-1", "If-Range", `"other"`}, 200, content, "0+-1"},
		"weak if-range":  {[]string{"Range", "bytes=0-1", "If-Range", "W/" + etag}, 200, content, "0+-1"},
	}
	for name, row := range rows {
		store.asked = nil
		got := serve(http.MethodGet, row.header...)
		require.Equal(t, row.status, got.Code, name)
		require.Equal(t, row.body, got.Body.String(), name)
		require.Equal(t, row.asked, strings.Join(store.asked, " "), name)
	}
	store.asked = nil
	head := serve(http.MethodHead, "Range", "bytes=3-7")
	require.Empty(t, head.Body.String())
	require.Empty(t, store.asked)
}

// TestProxyReads: if the storage returns more than the range, only the range passes. If it returns
// less, the answer does not look whole.
func TestProxyReads(t *testing.T) {
	for name, row := range map[string]struct {
		give func([]byte) []byte
		want string
		cut  bool
	}{
		"the range": {func(b []byte) []byte { return b }, "34567", false},
		"less":      {func(b []byte) []byte { return b[:2] }, "34", true},
		"nothing":   {func([]byte) []byte { return nil }, "", true},
		"more":      {func(b []byte) []byte { return append(slices.Clone(b), "89"...) }, "34567", false},
	} {
		t.Run(name, func(t *testing.T) {
			store := givingStore{&memstore.Store{}, row.give}
			links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: (&fixture{log: &syncBuffer{}}).logger()})
			require.NoError(t, err)
			(&linked{store: store.Store}).put(t, "a.txt", "text/plain", "a.txt", "0123456789")
			h := links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.txt"}, nil })
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.Header.Set("Range", "bytes=3-7")
			w := httptest.NewRecorder()
			serve := func() { h.ServeHTTP(w, r) }
			if row.cut {
				require.PanicsWithValue(t, http.ErrAbortHandler, serve)
			} else {
				serve()
			}
			require.Equal(t, row.want, w.Body.String())
		})
	}
}

// givingStore returns what give makes of the bytes that it was asked for.
type givingStore struct {
	*memstore.Store
	give func([]byte) []byte
}

func (s givingStore) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	r, err := s.Store.OpenAt(ctx, key, etag, offset, length)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return io.NopCloser(strings.NewReader(string(s.give(b)))), err
}
