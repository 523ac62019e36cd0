package uploadtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// sendBuffer is the size that [Dial] sets for the system's buffer of sent bytes. The default can
// grow to several mebibytes. Then a client on the same machine sends far more than the server reads
// before the client can see an answer.
const sendBuffer = 64 << 10

// errAnswered ends sending after the answer was read, or the connection ended without one.
var errAnswered = errors.New("uploadtest: answered")

// Conn is a client that sends a request by hand, on a connection of its own. It can send slowly or
// only in part, and reads the answer meanwhile. The methods that send or end a connection are for
// one goroutine; the others are for any.
type Conn struct {
	conn      net.Conn
	body      io.Reader
	chunked   bool
	ended     bool // the last chunk was sent
	sent      atomic.Int64
	continued atomic.Bool
	answered  chan struct{} // closed with answer and err set
	answer    *Answer
	err       error
}

// Dial connects to the host of r's URL by TCP and sends the head of r. The body follows with
// [Conn.Send]. A ContentLength of -1 sends it chunked. A ContentLength that differs from the body's
// is sent unchanged. The protocol is HTTP/1.1, without TLS.
func Dial(r *http.Request) (*Conn, error) {
	host := r.URL.Host
	if r.URL.Port() == "" {
		host = net.JoinHostPort(r.URL.Hostname(), "80")
	}
	var d net.Dialer
	conn, err := d.DialContext(r.Context(), "tcp", host)
	if err != nil {
		return nil, err
	}
	if err := conn.(*net.TCPConn).SetWriteBuffer(sendBuffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return NewConn(conn, r)
}

// NewConn is [Dial] over an existing connection, which may use TLS. It closes the connection if it
// cannot send the head.
func NewConn(conn net.Conn, r *http.Request) (*Conn, error) {
	c := &Conn{conn: conn, body: r.Body, chunked: r.ContentLength < 0, answered: make(chan struct{})}
	if c.body == nil {
		c.body = http.NoBody
	}
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Host)
	if c.chunked {
		head.WriteString("Transfer-Encoding: chunked\r\n")
	} else {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", r.ContentLength)
	}
	err := r.Header.Write(&head)
	if err == nil {
		_, err = io.WriteString(conn, head.String()+"\r\n")
	}
	if err != nil {
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
	c.answer, c.err = ReadAnswer(resp)
}

// readFinal reads the response after any 100 Continue.
func readFinal(br *bufio.Reader, onContinue func()) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(br, nil)
		if err != nil || resp.StatusCode != http.StatusContinue {
			return resp, err
		}
		onContinue()
	}
}

// Continued reports whether the server has requested the body with 100 Continue.
func (c *Conn) Continued() bool { return c.continued.Load() }

// Sent returns how many bytes of the body have been sent.
func (c *Conn) Sent() int64 { return c.sent.Load() }

// Send sends n more bytes of the body, or the rest if n is negative. A client that then does
// nothing stalls. Once the answer was read, or the connection was seen to end without one, Send
// sends nothing more and returns nil: see Sent and Answer. A piece that cannot be sent whole is an
// error.
func (c *Conn) Send(n int64) error { return c.send(n, 16<<10, 0) }

// SendSlowly sends the rest of the body in about ten pieces a second. Each has a tenth of rate
// bytes, rounded down, and at least 1.
func (c *Conn) SendSlowly(rate int) error { return c.send(-1, max(1, rate/10), time.Second/10) }

func (c *Conn) send(n int64, size int, pause time.Duration) error {
	src := c.body
	if n >= 0 {
		src = io.LimitReader(src, n)
	}
	piece := make([]byte, size)
	var err error
	for err == nil {
		var m int
		m, err = io.ReadFull(src, piece)
		if m > 0 {
			if err := c.write(piece[:m]); err != nil {
				return ignoreAnswered(err)
			}
			c.pause(pause)
		}
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if n < 0 && c.chunked && !c.ended {
		c.ended = true // further bytes would be another request
		return ignoreAnswered(c.raw("0\r\n\r\n"))
	}
	return nil
}

// pause ends early when the answer arrives, so that no goroutine sleeps after the test.
func (c *Conn) pause(d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.answered:
	}
}

func (c *Conn) write(p []byte) error {
	frame := "%s"
	if c.chunked {
		frame = fmt.Sprintf("%x\r\n%%s\r\n", len(p))
	}
	if err := c.raw(fmt.Sprintf(frame, p)); err != nil {
		return err
	}
	c.sent.Add(int64(len(p)))
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

// Answer waits for the whole answer. It returns an error if the connection ends without one, or
// after the timeout.
func (c *Conn) Answer(timeout time.Duration) (*Answer, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-c.answered:
	case <-timer.C:
		return nil, fmt.Errorf("no answer within %v", timeout)
	}
	if c.err != nil {
		return nil, c.err
	}
	a := *c.answer
	a.Sent = c.Sent()
	return &a, nil
}

// HalfClose ends the stream to the server, and continues to read. A connection that cannot be
// half-closed is an error.
func (c *Conn) HalfClose() error {
	half, ok := c.conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

// Close closes the connection normally: the server reads the end of the stream. It may be called
// again.
func (c *Conn) Close() { _ = c.conn.Close() }

// Reset breaks the connection off: the server's reads and writes fail. Without TCP, or with TLS, it
// does the same as Close.
func (c *Conn) Reset() {
	if tcp, ok := c.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	c.Close()
}
