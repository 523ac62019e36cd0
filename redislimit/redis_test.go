package redislimit_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/redislimit"
)

func init() { redis.SetLogger(quiet{}) } // the client logs failed connections

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// server is a redis-server of the test that keeps nothing on disk.
type server struct {
	args []string
	addr string
	mu   sync.Mutex
	cmd  *exec.Cmd
}

// startRedis starts a server on a free port. Without redis-server the test is skipped, or fails if
// UPLOAD_TEST_REQUIRED is 1.
func startRedis(t *testing.T, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("needs redis-server: apt-get install redis-server")
		}
		t.Skip("needs redis-server: apt-get install redis-server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{addr: l.Addr().String()}
	require.NoError(t, l.Close())
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	s.args = append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}, args...)
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

func (s *server) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command("redis-server", s.args...)
	require.NoError(t, cmd.Start())
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	defer func() { _ = c.Close() }()
	require.Eventually(t, func() bool { return c.Ping(t.Context()).Err() == nil }, 20*time.Second, 10*time.Millisecond)
}

// kill ends the server at once, which loses its memory.
func (s *server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// client returns the client of one instance of an application.
func (s *server) client(t *testing.T) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.addr, ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func (s *server) limiter(t *testing.T, limits limit.Limits, o redislimit.Options) *redislimit.Limiter {
	t.Helper()
	l, err := redislimit.New(s.client(t), limits, &o)
	require.NoError(t, err)
	return l
}
