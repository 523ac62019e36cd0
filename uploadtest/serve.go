package uploadtest

import (
	"context"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Server is an http.Server over connections in memory (net.Pipe), which work in a bubble of
// testing/synctest: there, minutes of a stalled client take no time. It uses HTTP/1.1, unless
// Protocols of the http.Server say otherwise. Connections have no buffer: each side must read what
// the other writes.
type Server struct {
	// URL is the address of the server for [Server.Client].
	URL string

	srv   http.Server
	conns chan net.Conn
	done  chan struct{}
	stop  sync.Once
	open  sync.WaitGroup // connections, and the goroutine that accepts them
	log   serverLog
}

// Serve serves h until the test ends. A line on the server's error log, for example from a panic,
// fails the test. configure may set fields such as timeouts.
func Serve(t testing.TB, h http.Handler, configure ...func(*http.Server)) *Server {
	t.Helper()
	s := &Server{URL: "http://example.com", conns: make(chan net.Conn), done: make(chan struct{})}
	s.srv.Handler = h
	s.srv.ErrorLog = log.New(&s.log, "", 0)
	for _, c := range configure {
		c(&s.srv)
	}
	hook := s.srv.ConnState
	s.srv.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.open.Add(1)
		}
		if hook != nil {
			hook(c, state)
		}
		if state == http.StateClosed || state == http.StateHijacked {
			s.open.Done()
		}
	}
	s.open.Go(func() { _ = s.srv.Serve(listener{s}) }) // Close ends it
	t.Cleanup(func() {
		s.Close()
		if lines := s.log.String(); lines != "" {
			t.Errorf("lines on the server's error log: %s", lines)
		}
	})
	return s
}

// Close closes all connections and waits for the handlers to end, including their work after the
// answer. It neither closes hijacked connections nor waits for their handlers, or for those of
// HTTP/2. It may be called again.
func (s *Server) Close() {
	s.stop.Do(func() { close(s.done) })
	_ = s.srv.Close()
	s.open.Wait()
}

// Client returns a client of the server, with a connection of its own for each request.
func (s *Server) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return s.connect(ctx) },
	}}
}

// Dial is [Dial] to this server, whatever host r names.
func (s *Server) Dial(r *http.Request) (*Conn, error) {
	conn, err := s.connect(r.Context())
	if err != nil {
		return nil, err
	}
	return NewConn(conn, r)
}

func (s *Server) connect(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case s.conns <- pipe{server}:
		return client, nil
	case <-s.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// pipe has the client address that handlers expect.
type pipe struct{ net.Conn }

func (pipe) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1234}
}

type listener struct{ s *Server }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.conns:
		return c, nil
	case <-l.s.done:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error { return nil }

func (l listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 80} }

// serverLog can be written while a test reads it.
type serverLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
