// Package example runs programs of examples, as a person would, in processes of their own.
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

// Server is an example, running.
type Server struct {
	URL string
	cmd *exec.Cmd
	log bytes.Buffer // read it after Terminate
}

// Start starts examples/server with these flags on a free port, with the credentials of the S3
// server of package s3test. It ends with the test.
func Start(t *testing.T, flags ...string) *Server {
	t.Helper()
	return Run(t, "server", flags...)
}

// Run is Start for another example.
func Run(t *testing.T, name string, flags ...string) *Server {
	t.Helper()
	p := &Server{cmd: command(t, name, s3test.Get(), flags)}
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

// Refuses starts examples/server like [Start], with the credentials of s, and waits until it has
// ended by itself. It requires a status other than 0.
func Refuses(t *testing.T, s s3test.Server, flags ...string) (status int, log string) {
	t.Helper()
	cmd := command(t, "server", s, flags)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended, "%s", out)
	return ended.ExitCode(), string(out)
}

func command(t *testing.T, name string, s s3test.Server, flags []string) *exec.Cmd {
	t.Helper()
	binary, err := build(name)
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

// builds has the errors of build, nil for success, by the names of programs.
var builds struct {
	sync.Mutex
	done map[string]error
}

// build builds a program once in a process of tests. The go command keeps programs that it has run
// in its cache, linked, so that another process of tests only copies the file.
func build(name string) (binary string, err error) {
	builds.Lock()
	defer builds.Unlock()
	binary = filepath.Join(s3test.Folder(), name)
	if err, built := builds.done[name]; built {
		return binary, err
	}
	_, file, _, _ := runtime.Caller(0) // the working directory is that of the package under test
	cmd := exec.Command("go", "run", "-exec", "cp", "./"+name, binary)
	cmd.Dir = filepath.Join(filepath.Dir(file), "..", "..", "..", "examples")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	if builds.done == nil {
		builds.done = map[string]error{}
	}
	builds.done[name] = err
	return binary, err
}
