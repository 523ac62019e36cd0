package memory_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/internal/nulls3"
)

// server is a process that runs [serve], with an S3 that discards everything unless its config
// names another. At the end of the test it must have no memory reserved and nothing in its error
// log, and the discarding S3 no open multipart upload.
type server struct {
	url    string
	addr   string
	null   *nulls3.Server
	client *http.Client
}

func start(t *testing.T, c config) *server {
	t.Helper()
	null := &nulls3.Server{}
	s3 := httptest.NewServer(null)
	if c.S3 == "" {
		c.S3 = s3.URL
	}
	conf, err := json.Marshal(c)
	require.NoError(t, err)

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), runServer+"="+string(conf), "GOGC=100")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	url, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	s := &server{url: strings.TrimSpace(url), null: null, client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, //nolint:gosec // the certificate of a test
	}}}
	_, s.addr, _ = strings.Cut(s.url, "://")
	t.Cleanup(func() {
		r := s.report(t, "")
		require.Empty(t, r.ErrorLog, "lines on the server's error log")
		require.Zero(t, r.Used, "memory is still reserved")
		require.LessOrEqual(t, r.Peak, c.MaxMemory)
		require.Zero(t, null.Open(), "multipart uploads were left open")
		s.client.CloseIdleConnections()
		require.NoError(t, stdin.Close())
		require.NoError(t, cmd.Wait())
		s3.CloseClientConnections()
		s3.Close()
	})
	return s
}

func (s *server) report(t *testing.T, query string) report {
	t.Helper()
	resp, err := s.client.Get(s.url + "/report" + query)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var r report
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&r))
	return r
}

// idle returns the live heap of the server with n connections that have each made one request and
// wait.
func (s *server) idle(t *testing.T, n int) int64 {
	t.Helper()
	for range n {
		conn, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		_, err = fmt.Fprintf(conn, "GET /idle HTTP/1.1\r\nHost: %s\r\n\r\n", s.addr)
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
	}
	return s.report(t, "?reset").Live
}

// uploadAll sends the file n times at once and requires that each is answered with 201.
func (s *server) uploadAll(t *testing.T, n int, f client.Part) {
	t.Helper()
	answers := make(chan string, n)
	for range n {
		go func() {
			a, err := client.Post(t.Context(), s.client, s.url+"/upload", client.Form{f}, false)
			if err != nil {
				answers <- err.Error()
				return
			}
			answers <- fmt.Sprint(a.Status)
		}()
	}
	count := map[string]int{}
	for range n {
		count[<-answers]++
	}
	require.Equal(t, map[string]int{"201": n}, count)
}

func (s *server) requireStored(t *testing.T, n int, size int64) {
	t.Helper()
	stored := 0
	for _, got := range s.null.Sizes() {
		if got == size {
			stored++
		}
	}
	require.Equal(t, n, stored)
}

// uploadSlowly sends 1 KiB of the body a second until fast is closed, and then the rest of it.
func (s *server) uploadSlowly(t *testing.T, f client.Part, fast <-chan struct{}) {
	c, err := client.Dial(s.addr, "/upload", client.Form{f}, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	for slow := true; slow; {
		if err := c.Send(kib); err != nil {
			t.Error(err)
			return
		}
		select {
		case <-fast:
			slow = false
		case <-time.After(time.Second):
		}
	}
	if err := c.Send(-1); err != nil {
		t.Error(err)
	}
	if a, err := c.Answer(patience); err != nil || a.Status != http.StatusCreated {
		t.Errorf("a slow client got %+v, %v", a, err)
	}
}

// awaitReserved waits until uploads have reserved at least that many bytes of memory.
func (s *server) awaitReserved(t *testing.T, bytes int64) {
	t.Helper()
	require.Eventually(t, func() bool { return s.report(t, "").Used >= bytes }, patience, 10*time.Millisecond)
}

// holdingMemory starts an upload that has reserved memory and then stalls. release resets its
// connection.
func (s *server) holdingMemory(t *testing.T) (release func()) {
	t.Helper()
	c, err := client.Dial(s.addr, "/upload", client.Form{client.File("a.png", client.PNG(several))}, -1)
	require.NoError(t, err)
	require.NoError(t, c.Send(100*kib))
	s.awaitReserved(t, 1)
	return c.Reset
}
