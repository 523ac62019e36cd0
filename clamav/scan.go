package clamav

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/airlock-go/upload"
)

// linger is how long an answer may take that clamd gave before it closed the
// connection on us.
const linger = time.Second

var errAnswered = errors.New("clamav: clamd answered, or closed the connection, before the end of the file")

// scan is one file on its way to clamd: an INSTREAM command on a connection of
// its own. One goroutine waits for clamd's answer from the beginning on, since
// clamd may give it early.
type scan struct {
	scanner *Scanner
	subject string
	conn    net.Conn
	left    int64 // bytes that may still come
	stop    func() bool

	answered chan struct{} // closed when reply and err are there, and the connection is closed
	reply    string
	err      error
}

// open takes a place, connects and begins the stream.
func (s *Scanner) open(ctx context.Context, subject string) (*scan, error) {
	step, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	if err := s.places.Acquire(step, subject, 1); err != nil {
		return nil, &upload.Error{
			Code: upload.CodeBusy, Reason: "too many files are being scanned; try again later",
			Err: fmt.Errorf("clamav: no free connection: %w", err),
		}
	}
	conn, err := s.dial(step)
	if err != nil {
		s.places.Release(subject, 1)
		return nil, err
	}
	c := &scan{scanner: s, subject: subject, conn: conn, left: s.opts.MaxSize, answered: make(chan struct{})}
	c.stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // no verdict is waited for that nobody wants
	go c.await()
	until, _ := step.Deadline()
	if err := c.send([]byte("zINSTREAM\x00"), until); err != nil {
		err = c.failed(err)
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// await reads the answer. Nothing can be said behind it, so a Write that clamd
// does not take any more ends here, too.
func (c *scan) await() {
	defer close(c.answered)
	c.reply, c.err = readReply(c.conn)
	_ = c.conn.Close()
}

func (c *scan) deadline() time.Time { return time.Now().Add(c.scanner.opts.Timeout) }

// Write shows clamd the next piece, within Timeout.
func (c *scan) Write(p []byte) (int, error) {
	if len(p) == 0 { // a chunk of no bytes would end the stream
		return 0, nil
	}
	if c.left -= int64(len(p)); c.left < 0 {
		return 0, c.scanner.tooLarge()
	}
	if err := c.chunk(p, c.deadline()); err != nil {
		return 0, c.failed(err)
	}
	return len(p), nil
}

// Verdict ends the stream and waits for the answer, both within Timeout.
func (c *scan) Verdict() error {
	until := c.deadline()
	if err := c.chunk(nil, until); err != nil {
		return c.failed(err)
	}
	if err := c.conn.SetReadDeadline(until); err != nil && !errors.Is(err, net.ErrClosed) {
		return upload.VerdictFailed.Err(err)
	}
	<-c.answered
	if c.err != nil {
		return upload.VerdictFailed.Err(fmt.Errorf("clamav: no verdict: %w", c.err))
	}
	v, cause := verdictOf(c.reply)
	return v.Err(cause)
}

// failed is why the stream broke: what clamd said, if it said anything. A file
// that clamd has not seen whole is never clean.
func (c *scan) failed(err error) error {
	_ = c.conn.SetReadDeadline(time.Now().Add(linger)) // it may be closed
	<-c.answered
	if c.err != nil {
		return upload.VerdictFailed.Err(fmt.Errorf("clamav: %w; %w", err, c.err))
	}
	v, cause := verdictOf(c.reply)
	if v == upload.VerdictClean {
		v = upload.VerdictFailed
	}
	return v.Err(fmt.Errorf("%w; %w", err, cause))
}

// Close ends the connection, at any stage, and gives its place back.
func (c *scan) Close() error {
	c.stop()
	_ = c.conn.Close()
	<-c.answered
	c.scanner.places.Release(c.subject, 1)
	return nil
}

// chunk sends a piece with its length in front. None ends the stream.
func (c *scan) chunk(p []byte, until time.Time) error {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(p))) //nolint:gosec // pieces are of a few KiB
	if len(p) == 0 {
		return c.send(length[:], until)
	}
	return c.send(length[:], until, p)
}

func (c *scan) send(p []byte, until time.Time, more ...[]byte) error {
	select {
	case <-c.answered:
		return errAnswered
	default:
	}
	if err := c.conn.SetWriteDeadline(until); err != nil {
		return err
	}
	all := append(net.Buffers{p}, more...)
	_, err := all.WriteTo(c.conn)
	return err
}
