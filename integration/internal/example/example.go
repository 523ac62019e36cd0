// Package example runs examples/server, as a person would, in a process of its own.
package example

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

// Server is the example, running.
type Server struct {
	URL string
	cmd *exec.Cmd
	log bytes.Buffer // read it after Terminate
}

// Start starts it with these flags on a free port, with the credentials of the S3 server of package
// s3test. It ends with the test.
func Start(t *testing.T, flags ...string) *Server {
	t.Helper()
	p := &Server{cmd: command(t, s3test.Get(), flags)}
	p.cmd.Stderr = &p.log
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	p.URL = url
	return p
}

// Refuses starts it in the same way for another server, and waits until it has ended by itself.
func Refuses(t *testing.T, s s3test.Server, flags ...string) (status int, log string) {
	t.Helper()
	cmd := command(t, s, flags)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended, "%s", out)
	return ended.ExitCode(), string(out)
}

func command(t *testing.T, s s3test.Server, flags []string) *exec.Cmd {
	t.Helper()
	binary, err := build()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"-addr", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+s.AccessKey, "AWS_SECRET_ACCESS_KEY="+s.SecretKey, "AWS_REGION="+s.Region)
	return cmd
}

// Terminate asks the process to stop and requires a clean end.
func (p *Server) Terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.cmd.Wait(), "%s", p.log.String())
}

// build builds the program once in a process of tests. The go command caches compiled packages, so
// that another process of tests only links it.
var build = sync.OnceValues(func() (binary string, err error) {
	_, file, _, _ := runtime.Caller(0) // the S3 server in this process has changed the working directory
	binary = filepath.Join(s3test.Folder(), "server")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, "./server")
	cmd.Dir = filepath.Join(filepath.Dir(file), "..", "..", "..", "examples")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})
