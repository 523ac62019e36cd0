package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/airlock-go/upload/internal/nulls3"
)

// process is a process of the benchmark that serves at url until its input ends.
type process struct {
	cmd   *exec.Cmd
	input io.Closer
	url   string
}

func start(args ...string) (*process, error) {
	cmd := exec.Command(os.Args[0], args...) //nolint:gosec // this program itself
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	url, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		_ = input.Close()
		return nil, fmt.Errorf("%v did not start: %w", args, cmd.Wait())
	}
	return &process{cmd: cmd, input: input, url: strings.TrimSpace(url)}, nil
}

func (p *process) stop() {
	_ = p.input.Close()
	_ = p.cmd.Wait()
}

// report is what a process reports about itself.
type report struct {
	CPU        time.Duration // user and system, by the operating system
	Received   int64         // bytes from the connections that it has accepted
	Goroutines int
	Heap       int64 // live after a collection, if that was requested
	Objects    int   // that the S3 that discards has counted
	Open       int   // its open multipart uploads
}

func (p *process) report(query string) (r report, err error) {
	resp, err := insecure.Get(p.url + "/usage" + query)
	if err != nil {
		return r, err
	}
	defer func() { _ = resp.Body.Close() }()
	return r, json.NewDecoder(resp.Body).Decode(&r)
}

// peakRSS returns the most memory the process had since resetPeak, in bytes.
func (p *process) peakRSS() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(b, []byte("VmHWM:"))
	kb, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
	return kb * kib, err
}

func (p *process) resetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

var received atomic.Int64

// usage answers with what this process has used.
func usage(w http.ResponseWriter, r *http.Request) {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	u := report{
		CPU:      time.Duration(ru.Utime.Nano() + ru.Stime.Nano()),
		Received: received.Load(), Goroutines: runtime.NumGoroutine(),
	}
	if r.URL.Query().Has("gc") {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		u.Heap, u.Goroutines = int64(m.HeapAlloc), runtime.NumGoroutine() //nolint:gosec // a heap fits
	}
	_ = json.NewEncoder(w).Encode(u)
}

// serveS3 serves an S3 that discards everything, over http or, with -tls, over https.
func serveS3(args []string) error {
	null := &nulls3.Server{}
	mux := http.NewServeMux()
	mux.Handle("/", null)
	mux.HandleFunc("GET /usage", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(report{Objects: len(null.Sizes()), Open: null.Open()})
	})
	mux.HandleFunc("POST /forget", func(http.ResponseWriter, *http.Request) { null.Forget() })
	return listen(mux, strings.Join(args, ""))
}

// listen prints the URL and serves until the input ends.
func listen(h http.Handler, how string) error {
	s := httptest.NewUnstartedServer(h)
	s.Listener = counting{s.Listener}
	if how == "-tls" {
		s.StartTLS()
	} else {
		s.Start()
	}
	fmt.Println(s.URL)
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

type counting struct{ net.Listener }

func (l counting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countingConn{c.(*net.TCPConn)}, nil
}

type countingConn struct{ *net.TCPConn }

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	received.Add(int64(n))
	return n, err
}
