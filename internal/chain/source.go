package chain

import (
	"context"
	"io"
)

// source is a reader that the store reads piece by piece. Each piece ends with io.EOF.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64 // bytes that the piece may still have
	err  error // of r, also io.EOF; final

	first [1]byte // the byte that more has read
	ahead bool    // first was not returned yet
}

// more reports whether another byte follows. A piece has at least one byte.
func (s *source) more() bool {
	for range maxEmptyReads {
		if s.ahead || s.err != nil {
			return s.ahead
		}
		n := s.fill(s.first[:])
		s.ahead = n > 0
	}
	s.err = io.ErrNoProgress
	return false
}

const maxEmptyReads = 100

// Read returns io.EOF at the end of the piece, and at a cut.
func (s *source) Read(p []byte) (n int, err error) {
	p = p[:min(int64(len(p)), s.left)]
	switch {
	case s.left == 0:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	case s.ahead:
		s.ahead = false
		n = copy(p, s.first[:])
	case s.err == nil:
		n = s.fill(p)
	}
	s.left -= int64(n)
	if n > 0 {
		return n, nil
	}
	return 0, s.err
}

// fill reads from r once. After the end of ctx it does not read, but ends the source.
func (s *source) fill(p []byte) (n int) {
	if s.ctx.Err() != nil {
		s.err = io.EOF
		return 0
	}
	n, s.err = s.r.Read(p)
	return n
}

// failed returns why the source ended early. If r was read to its end, it returns the cause if ctx
// has ended meanwhile, and otherwise nil.
func (s *source) failed() error {
	if s.err != io.EOF {
		return s.err
	}
	return context.Cause(s.ctx)
}
