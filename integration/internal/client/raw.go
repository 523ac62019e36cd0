package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// errAnswered ends sending once the whole answer has been read.
var errAnswered = errors.New("client: answered")

// Conn is a client that writes a request by hand, on one TCP connection, and
// reads the answer while it writes.
type Conn struct {
	conn      *net.TCPConn
	body      io.Reader
	chunked   bool
	sent      int64
	continued atomic.Bool
	answered  chan struct{} // closed with answer and err set
	answer    *Answer
	err       error
}

// Dial connects to addr, sends the head of a POST of the form to path, and
// reads the answer from then on. The Content-Length is length, or the form's
// own if that is 0; -1 sends the form chunked.
func Dial(addr, path string, f Form, length int64, header ...string) (*Conn, error) {
	conn, err := Dialer(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &Conn{conn: conn.(*net.TCPConn), body: f.Body(), chunked: length < 0, answered: make(chan struct{})}
	head := []string{"POST " + path + " HTTP/1.1", "Host: " + addr, "Content-Type: " + ContentType}
	switch {
	case c.chunked:
		head = append(head, "Transfer-Encoding: chunked")
	case length == 0:
		length = f.Size()
		fallthrough
	default:
		head = append(head, fmt.Sprintf("Content-Length: %d", length))
	}
	head = append(head, header...)
	if _, err := io.WriteString(conn, strings.Join(head, "\r\n")+"\r\n\r\n"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go c.read()
	return c, nil
}

func (c *Conn) read() {
	defer close(c.answered)
	resp, err := readFinal(bufio.NewReader(c.conn), func() { c.continued.Store(true) })
	if err != nil {
		c.err = err
		return
	}
	c.answer, c.err = newAnswer(resp)
}

// readFinal reads the answer that follows any "100 Continue".
func readFinal(br *bufio.Reader, onContinue func()) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(br, nil)
		if err != nil || resp.StatusCode != http.StatusContinue {
			return resp, err
		}
		onContinue()
	}
}

// Continued tells whether the server has asked for the body.
func (c *Conn) Continued() bool { return c.continued.Load() }

// Send sends n more bytes of the body, all that is left if n is negative, in
// pieces of 16 KiB, and stops when the answer has arrived, which is no error.
func (c *Conn) Send(n int64) error { return c.send(n, 0) }

// SendSlowly sends the rest of the body at so many bytes a second.
func (c *Conn) SendSlowly(rate int) error { return c.send(-1, rate) }

func (c *Conn) send(n int64, rate int) error {
	src := c.body
	if n >= 0 {
		src = io.LimitReader(src, n)
	}
	piece := make([]byte, 16<<10)
	if rate > 0 {
		piece = piece[:max(1, rate/10)]
	}
	for {
		m, err := io.ReadFull(src, piece)
		if m > 0 {
			if err := c.write(piece[:m]); err != nil {
				return ignoreAnswered(err)
			}
		}
		if err != nil { // the end: generated content does not fail
			break
		}
		if rate > 0 {
			time.Sleep(time.Second / 10)
		}
	}
	if n < 0 && c.chunked {
		return ignoreAnswered(c.raw("0\r\n\r\n"))
	}
	return nil
}

func (c *Conn) write(p []byte) error {
	if c.chunked {
		if err := c.raw(fmt.Sprintf("%x\r\n", len(p))); err != nil {
			return err
		}
	}
	if err := c.raw(string(p)); err != nil {
		return err
	}
	c.sent += int64(len(p))
	if c.chunked {
		return c.raw("\r\n")
	}
	return nil
}

func (c *Conn) raw(s string) error {
	select {
	case <-c.answered:
		return errAnswered
	default:
	}
	_, err := io.WriteString(c.conn, s)
	return err
}

func ignoreAnswered(err error) error {
	if errors.Is(err, errAnswered) {
		return nil
	}
	return err
}

// Answer waits for the whole answer.
func (c *Conn) Answer(timeout time.Duration) (*Answer, error) {
	select {
	case <-c.answered:
	case <-time.After(timeout):
		return nil, fmt.Errorf("no answer within %v", timeout)
	}
	if c.err != nil {
		return nil, c.err
	}
	c.answer.Sent = c.sent
	return c.answer, nil
}

// HalfClose tells the server that nothing more comes.
func (c *Conn) HalfClose() error { return c.conn.CloseWrite() }

// Close closes the connection politely, and may be called again.
func (c *Conn) Close() { _ = c.conn.Close() }

// Reset closes the connection as a dying process does.
func (c *Conn) Reset() {
	_ = c.conn.SetLinger(0)
	c.Close()
}
