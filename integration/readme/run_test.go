package readme

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// writes reports whether the tests write the transcript and the pictures. Otherwise they check
// them.
var writes = os.Getenv("UPLOAD_WRITE_DOCS") == "1"

// quickstart runs the README's program, at a free address in place of its own.
func quickstart(t *testing.T, own string) (address string) {
	t.Helper()
	const path = "../../examples/quickstart/main.go"
	address = freeAddress(t)
	source, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(source), `"`+own+`"`)
	changed := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(changed, []byte(strings.Replace(string(source), own, address, 1)), 0o600))
	absolute, err := filepath.Abs(path)
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{absolute: changed}})
	require.NoError(t, err)
	replaced := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(replaced, overlay, 0o600))

	start(t, exec.CommandContext(t.Context(), build(t, "./quickstart", "-overlay="+replaced)))
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		return err == nil && conn.Close() == nil
	}, time.Minute, 10*time.Millisecond)
	return address
}

// server runs the program of the example server and returns the URL of its page.
func server(t *testing.T, program string) (url string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "-addr", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	start(t, cmd)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	return url
}

// build builds a program of the examples.
func build(t *testing.T, pkg string, flags ...string) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "program")
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", binary}, flags...), pkg)...)
	cmd.Dir = "../../examples"
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// start starts a program, which ends with the test.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return listener.Addr().String()
}
