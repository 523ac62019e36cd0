package browser

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	program "github.com/airlock-go/upload/integration/internal/example"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

// example is examples/server as a person runs it, with or without a bucket.
type example struct {
	url    string
	bucket *s3test.Bucket // nil for memory
}

// examples are the ways to run it.
var examples = map[string]func(t *testing.T) example{
	"memory": func(t *testing.T) example {
		return example{startExample(t), nil}
	},
	"S3": func(t *testing.T) example {
		b := s3test.NewBucket(t, false)
		flags := []string{"-direct", "-resumable", "-s3-bucket", b.Name, "-s3-endpoint", s3test.Get().Endpoint, "-s3-profile", s3test.Get().Kind}
		if b.LetIn(t, "https://other.example.com") {
			flags = append(flags, "-s3-setup")
		}
		return example{startExample(t, flags...), b}
	},
}

// startExample runs it with the flags and returns the URL of its page.
func startExample(t *testing.T, flags ...string) string {
	t.Helper()
	return program.Start(t, append([]string{"-max-file-size", "33554432"}, flags...)...).URL
}

// requireHolds waits until the bucket, if there is one, holds exactly n objects except the markers
// of resumable uploads that have ended, and no open multipart upload. The removal of a refused file
// may still be in progress.
func (e example) requireHolds(t *testing.T, n int) {
	t.Helper()
	if e.bucket == nil {
		return
	}
	require.Eventually(t, func() bool {
		kept := 0
		for _, v := range e.bucket.Versions(t.Context(), t) {
			if !strings.HasSuffix(v.Key, "/0-end") && !strings.HasSuffix(v.Key, "/0-done") {
				kept++
			}
		}
		return kept == n && len(e.bucket.Uploads(t.Context(), t)) == 0
	}, 3*time.Minute, 10*time.Millisecond)
}

// requireServes fails the test unless a link of the page leads to exactly that content.
func requireServes(t *testing.T, link, content string) {
	t.Helper()
	resp, err := http.Get(link)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	require.Equal(t, http.StatusOK, resp.StatusCode, link)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.True(t, content == string(b), "what is stored is not what was sent") // too large to be shown
}
