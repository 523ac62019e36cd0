package integration_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/s3test"
)

// TestExampleServer runs examples/server as a person would, in S3 mode.
func TestExampleServer(t *testing.T) {
	t.Parallel()
	binary := buildExample(t)
	t.Run("curl", func(t *testing.T) {
		b := s3test.NewBucket(t, false)
		p := runExample(t, binary, b)
		a, err := client.Curl(t, p.url+"/upload", client.File("cat.png", client.PNG(0)), false)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status, "%s", a.Body)
		requireStored(t, b, a.Files[0].Key, client.PNG(0))

		page := client.Bytes([]byte("<!doctype html><title>x</title><script>alert(1)</script>"))
		a, err = client.Curl(t, p.url+"/upload", client.File("cat.png", page), false)
		require.NoError(t, err)
		require.Equal(t, 415, a.Status)
		require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
		require.Len(t, b.Versions(t.Context(), t), 1)
		p.terminate(t)
	})
	t.Run("terminated at 12 MiB of 50", func(t *testing.T) {
		b := s3test.NewBucket(t, false)
		p := runExample(t, binary, b)
		for _, length := range []int64{0, -1} {
			c, err := client.Dial(strings.TrimPrefix(p.url, "http://"), "/upload", fifty, length)
			require.NoError(t, err)
			defer c.Close()
			require.NoError(t, c.Send(12*mib))
		}
		require.Eventually(t, func() bool { return len(b.Uploads(t.Context(), t)) == 2 }, patience, 10*time.Millisecond)
		p.terminate(t)
		require.Empty(t, b.Uploads(t.Context(), t), "the process ended before its uploads were aborted")
		b.RequireNothing(t)
	})
}

func buildExample(t *testing.T) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0) // the S3 server in this process has changed the working directory
	binary := filepath.Join(t.TempDir(), "server")
	cmd := exec.Command("go", "build", "-o", binary, "./server")
	cmd.Dir = filepath.Join(filepath.Dir(file), "..", "examples")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// process is the example, running.
type process struct {
	cmd *exec.Cmd
	url string
	log bytes.Buffer // read it after terminate
}

func runExample(t *testing.T, binary string, b *s3test.Bucket, flags ...string) *process {
	t.Helper()
	s := s3test.Get()
	flags = append([]string{
		"-addr", "127.0.0.1:0", "-s3-bucket", b.Name, "-s3-endpoint", s.Endpoint, "-s3-profile", s.Kind, "-max-file-size", "67108864",
	}, flags...)
	p := &process{cmd: exec.CommandContext(t.Context(), binary, flags...)}
	p.cmd.Env = append(os.Environ(),
		"AWS_ACCESS_KEY_ID="+s.AccessKey, "AWS_SECRET_ACCESS_KEY="+s.SecretKey, "AWS_REGION="+s.Region)
	p.cmd.Stderr = &p.log
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	_, url, ok := strings.Cut(strings.TrimSpace(line), "http://")
	require.True(t, ok, line)
	p.url = "http://" + url
	return p
}

// terminate asks the process to stop and wants a clean end.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.cmd.Wait(), "%s", p.log.String())
}
