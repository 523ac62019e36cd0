package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDirectory checks that the next start of the server has the stored files, and serves them
// without a redirect. It also checks that HTML named .png is refused.
func TestDirectory(t *testing.T) {
	cfg, err := parseFlags([]string{"-dir", filepath.Join(t.TempDir(), "files")}, io.Discard)
	require.NoError(t, err)
	start := func() string {
		s, err := prepare(t.Context(), cfg, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		srv := httptest.NewServer(s.handler)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	picture := pngBytes(t)
	a := post(t, start()+uploadPath, nil, file{"file", "cat.png", picture})
	require.Equal(t, http.StatusCreated, a.status, a.body)
	_, key, _ := strings.Cut(a.body, `"key":"`)
	key, _, _ = strings.Cut(key, `"`)

	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(start() + filesPath + key)
	require.NoError(t, err)
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, picture, got)
	require.Equal(t, "image/png", res.Header.Get("Content-Type"))

	a = post(t, start()+uploadPath, nil, file{"file", "a.png", htmlBytes})
	require.Equal(t, http.StatusUnsupportedMediaType, a.status, a.body)
}
