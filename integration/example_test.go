package integration_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/example"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

// TestExampleServer runs examples/server as a person would, in S3 mode.
func TestExampleServer(t *testing.T) {
	t.Parallel()
	t.Run("curl", func(t *testing.T) {
		b := s3test.NewBucket(t, false)
		p := startExample(t, b)
		a, err := client.Curl(t, p.URL+"/upload", client.File("cat.png", client.PNG(0)), false)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status, "%s", a.Body)
		requireStored(t, b, a.Files[0].Key, client.PNG(0))

		page := client.Bytes([]byte("<!doctype html><title>x</title><script>alert(1)</script>"))
		a, err = client.Curl(t, p.URL+"/upload", client.File("cat.png", page), false)
		require.NoError(t, err)
		require.Equal(t, 415, a.Status)
		require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
		require.Len(t, b.Versions(t.Context(), t), 1)
		p.Terminate(t)
	})
	t.Run("terminated at 6 MiB of 50", func(t *testing.T) {
		b := s3test.NewBucket(t, false)
		p := startExample(t, b)
		for _, length := range []int64{0, -1} {
			c, err := client.Dial(strings.TrimPrefix(p.URL, "http://"), "/upload", fifty, length)
			require.NoError(t, err)
			defer c.Close()
			require.NoError(t, c.Send(leftAt))
		}
		require.Eventually(t, func() bool { return len(b.Uploads(t.Context(), t)) == 2 }, patience, 10*time.Millisecond)
		p.Terminate(t)
		require.Empty(t, b.Uploads(t.Context(), t), "the process ended before its uploads were aborted")
		b.RequireNothing(t)
	})
}

// startExample runs the example with the bucket and more flags.
func startExample(t *testing.T, b *s3test.Bucket, flags ...string) *example.Server {
	t.Helper()
	s := s3test.Get()
	return example.Start(t, append([]string{"-s3-bucket", b.Name, "-s3-endpoint", s.Endpoint, "-s3-profile", s.Kind, "-max-file-size", "67108864"}, flags...)...)
}
