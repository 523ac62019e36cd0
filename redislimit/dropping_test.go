package redislimit_test

import (
	"bytes"
	"net"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// dropping is a proxy to Redis that loses one answer, to the next EVALSHA that contains the given
// text, such as the end of a key. The test must have run that script before: otherwise the lost
// answer is NOSCRIPT, and nothing has run. In place of the answer it closes the connection.
type dropping struct {
	addr string
	mu   sync.Mutex
	text []byte
	done bool
}

func newDropping(t *testing.T, to string) *dropping {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	d := &dropping{addr: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				return
			}
			go d.serve(client, server)
		}
	}()
	return d
}

func (d *dropping) client(t *testing.T) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: d.addr, ContextTimeoutEnabled: true, MaxRetries: 3})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// drop loses the answer to the next EVALSHA that contains the text.
func (d *dropping) drop(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.text, d.done = []byte(text), false
}

func (d *dropping) dropped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done
}

// loses reports whether to lose the answer to a command.
func (d *dropping) loses(command []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	lost := !d.done && d.text != nil && bytes.Contains(command, []byte("evalsha")) && bytes.Contains(command, d.text)
	d.done = d.done || lost
	return lost
}

// serve passes on commands and their answers, one at a time.
func (d *dropping) serve(client, server net.Conn) {
	defer func() { _ = client.Close() }()
	defer func() { _ = server.Close() }()
	command, answer := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := client.Read(command)
		if err != nil {
			return
		}
		lost := d.loses(command[:n])
		if _, err := server.Write(command[:n]); err != nil {
			return
		}
		m, err := server.Read(answer)
		if err != nil || lost {
			return
		}
		if _, err := client.Write(answer[:m]); err != nil {
			return
		}
	}
}
