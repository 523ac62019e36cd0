package nulls3_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/nulls3"
)

// TestLatePart checks that a part that comes after the abort does not open the upload again, and
// that the list has only the uploads that are open.
func TestLatePart(t *testing.T) {
	s := new(nulls3.Server)
	answer := func(method, target string) (status int, body string) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader("bytes")))
		all, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		return w.Code, string(all)
	}
	_, body := answer(http.MethodPost, "/bucket/a/key?uploads")
	_, rest, _ := strings.Cut(body, "<UploadId>")
	id, _, found := strings.Cut(rest, "</UploadId>")
	require.True(t, found, body)

	_, listed := answer(http.MethodGet, "/bucket?uploads&prefix=a/")
	require.Contains(t, listed, "<Key>a/key</Key><UploadId>"+id+"</UploadId>")
	_, listed = answer(http.MethodGet, "/bucket?uploads&prefix=b/")
	require.NotContains(t, listed, id)

	status, _ := answer(http.MethodPut, "/bucket/a/key?partNumber=1&uploadId="+id)
	require.Equal(t, http.StatusOK, status)
	status, _ = answer(http.MethodDelete, "/bucket/a/key?uploadId="+id)
	require.Equal(t, http.StatusNoContent, status)
	status, body = answer(http.MethodPut, "/bucket/a/key?partNumber=2&uploadId="+id)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "NoSuchUpload")
	require.Zero(t, s.Open())
	_, listed = answer(http.MethodGet, "/bucket?uploads&prefix=a/")
	require.NotContains(t, listed, id)
}
