package resume_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
)

// cluster is two instances over one bucket, and a proxy that takes them in turn.
type cluster struct {
	bucket    *s3test.Bucket
	instances [2]*instance
	proxy     string // its URL
	done      string // the file of the host's function
	turn      atomic.Int64
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{bucket: s3test.NewBucket(t, false), done: filepath.Join(t.TempDir(), "done")}
	for i := range c.instances {
		c.instances[i] = &instance{config: config{S3: s3test.Get(), Bucket: c.bucket.Name, Addr: freeAddr(t), Done: c.done}}
		c.instances[i].start(t)
		t.Cleanup(c.instances[i].kill)
	}
	to, err := url.Parse("http://instances")
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &http.Transport{DialContext: c.dial, DisableKeepAlives: true}
	proxy.ErrorLog = log.New(io.Discard, "", 0) // an instance that is killed ends its requests
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	c.proxy = s.URL
	return c
}

// dial connects to the instance whose turn it is, or to the other one if that is dead.
func (c *cluster) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var errs error
	for range c.instances {
		addr := c.instances[c.turn.Add(1)%2].config.Addr
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err == nil {
			return conn, nil
		}
		errs = errors.Join(errs, err)
	}
	return nil, errs
}

// killing kills a random instance and starts it again, at each interval, until ctx ends. It returns
// how many it killed.
func (c *cluster) killing(ctx context.Context, t *testing.T, every time.Duration) (kills int) {
	for tick := time.NewTicker(every); ; {
		victim := c.instances[rand.N(2)]
		victim.kill()
		victim.start(t)
		kills++
		select {
		case <-ctx.Done():
			return kills
		case <-tick.C:
		}
	}
}

// kept returns the keys for which the host's function ran.
func (c *cluster) kept(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	b, err := os.ReadFile(c.done)
	require.NoError(t, err)
	for key := range strings.FieldsSeq(string(b)) {
		keys[key] = true
	}
	return keys
}

// instance is a process that serves uploads.
type instance struct {
	config config
	mu     sync.Mutex
	cmd    *exec.Cmd
	input  io.Closer
}

// start returns when the instance accepts connections. It reports a failure if that takes a minute.
func (i *instance) start(t *testing.T) {
	text, err := json.Marshal(i.config)
	if err != nil {
		t.Error(err)
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.cmd = exec.Command(os.Args[0])
	i.cmd.Env = append(os.Environ(), runInstance+"="+string(text))
	i.cmd.Stderr = os.Stderr
	if i.input, err = i.cmd.StdinPipe(); err == nil {
		err = i.cmd.Start()
	}
	for deadline := time.Now().Add(time.Minute); err == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if conn, err := net.Dial("tcp", i.config.Addr); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Errorf("an instance does not start: %v", err)
}

// kill ends the process as kill -9 does.
func (i *instance) kill() {
	i.mu.Lock()
	defer i.mu.Unlock()
	_ = i.cmd.Process.Kill()
	_ = i.input.Close()
	_ = i.cmd.Wait()
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}
