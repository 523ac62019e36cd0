// Package host runs handlers under a real http.Server, as a host application would, and checks that
// server's error log.
package host

import (
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Server is a running server.
type Server struct {
	*httptest.Server
	Addr     string // host:port
	received *atomic.Int64
}

// Received returns how many bytes the server has read from all its connections.
func (s *Server) Received() int64 { return s.received.Load() }

// Start serves h over HTTP/1.1 until the test ends. A line on the server's error log fails the
// test.
func Start(t testing.TB, h http.Handler, configure ...func(*http.Server)) *Server {
	t.Helper()
	return start(t, h, (*httptest.Server).Start, configure)
}

// StartTLS is Start over TLS, for HTTP/1.1 and HTTP/2.
func StartTLS(t testing.TB, h http.Handler, configure ...func(*http.Server)) *Server {
	t.Helper()
	return start(t, h, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	}, configure)
}

func start(t testing.TB, h http.Handler, run func(*httptest.Server), configure []func(*http.Server)) *Server {
	t.Helper()
	complaints, received := &lines{}, &atomic.Int64{}
	s := httptest.NewUnstartedServer(h)
	s.Listener = countingListener{s.Listener, received}
	s.Config.ErrorLog = log.New(complaints, "", 0)
	for _, c := range configure {
		c(s.Config)
	}
	run(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		require.Empty(t, complaints.String(), "lines on the server's error log")
	})
	return &Server{Server: s, Addr: s.Listener.Addr().String(), received: received}
}

type countingListener struct {
	net.Listener
	received *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countingConn{c.(*net.TCPConn), l.received}, nil
}

// countingConn keeps the other methods of a TCP connection, including CloseWrite, which net/http
// looks for.
type countingConn struct {
	*net.TCPConn
	received *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

// lines is a buffer for concurrent writes.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
