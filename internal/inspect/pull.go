package inspect

import (
	"cmp"
	"errors"
	"io"
	"iter"
)

// errUnfinished is what a stream ends with whose reader was given up, or panicked.
var errUnfinished = errors.New("inspect: the stream was not read to its end")

// pull turns what is written into what is read: a format whose parts need an io.Reader, as flate
// does, is walked by a plain function, and Write resumes that function until it has read all of p.
//
// The function runs as a coroutine (iter.Pull). It never runs while Write or Verdict do not, so
// nothing is concurrent, p is never kept, and how the stream was cut cannot be seen. It ends with
// the walk, with Verdict or with Close, whichever comes first.
type pull struct {
	looker
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	in    []byte // written and not yet read
	over  bool   // nothing more will be written
	err   error
}

// write lets walk read p. The walk of the first call is the one that counts.
func (s *pull) write(p []byte, walk func(io.Reader) error) (int, error) {
	if err := s.arrive(len(p)); err != nil {
		s.give(err)
		return 0, s.err
	}
	s.in = p
	s.resume(walk)
	s.in = nil
	if s.yield == nil {
		return 0, cmp.Or(s.err, errUnfinished)
	}
	return len(p), nil
}

// give ends the walk for err, unless it has ended.
func (s *pull) give(err error) {
	if s.next == nil {
		s.next, s.stop = func() (struct{}, bool) { return struct{}{}, false }, func() {}
	} else if s.yield == nil {
		return
	}
	s.close()
	s.err = err
}

// verdict tells walk that the stream has ended.
func (s *pull) verdict(walk func(io.Reader) error) error {
	if err := s.arrive(0); err != nil {
		s.give(err)
		return s.err
	}
	s.over = true
	s.resume(walk)
	s.close()
	return s.err
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

// close gives up a walk that has not ended.
func (s *pull) close() {
	if s.stop != nil {
		s.over = true
		s.stop()
	}
}

// Read returns what was written. It waits for the next Write by going back to the last one.
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
