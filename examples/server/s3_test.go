//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// Only the wiring: the store has tests of its own.
func TestS3GetsTheFileByPath(t *testing.T) {
	type put struct {
		method, path, contentType string
		body                      []byte
	}
	puts := make(chan put, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		puts <- put{r.Method, r.URL.Path, r.Header.Get("Content-Type"), body}
		w.Header().Set("ETag", `"1"`)
	}))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-s3-prefix", "in")
	want := pngBytes(t)
	res := post(t, p.url+"/upload", nil, file{"file", "cat.png", want})
	require.Equal(t, http.StatusCreated, res.status)
	got := <-puts
	require.Equal(t, http.MethodPut, got.method)
	require.Regexp(t, `^/pictures/in/[0-9a-f]{32}\.png$`, got.path)
	require.Equal(t, "image/png", got.contentType)
	require.Equal(t, want, got.body)
	p.terminate(t)
	p.wait(t)
}
