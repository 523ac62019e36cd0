package inspect

import (
	"cmp"
	"errors"
	"io"
	"iter"
)

// errUnfinished is the error of a walk that panicked, and of a write after a walk that ended
// without a fault.
var errUnfinished = errors.New("inspect: the stream was not read to its end")

// pull turns writes into reads. A format whose parts need an io.Reader, as flate does, is walked by
// a plain function, and Write resumes that function until it has read all of p.
//
// The function runs as a coroutine (iter.Pull). It runs only during Write, Verdict or Close, so
// nothing is concurrent, p is never kept, and the cuts of the stream are invisible. It ends with
// the walk, its [Budget], Verdict or Close, whichever comes first.
type pull struct {
	looker
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	in    []byte // written and not yet read
	over  bool   // nothing more will be written
	err   error
}

// pulled is a format that a function walks.
type pulled interface {
	walk(r io.Reader) error
}

// write lets the walk of format read p. The format of the first call counts.
func (s *pull) write(p []byte, format pulled) (int, error) {
	if err := s.arrive(len(p)); err != nil {
		s.give(err)
		return 0, s.err
	}
	s.in = p
	s.resumeFormat(format)
	s.in = nil
	if s.yield == nil {
		return 0, cmp.Or(s.err, errUnfinished)
	}
	return len(p), nil
}

// give ends the walk with err, unless it has ended.
func (s *pull) give(err error) {
	if s.next == nil {
		s.next, s.stop = func() (struct{}, bool) { return struct{}{}, false }, func() {}
	} else if s.yield == nil {
		return
	}
	s.close()
	s.err = err
}

// verdict ends the stream of format.
func (s *pull) verdict(format pulled) error {
	if err := s.arrive(0); err != nil {
		s.give(err)
		return s.err
	}
	s.over = true
	s.resumeFormat(format)
	s.close()
	return s.err
}

// resumeFormat is resume without a new function for each call.
func (s *pull) resumeFormat(format pulled) {
	if s.next == nil {
		s.resume(format.walk)
		return
	}
	s.next()
}

func (s *pull) resume(walk func(io.Reader) error) {
	if s.next == nil {
		s.err = errUnfinished
		s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
			defer func() { s.yield = nil }()
			s.yield = yield
			s.err = walk(s)
		})
	}
	s.next()
}

// close abandons a walk that has not ended.
func (s *pull) close() {
	if s.stop != nil {
		s.over = true
		s.stop()
	}
}

// Read returns written bytes. It waits for the next Write by yielding to the last one.
func (s *pull) Read(p []byte) (int, error) {
	for len(s.in) == 0 {
		if s.over || !s.yield(struct{}{}) {
			return 0, io.EOF
		}
	}
	n := copy(p, s.in)
	s.in = s.in[n:]
	return n, nil
}

// piece takes at most n of the bytes that were written and not yet read. There may be none.
func (s *pull) piece(n int64) []byte {
	p := s.in[:min(n, int64(len(s.in)))]
	s.in = s.in[len(p):]
	return p
}
