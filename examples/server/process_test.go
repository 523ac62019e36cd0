package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// runMain makes the test binary the server itself.
const runMain = "UPLOAD_EXAMPLE_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestBadCommandLines(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	tests := []struct {
		args string
		says string
	}{
		{"-nonsense", "flag provided but not defined: -nonsense"},
		{"extra", `unexpected argument "extra"`},
		{"-max-file-size 0", "must be positive"},
		{"-max-file-size 5MB", `invalid value "5MB"`},
		{"-max-files -1", "must be positive"},
		{"-max-memory -1", "must be positive"},
		{"-types image/nonsense", `-types: upload: Types does not know the media type "image/nonsense"`},
		{"-types image/png,", `-types: upload: Types does not know the media type ""`},
		{"-cors-origin *", "-cors-origin: invalid origin"},
		{"-cors-origin https://app.example.com/", "-cors-origin: invalid origin"},
		{"-s3-endpoint http://127.0.0.1:9", "-s3-endpoint needs -s3-bucket"},
		{"-s3-prefix p/", "-s3-prefix needs -s3-bucket"},
		{"-s3-bucket b -s3-prefix ../p", "-s3-prefix: upload: a key with the segment"},
		{"-s3-bucket b -s3-endpoint 127.0.0.1:9", "-s3-endpoint:"},
		{"-s3-bucket b -s3-endpoint ftp://127.0.0.1", "is not an http or https URL"},
		{"-s3-bucket b", "no AWS region"},
		{"-s3-bucket b -s3-endpoint http://127.0.0.1:9 -max-memory 1", "MaxMemory"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), strings.Fields(tt.args), &stdout, &stderr))
			require.Contains(t, stderr.String(), tt.says)
			require.Empty(t, stdout.String())
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "-cors-origin origin")
}

func TestAddressInUse(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	var stdout, stderr bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"-addr", srv.Listener.Addr().String()}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "address already in use")
}

// process is the server as a process of its own.
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

// wait expects a clean end.
func (p *process) wait(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Wait(), p.log.String())
}

// slowUpload is an upload that goes on until the test ends its body.
type slowUpload struct {
	*io.PipeWriter
	form   *multipart.Writer
	answer chan *http.Response // nil: no answer
}

func startSlowUpload(t *testing.T, url string) *slowUpload {
	t.Helper()
	body, w := io.Pipe()
	u := &slowUpload{PipeWriter: w, form: multipart.NewWriter(w), answer: make(chan *http.Response, 1)}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, url+"/upload", body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", u.form.FormDataContentType())
	go func() {
		res, _ := http.DefaultClient.Do(r) //nolint:bodyclose // the test closes it
		u.answer <- res
	}()
	part, err := u.form.CreateFormFile("file", "notes.txt")
	require.NoError(t, err)
	// More than the connection's buffers hold: when it is written, the server
	// is reading.
	_, err = part.Write(bytes.Repeat([]byte("a line of text\n"), 64<<10))
	require.NoError(t, err)
	return u
}

func TestTerminateIdle(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	res, _ := get(t, p.url+"/", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	p.terminate(t)
	p.wait(t)
}

func TestTerminateLetsUploadsFinish(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	u := startSlowUpload(t, p.url)
	p.terminate(t)
	require.Eventually(t, func() bool { // new ones are refused meanwhile
		return post(t, p.url+"/upload", nil, file{"file", "cat.png", pngBytes(t)}).StatusCode == http.StatusServiceUnavailable
	}, uploadGrace, uploadGrace/100)
	require.NoError(t, u.form.Close())
	require.NoError(t, u.Close())
	res := <-u.answer
	require.NotNil(t, res)
	defer res.Body.Close()
	require.Equal(t, http.StatusCreated, res.StatusCode)
	p.wait(t)
}

func TestTerminateCutsUploadsThatDoNotFinish(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	u := startSlowUpload(t, p.url)
	defer u.Close()
	p.terminate(t)
	res := <-u.answer
	require.NotNil(t, res, "the client must be told")
	defer res.Body.Close()
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	p.wait(t)
	require.Contains(t, p.log.String(), "were cut")
}
