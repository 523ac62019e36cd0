package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const tusdVersion = "v2.9.1"

// startTusd builds tusd, and runs it over a bucket. The end of its input does not end tusd.
func startTusd(dir, endpoint string) (*process, error) {
	build := exec.Command("go", "install", "github.com/tus/tusd/v2/cmd/tusd@"+tusdVersion)
	build.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	build.Dir, build.Stderr = dir, os.Stderr
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err = errors.Join(err, build.Run()); err != nil {
		return nil, fmt.Errorf("tusd: %w", err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	cmd := exec.Command(filepath.Join(dir, "tusd"), "-host", host, "-port", port, "-base-path", "/files/", //nolint:gosec // the program just built
		"-s3-bucket", bucket, "-s3-endpoint", endpoint, "-verbose=false", "-show-startup-logs=false")
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=access", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=us-east-1", "TMPDIR="+dir)
	cmd.Stderr = os.Stderr
	p := &process{cmd: cmd, input: killer{cmd}, url: "http://" + net.JoinHostPort(host, port)}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for range 1000 {
		resp, err := http.Get(p.url)
		if err == nil {
			return p, resp.Body.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.stop()
	return nil, errors.New("tusd does not answer")
}

// killer ends a process that does not watch its input.
type killer struct{ cmd *exec.Cmd }

var _ io.Closer = killer{}

func (k killer) Close() error { return k.cmd.Process.Kill() }

// used returns the CPU time of a process, as the operating system counts it: in hundredths of a
// second.
func (p *process) used() time.Duration {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
