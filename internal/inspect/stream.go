package inspect

import "errors"

// stream cuts a file into the pieces of its format, however the file is cut into writes. Formats
// embed it, and call expect and pass to name the next piece. They are also the walker that receives
// the pieces.
type stream struct {
	looker
	off   int64  // offset of the next piece or payload in the file
	left  int64  // bytes of payload still to come, before the next piece
	want  int    // bytes of the next piece
	state int    // what the next piece is; 0 is the beginning, an empty piece
	buf   []byte // the first bytes of a piece that is still incomplete
	done  bool   // nothing may follow the payload
	err   *Error
	ended error // why a call ended without a fault
}

type walker interface {
	// piece judges the expected piece. It calls expect, pass, finish or fail, and keeps nothing of
	// p.
	piece(p []byte)

	// payload looks at bytes for which pass asked, in slices of any length, and returns how many it
	// took. more is false if the payload ends after them.
	payload(p []byte) (n int, more bool)

	// end is called if the file ends before finish was called, or before all of the payload after
	// which it ends. It fails if the file may not end there.
	end()
}

// pieceSteps is the cost of one piece, including its checks.
const pieceSteps = 40

const behindEnd = "goes on after its end"

// everything is more than any file has.
const everything = 1 << 62

// expect asks for the next n bytes, at least one, in one piece.
func (s *stream) expect(state, n int) { s.state, s.want = state, n }

// pass shows the next n bytes to payload before the next piece.
func (s *stream) pass(n int64) { s.left = n }

// finish declares that the file ends here, after the payload if there is one.
func (s *stream) finish() { s.done = true }

// fail refuses the file for a fault at the current offset.
func (s *stream) fail(code Code, detail string) { s.failAt(code, detail, s.off) }

func (s *stream) failAt(code Code, detail string, offset int64) {
	if s.err == nil {
		s.err = faultAt(code, detail, offset)
	}
}

// refuse is fail for reasons that need no offset.
func (s *stream) refuse(err *Error) {
	if s.err == nil {
		s.err = err
	}
}

// cutOff refuses a file that ends within something.
func (s *stream) cutOff() { s.failAt(CodeTruncated, "is cut off", s.off+int64(len(s.buf))) }

// between reports whether the file so far ends before a piece, with nothing missing.
func (s *stream) between() bool { return s.left == 0 && len(s.buf) == 0 }

func (s *stream) write(w walker, p []byte) (int, error) {
	s.arrived(len(p))
	for rest := p; len(rest) > 0 && s.goesOn(); {
		rest = rest[s.take(w, rest):]
	}
	if err := s.failure(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// arrived begins a call.
func (s *stream) arrived(n int) {
	if s.goesOn() {
		s.ended = s.arrive(n)
	}
}

func (s *stream) goesOn() bool { return s.err == nil && s.ended == nil }

// failure returns the fault, or the reason that ended the call: an inspector of what follows a
// picture spends from the same budget.
func (s *stream) failure() error {
	if s.err != nil {
		return s.err
	}
	if s.ended == nil {
		s.ended = s.budget.ended
	}
	return s.ended
}

// take gives w the next payload or piece, as far as p has it, and returns the number of bytes used.
func (s *stream) take(w walker, p []byte) int {
	switch {
	case s.left > 0:
		n, more := w.payload(p[:min(s.left, int64(len(p)))])
		s.left -= int64(n)
		s.off += int64(n)
		if !more {
			s.left = 0
		}
		return n
	case s.done:
		s.fail(CodeTrailing, behindEnd)
		return 0
	case len(s.buf) == 0 && len(p) >= s.want:
		return s.show(w, p[:s.want])
	}
	n := min(s.want-len(s.buf), len(p))
	if s.buf = append(s.buf, p[:n]...); len(s.buf) == s.want {
		piece := s.buf
		s.buf = s.buf[:0]
		s.show(w, piece)
	}
	return n
}

func (s *stream) show(w walker, piece []byte) int {
	n := s.want
	s.spend(pieceSteps)
	w.piece(piece)
	s.off += int64(n)
	return n
}

// spend takes steps from the budget.
func (s *stream) spend(steps int) {
	if !s.goesOn() {
		return
	}
	if err := s.budget.Spend(steps); err != nil && !errors.As(err, &s.err) {
		s.ended = err
	}
}

func (s *stream) verdict(w walker) error {
	s.arrived(0)
	if s.goesOn() && !(s.done && s.between()) {
		w.end()
	}
	return s.failure()
}

// skip is the payload method of formats that ignore payloads.
func skip(p []byte) (int, bool) { return len(p), true }
