//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// runMain is the environment variable that makes the test binary the server itself.
const runMain = "UPLOAD_EXAMPLE_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is the server in a process of its own.
type process struct {
	cmd *exec.Cmd
	url string
	log bytes.Buffer // read it after wait
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), os.Args[0], append(args, "-addr", "127.0.0.1:0")...)}
	p.cmd.Env = append(os.Environ(), runMain+"=1")
	p.cmd.Stderr = &p.log
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	p.url = url
	return p
}

func (p *process) terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
}

// wait requires a clean end.
func (p *process) wait(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Wait(), p.log.String())
}

// slowUpload is an upload that continues until the test ends its body, or the server cuts it.
type slowUpload struct {
	*io.PipeWriter
	form   *multipart.Writer
	answer chan answer // closed without an answer if none came
}

// patient sends the body of a request with Expect: 100-continue only once the server reads it. After
// a write has returned, the upload is in progress.
var patient = http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Hour}}

func startSlowUpload(t *testing.T, url string) *slowUpload {
	t.Helper()
	body, w := io.Pipe()
	u := &slowUpload{PipeWriter: w, form: multipart.NewWriter(w), answer: make(chan answer, 1)}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, url+"/upload", body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", u.form.FormDataContentType())
	r.Header.Set("Expect", "100-continue")
	go func() {
		defer close(u.answer)
		res, err := patient.Do(r)
		if err != nil {
			return
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		u.answer <- answer{res.StatusCode, res.Header, string(b)}
	}()
	part, err := u.form.CreateFormFile("file", "notes.txt")
	require.NoError(t, err)
	_, err = part.Write(bytes.Repeat([]byte("a line of text\n"), 64<<10))
	require.NoError(t, err)
	return u
}

func TestTerminateIdle(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	require.Equal(t, http.StatusOK, get(t, p.url+"/", nil).status)
	p.terminate(t)
	p.wait(t)
}

func TestTerminateLetsUploadsFinish(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	u := startSlowUpload(t, p.url)
	p.terminate(t)
	require.Eventually(t, func() bool { // new uploads are refused before the old one ends
		return post(t, p.url+"/upload", nil, file{"file", "cat.png", pngBytes(t)}).status == http.StatusServiceUnavailable
	}, uploadGrace, uploadGrace/100)
	require.NoError(t, u.form.Close())
	require.NoError(t, u.Close())
	require.Equal(t, http.StatusCreated, (<-u.answer).status)
	p.wait(t)
}

func TestTerminateCutsUploadsThatDoNotFinish(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	u := startSlowUpload(t, p.url)
	p.terminate(t)
	res, answered := <-u.answer
	require.True(t, answered)
	require.Equal(t, http.StatusServiceUnavailable, res.status)
	require.Equal(t, "application/problem+json", res.header.Get("Content-Type"))
	require.NoError(t, u.Close())
	p.wait(t)
	require.Contains(t, p.log.String(), "were cut")
}
