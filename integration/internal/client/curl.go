package client

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/airlock-go/upload/uploadtest"
)

// Curl sends the file with curl. Unless chunked, curl makes the form itself, from a sparse file on
// disk: only the first 4 KiB of the content are written, zeros follow. If chunked, the form comes
// from standard input, so that curl has no length of it. Answer.Sent includes what the kernel has
// not sent yet. Without curl the test is skipped, or fails if UPLOAD_TEST_REQUIRED is set.
func Curl(t testing.TB, url string, file Part, chunked bool, args ...string) (*Answer, error) {
	t.Helper()
	if chunked {
		args = append(args, "--request", "POST", "--header", "Content-Type: "+uploadtest.ContentType, "--upload-file", "-")
		return curl(t, url, Form{file}.Body(), args)
	}
	path, err := sparse(t, file)
	if err != nil {
		return nil, err
	}
	return curl(t, url, nil, append(args, "--form", file.Field+"=@"+path))
}

// CurlFile is Curl for a file that is the whole body, sent with --upload-file. To a url that ends
// in a slash, the program curl adds the name of a file on disk.
func CurlFile(t testing.TB, url string, file Part, chunked bool, args ...string) (*Answer, error) {
	t.Helper()
	if chunked {
		return curl(t, url+file.Name, file.Content.Open(), append(args, "--upload-file", "-"))
	}
	path, err := sparse(t, file)
	if err != nil {
		return nil, err
	}
	return curl(t, url, nil, append(args, "--upload-file", path))
}

func curl(t testing.TB, url string, stdin io.Reader, args []string) (*Answer, error) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil && os.Getenv("UPLOAD_TEST_REQUIRED") == "" {
		t.Skip("needs curl: apt-get install curl")
	}
	cmd := exec.CommandContext(t.Context(), "curl", "--silent", "--show-error", "--insecure", "--include", "--max-time", "120",
		"--write-out", "%{stderr}%{size_upload}")
	var stdout, stderr bytes.Buffer
	cmd.Args = append(append(cmd.Args, args...), url)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("curl: %w: %s", err, stderr.Bytes())
	}
	return curlAnswer(stdout.Bytes(), stderr.String())
}

func curlAnswer(stdout []byte, sent string) (*Answer, error) {
	// curl writes HTTP/2 without the minor version that http.ReadResponse requires.
	stdout = bytes.Replace(stdout, []byte("HTTP/2 "), []byte("HTTP/2.0 "), 1)
	resp, err := finalResponse(bufio.NewReader(bytes.NewReader(stdout)))
	if err != nil {
		return nil, err
	}
	a, err := uploadtest.ReadAnswer(resp)
	if err != nil {
		return nil, err
	}
	a.Sent, err = strconv.ParseInt(strings.TrimSpace(sent), 10, 64)
	return a, err
}

// finalResponse returns the response after any 100 Continue.
func finalResponse(br *bufio.Reader) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(br, nil)
		if err != nil || resp.StatusCode != http.StatusContinue {
			return resp, err
		}
	}
}

// sparse writes a file of that name and size, with the first 4 KiB of the content, and returns its
// path.
func sparse(t testing.TB, file Part) (path string, err error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), file.Name)
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if _, err := io.CopyN(f, file.Content.Open(), min(file.Content.Size, 4<<10)); err != nil {
		return "", err
	}
	return path, f.Truncate(file.Content.Size)
}
