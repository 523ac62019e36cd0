package form

import (
	"bytes"
	"io"
	"sync"
)

const bufferSize = 64 << 10

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// source is the body behind a buffer. The bytes that were read and not yet taken
// are its window.
type source struct {
	body io.Reader
	buf  *[bufferSize]byte
	r, w int
	n    int64 // bytes that were taken
	err  error // of the body, for good; io.EOF when the request is complete
}

func (s *source) window() []byte { return s.buf[s.r:s.w] }

func (s *source) take(n int) {
	s.r += n
	s.n += int64(n)
}

// more makes the window longer, and returns the body's error when it cannot.
func (s *source) more() error {
	if s.r > 0 {
		s.w = copy(s.buf[:], s.window())
		s.r = 0
	}
	if s.w == len(s.buf) {
		return errFull
	}
	n, err := s.read(s.buf[s.w:])
	s.w += n
	return err
}

// read reads at least a byte from the body, past the empty window.
func (s *source) read(p []byte) (n int, err error) {
	for range 100 {
		if s.err != nil {
			return 0, s.err
		}
		if n, s.err = s.body.Read(p); n > 0 {
			return n, nil
		}
	}
	return 0, io.ErrNoProgress
}

// unread makes p the window, which is empty.
func (s *source) unread(p []byte) { s.r, s.w = 0, copy(s.buf[:], p) }

// line takes a line, its end included, of at most limit bytes. At the end of the
// body it is what is left, and the error is io.EOF.
func (s *source) line(limit int64) ([]byte, error) {
	for seen := 0; ; {
		w := s.window()
		if i := bytes.IndexByte(w[seen:], '\n'); i >= 0 && int64(seen+i) < limit {
			s.take(seen + i + 1)
			return w[:seen+i+1], nil
		}
		if seen = len(w); int64(seen) >= limit {
			return nil, errFull
		}
		if err := s.more(); err != nil {
			return s.window(), err
		}
	}
}
