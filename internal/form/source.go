package form

import (
	"bytes"
	"io"
	"sync"
)

const (
	bufferSize = 16 << 10 // for headers, and content that is read in small pieces
	directSize = 64 << 10 // the most that is read into a caller's buffer at a time
)

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// source is the body with a buffer. Its window is the bytes that were read and not yet taken.
type source struct {
	body io.Reader
	own  *[bufferSize]byte // from the pool
	buf  []byte            // own or, if that is too small, a larger one
	r, w int
	n    int64 // bytes that were taken
	err  error // of the body, final; io.EOF when the request is complete
}

func (s *source) window() []byte { return s.buf[s.r:s.w] }

func (s *source) take(n int) {
	s.r += n
	s.n += int64(n)
}

func newSource(body io.Reader) source {
	own := buffers.Get().(*[bufferSize]byte)
	return source{body: body, own: own, buf: own[:]}
}

// release gives the buffer back. The source must not be used after it.
func (s *source) release() {
	if s.own != nil {
		buffers.Put(s.own)
		*s = source{err: errCut}
	}
}

// more extends the window, and returns the body's error when it cannot.
func (s *source) more() error {
	if s.r > 0 || s.w == len(s.buf) {
		s.setWindow(s.window())
	}
	n, err := s.read(s.buf[s.w:])
	s.w += n
	return err
}

// read reads at least one byte from the body, or returns an error.
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

// setWindow makes p the window, with space for more. p can exceed the pooled buffer, for example if
// other parts were read into the caller's buffer with the end of a file, or if headers are long.
func (s *source) setWindow(p []byte) {
	buf := s.own[:]
	if len(p) >= len(buf) {
		buf = make([]byte, 2*len(p))
	}
	s.r, s.w, s.buf = 0, copy(buf, p), buf
}

// line takes the next line, including its end, or returns errFull if it is longer than limit. If the
// body ends or fails first, it returns the window, which it does not take, and that error. The bytes
// are valid until the next call.
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
