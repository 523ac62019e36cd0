package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
)

// TestReady checks that the probe asks the bucket, and that an answer of 503 has no details.
func TestReady(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	url, _ := start(t)
	require.Equal(t, http.StatusNoContent, get(t, url+"/readyz", nil).status, "memory is always there")

	fake := s3fake.New("pictures")
	fake.Secret = "secret"
	s3 := httptest.NewServer(fake)
	defer s3.Close()
	cfg, err := parseFlags([]string{"-s3-bucket", "pictures", "-s3-endpoint", s3.URL}, io.Discard)
	require.NoError(t, err)
	site, err := prepare(t.Context(), cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	srv := httptest.NewServer(site.handler)
	defer srv.Close()
	require.Equal(t, http.StatusNoContent, get(t, srv.URL+"/readyz", nil).status)
	fake.Inject("HeadBucket", -1, s3fake.Answer(http.StatusForbidden, "AccessDenied"))
	got := get(t, srv.URL+"/readyz", nil)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "The storage cannot be used.\n", got.body)
}
