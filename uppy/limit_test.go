package uppy_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
)

// TestRateLimited checks that a caller over the limit gets a time to retry.
func TestRateLimited(t *testing.T) {
	limiter, err := limit.New(limit.Limits{Files: 1}, nil)
	require.NoError(t, err)
	a := newApp(t, upload.Options{Limiter: limiter}, nil)
	a.create(t, "a.txt", map[string]any{"size": 5})
	again := call{method: "POST", path: "/uppy/s3/multipart", body: createBody(t, "a.txt", map[string]any{"size": 5})}
	a.refuses(t, upload.CodeRateLimited, again)
	seconds, err := strconv.Atoi(a.send(t, again).header.Get("Retry-After"))
	require.NoError(t, err)
	require.Greater(t, seconds, 3000, "the limit is for an hour")
}
