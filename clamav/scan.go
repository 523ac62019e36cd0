package clamav

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// linger is how long failed waits for an answer that clamd gave before the stream broke.
const linger = time.Second

var errAnswered = errors.New("clamav: clamd answered, or closed the connection, before the end of the file")

// scan is one file on its way to clamd: an INSTREAM command on a connection of its own. One
// goroutine waits for the beginning of clamd's answer until the end of the stream, since clamd may
// send it early.
type scan struct {
	scanner *Scanner
	subject string
	conn    net.Conn
	left    int64 // bytes that may still come
	stop    func() bool

	answered chan struct{} // closed when watch has ended, and first and err are set
	first    []byte        // of the answer, one byte at most
	err      error
}

// open takes a slot, connects and begins the stream.
func (s *Scanner) open(ctx context.Context, subject string) (*scan, error) {
	step, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	if err := s.places.Acquire(step, subject, 1); err != nil {
		return nil, &upload.Error{
			Code: upload.CodeBusy, Err: fmt.Errorf("clamav: no free connection: %w", err),
		}
	}
	conn, err := s.dial(step)
	if err != nil {
		s.places.Release(subject, 1)
		return nil, err
	}
	c := &scan{scanner: s, subject: subject, conn: conn, left: s.opts.MaxSize, answered: make(chan struct{})}
	c.stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // no scan continues after its request
	go c.watch()
	until, _ := step.Deadline()
	if err := c.send(until, []byte("zINSTREAM\x00")); err != nil {
		err = c.failed(err)
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// watch waits for the first byte of an answer. Its arrival ends a Write that clamd no longer reads.
func (c *scan) watch() {
	first := make([]byte, 1)
	n, err := c.conn.Read(first)
	c.first, c.err = first[:n], err
	close(c.answered)
	if !c.silent() {
		_ = c.conn.SetWriteDeadline(time.Now())
	}
}

// silent reports, once watch has ended, whether clamd has sent nothing and left the connection
// open.
func (c *scan) silent() bool { return len(c.first) == 0 && errors.Is(c.err, os.ErrDeadlineExceeded) }

func (c *scan) deadline() time.Time { return time.Now().Add(c.scanner.opts.Timeout) }

// Write sends clamd the next piece, within Timeout.
func (c *scan) Write(p []byte) (int, error) {
	if len(p) == 0 { // an empty chunk would end the stream
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

// Verdict ends the stream and waits for the answer, both within Timeout. An answer that has come
// before the stream is ended does not count for the whole file. Right before the end Verdict asks
// the system for one, since this process may be late to read it.
func (c *scan) Verdict() error {
	until := c.deadline()
	_ = c.conn.SetReadDeadline(time.Now()) // it may be closed
	<-c.answered
	if !c.silent() {
		return c.failed(errAnswered)
	}
	if early, read := arrived(c.conn); early {
		return c.failed(errAnswered, read...)
	}
	if err := c.write(until, make([]byte, 4)); err != nil { // an empty chunk
		return c.failed(err)
	}
	if err := c.conn.SetReadDeadline(until); err != nil {
		return upload.ScanError(storage.ScanFailed, err)
	}
	reply, err := readReply(c.conn)
	if err != nil {
		return upload.ScanError(storage.ScanFailed, fmt.Errorf("clamav: no verdict: %w", err))
	}
	v, cause := verdictOf(reply)
	return upload.ScanError(v, cause)
}

// failed returns why the stream broke, with clamd's answer if there is one. The answer begins with
// read, if Verdict has already read a byte. A file that clamd has not read whole is never clean.
func (c *scan) failed(err error, read ...byte) error {
	_ = c.conn.SetReadDeadline(time.Now().Add(linger)) // it may be closed
	<-c.answered
	reply, missing := readReply(io.MultiReader(bytes.NewReader(c.first), bytes.NewReader(read), c.conn))
	if missing != nil {
		return upload.ScanError(storage.ScanFailed, fmt.Errorf("clamav: %w; %w", err, missing))
	}
	v, cause := verdictOf(reply)
	if v == storage.ScanClean {
		v = storage.ScanFailed
	}
	return upload.ScanError(v, fmt.Errorf("%w; %w", err, cause))
}

// Close ends the connection, at any stage, and frees its slot.
func (c *scan) Close() error {
	c.stop()
	_ = c.conn.Close()
	<-c.answered
	c.scanner.places.Release(c.subject, 1)
	return nil
}

// chunk sends a piece, preceded by its length.
func (c *scan) chunk(p []byte, until time.Time) error {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(p))) //nolint:gosec // pieces have at most 32 KiB
	return c.send(until, length[:], p)
}

// send writes unless clamd has answered.
func (c *scan) send(until time.Time, pieces ...[]byte) error {
	if err := c.conn.SetWriteDeadline(until); err != nil {
		return err
	}
	select { // after the deadline was set, which would replace the one that watch sets
	case <-c.answered:
		return errAnswered
	default:
	}
	all := net.Buffers(pieces)
	_, err := all.WriteTo(c.conn)
	return err
}

// write writes even if clamd has answered.
func (c *scan) write(until time.Time, p []byte) error {
	if err := c.conn.SetWriteDeadline(until); err != nil {
		return err
	}
	_, err := c.conn.Write(p)
	return err
}
