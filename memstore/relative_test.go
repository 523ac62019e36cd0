package memstore_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestRelative checks that with a path as address, all signed URLs are paths, which are answered
// under any name of the server.
func TestRelative(t *testing.T) {
	s := &memstore.Store{}
	f := fixture{s, s.Handler("/a store")}
	relative := func(url string) {
		t.Helper()
		require.True(t, strings.HasPrefix(url, "/a%20store/"), url)
	}
	put, err := f.SignPut(t.Context(), object(5))
	require.NoError(t, err)
	relative(put.URL)
	for _, host := range []string{"", "http://localhost:8080", "https://127.0.0.1"} {
		require.NoError(t, f.Delete(t.Context(), key))
		q := *put
		q.URL = host + q.URL
		require.Equal(t, http.StatusOK, f.send(&q, strings.NewReader("hello")).Code)
	}

	require.NoError(t, f.Delete(t.Context(), key))
	w := f.sendForm(t, "hello", nil)
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	relative(w.Header().Get("Location"))

	id, err := f.CreateMultipart(t.Context(), object(0))
	require.NoError(t, err)
	part, err := f.SignPart(t.Context(), object(5), id, 1)
	require.NoError(t, err)
	relative(part.URL)
	require.Equal(t, http.StatusOK, f.send(part, strings.NewReader("hello")).Code)

	link, err := f.SignGet(t.Context(), key, storage.SignedGet{Type: "text/plain", Expires: time.Minute})
	require.NoError(t, err)
	relative(link)
	w = httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, link, nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "hello", w.Body.String())
}
