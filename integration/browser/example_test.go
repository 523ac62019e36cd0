package browser

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

// example is examples/server as a person runs it, with or without a bucket.
type example struct {
	url    string
	bucket *s3test.Bucket // nil is memory
}

// examples are the ways to run it.
var examples = map[string]func(t *testing.T, binary string) example{
	"memory": func(t *testing.T, binary string) example {
		return example{runExample(t, binary), nil}
	},
	"S3": func(t *testing.T, binary string) example {
		b := s3test.NewBucket(t, false)
		flags := []string{"-direct", "-s3-bucket", b.Name, "-s3-endpoint", s3test.Get().Endpoint, "-s3-profile", s3test.Get().Kind}
		if b.LetIn(t, "https://other.example.com") {
			flags = append(flags, "-s3-setup")
		}
		return example{runExample(t, binary, flags...), b}
	},
}

func buildExample(t *testing.T) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0) // the S3 server in this process has changed the working directory
	binary := filepath.Join(t.TempDir(), "server")
	cmd := exec.Command("go", "build", "-o", binary, "./server")
	cmd.Dir = filepath.Join(filepath.Dir(file), "..", "..", "examples")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// runExample runs it until the test ends, and returns the URL of its page.
func runExample(t *testing.T, binary string, flags ...string) string {
	t.Helper()
	s := s3test.Get()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"-addr", "127.0.0.1:0", "-max-file-size", "33554432"}, flags...)...)
	cmd.Env = append(os.Environ(),
		"AWS_ACCESS_KEY_ID="+s.AccessKey, "AWS_SECRET_ACCESS_KEY="+s.SecretKey, "AWS_REGION="+s.Region)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	return url
}

// requireHolds fails the test unless so many objects are all that the bucket
// holds. What was refused may still be on its way out.
func (e example) requireHolds(t *testing.T, n int) {
	t.Helper()
	if e.bucket == nil {
		return
	}
	require.Eventually(t, func() bool {
		return len(e.bucket.Versions(t.Context(), t)) == n && len(e.bucket.Uploads(t.Context(), t)) == 0
	}, time.Minute, 10*time.Millisecond)
}

// requireServes fails the test unless a link of the page leads to exactly that
// content.
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
