//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

// process is the program as a process of its own.
type process struct {
	cmd *exec.Cmd
	url string
	log *bufio.Reader
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append(args, "-addr", "127.0.0.1:0")...)
	cmd.Env = append(os.Environ(), runMain+"=1")
	return cmd
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: program(t, args...)}
	stderr, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	p.log = bufio.NewReader(stderr)
	line, err := p.log.ReadString('\n')
	require.NoError(t, err)
	url := regexp.MustCompile(`open (http://\S+) `).FindStringSubmatch(line)
	require.NotNil(t, url, line)
	p.url = url[1]
	return p
}

// end expects the process to end cleanly.
func (p *process) end(t *testing.T) {
	t.Helper()
	log, err := io.ReadAll(p.log)
	require.NoError(t, err)
	require.NoError(t, p.cmd.Wait(), string(log))
}

// as signs a user in, and returns r with the cookie of the session.
func (p *process) as(t *testing.T, name string, r *http.Request) *http.Request {
	t.Helper()
	form := strings.NewReader("user=" + name + "&password=" + accounts[name].password)
	in, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/sign-in", form)
	require.NoError(t, err)
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	cookie, err := http.ParseSetCookie(uploadtest.Send(t, nil, in).Header.Get("Set-Cookie"))
	require.NoError(t, err)
	r.Header.Set("Cookie", cookie.Name+"="+cookie.Value)
	return r
}

func (p *process) get(t *testing.T, name, path string) *uploadtest.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
	require.NoError(t, err)
	return uploadtest.Send(t, nil, p.as(t, name, r))
}

// TestProcess checks that a job application is stored even if the signal to stop comes while it is
// being sent. Its row and its file are there after the next start.
func TestProcess(t *testing.T) {
	dir := t.TempDir()
	onDisk := []string{"-dir", filepath.Join(dir, "files"), "-db", filepath.Join(dir, "rows.db")}
	p := startProcess(t, onDisk...)
	r := p.as(t, "ada", uploadtest.NewRequest(p.url+"/apply", form(cv)...))
	r.Header.Set("Expect", "100-continue")
	conn, err := uploadtest.Dial(r)
	require.NoError(t, err)
	defer conn.Close()
	require.Eventually(t, conn.Continued, time.Minute, time.Millisecond) // it is being received
	require.NoError(t, conn.Send(100))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, conn.Send(-1))
	a, err := conn.Answer(time.Minute)
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, a.Status, a)
	p.end(t)

	p = startProcess(t, onDisk...)
	link := regexp.MustCompile(`href="(/files/applications/\S+)"`).FindStringSubmatch(string(p.get(t, "joan", "/").Body))
	require.NotNil(t, link)
	require.True(t, bytes.Equal(uploadtest.PDF().Bytes(), p.get(t, "joan", link[1]).Body))
	require.Equal(t, http.StatusNotFound, p.get(t, "grace", link[1]).Status)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.end(t)
}

// TestFlags checks that the program does not start if only rows or only files would outlive it, if
// files have two places, or if clamd cannot be reached, and that it says why.
func TestFlags(t *testing.T) {
	dir := t.TempDir()
	const together = "so that rows and files end together"
	for about, row := range map[string]struct {
		args []string
		says string
	}{
		"files on disk, rows in memory":  {[]string{"-dir", dir}, together},
		"files in S3, rows in memory":    {[]string{"-s3", "s3://bucket"}, together},
		"rows on disk, files in memory":  {[]string{"-db", filepath.Join(dir, "rows.db")}, together},
		"files on disk and in S3":        {[]string{"-dir", dir, "-s3", "s3://bucket", "-db", filepath.Join(dir, "rows.db")}, together},
		"a clamd that cannot be reached": {[]string{"-clamd", "127.0.0.1:1"}, "connection refused"},
	} {
		cmd := program(t, row.args...)
		hung := time.AfterFunc(time.Minute, func() { _ = cmd.Cancel() })
		out, err := cmd.CombinedOutput()
		hung.Stop()
		require.Error(t, err, about)
		require.Contains(t, string(out), row.says, about)
		require.NotContains(t, string(out), "open http", about)
		require.NotContains(t, string(out), "panic", about)
	}
}
