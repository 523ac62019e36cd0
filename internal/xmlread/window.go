package xmlread

import (
	"bytes"
	"io"
)

const (
	firstBuffer = 8 << 10
	maxBuffer   = 24 << 10
	minRoom     = 512 // free space at the buffer's end for the source
)

const (
	malformed = "is not well-formed XML"
	cutOff    = "ends too early"
)

// window is the part of the document that is held: the current token, and the bytes read after it.
type window struct {
	opt    Options
	src    source
	stop   error  // why the source has ended or failed
	buf    []byte // bytes of the source; those from buf[from] on are in use
	from   int    // start of the current token
	at     int    // offset of the next byte
	steps  int    // not spent yet
	lines  int    // the line at the offset lineAt of buf, from 1
	lineAt int
	line   int  // of the current token
	lined  bool // line is known; until then, the token starts at from, and lineAt is not after it
}

func (r *window) countLines() {
	r.markLine()
	r.countTo(r.at)
}

// markLine finds the line of the current token, before its start moves. Most tokens need no line.
func (r *window) markLine() {
	if !r.lined {
		r.countTo(r.from)
		r.line, r.lined = r.lines, true
	}
}

func (r *window) countTo(at int) {
	if at > r.lineAt {
		r.lines += bytes.Count(r.buf[r.lineAt:at], []byte("\n"))
		r.lineAt = at
	}
}

// has makes sure that the next n bytes are in buf, and reports false if the source ends or fails
// before that.
func (r *window) has(n int) bool {
	for len(r.buf)-r.at < n {
		if r.more() != nil {
			return false
		}
	}
	return true
}

// more reads from the source into buf. It drops the bytes before the current token if buf needs
// their space.
func (r *window) more() error {
	if r.stop == nil {
		r.stop = r.makeRoom()
	}
	if r.stop != nil {
		return r.stop
	}
	var n int
	n, r.stop = r.src.read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	r.lines, r.src.lines = r.lines+r.src.lines, 0
	r.steps += byteSteps * n
	if r.opt.Spend != nil && r.stop == nil {
		r.stop, r.steps = r.opt.Spend(r.steps), 0
	}
	return r.stop
}

func (r *window) makeRoom() error {
	if cap(r.buf)-len(r.buf) >= minRoom {
		return nil
	}
	if r.from > 0 {
		r.countLines()
		n := copy(r.buf, r.buf[r.from:])
		r.buf = r.buf[:n]
		r.at -= r.from
		r.lineAt -= r.from
		r.from = 0
	}
	switch size := cap(r.buf); {
	case size-len(r.buf) >= minRoom:
	case size == maxBuffer:
		return fault(Complex, "has a tag that is too long")
	default:
		larger := make([]byte, len(r.buf), min(max(2*size, firstBuffer), maxBuffer))
		copy(larger, r.buf)
		r.buf = larger
	}
	return nil
}

// cut returns the error of a document that may not end where its source has ended or failed.
func (r *window) cut() error {
	r.at = len(r.buf)
	if r.stop != io.EOF { // sources return it bare
		return r.stop
	}
	return fault(Truncated, cutOff)
}

// literal reads s, which must come next.
func (r *window) literal(s string) error {
	if end := r.at + len(s); end <= len(r.buf) && string(r.buf[r.at:end]) == s {
		r.at = end
		return nil
	}
	for i := range len(s) {
		if !r.has(1) {
			return r.cut()
		}
		if r.buf[r.at] != s[i] {
			return fault(Damaged, malformed)
		}
		r.at++
	}
	return nil
}

// skipTo reads up to the end of mark, which has two bytes, and holds nothing.
func (r *window) skipTo(mark string) error {
	_, err := r.holdTo(mark, nil)
	return err
}

// holdTo is skipTo that appends the bytes before mark to head, as many as its capacity holds.
func (r *window) holdTo(mark string, head []byte) ([]byte, error) {
	r.markLine()
	for {
		r.from = r.at
		i := bytes.Index(r.buf[r.at:], []byte(mark))
		passed := i
		if i < 0 {
			passed = len(r.buf) - r.at
			if passed > 0 && r.buf[len(r.buf)-1] == mark[0] {
				passed--
			}
		}
		head = append(head, r.buf[r.at:r.at+min(passed, cap(head)-len(head))]...)
		r.at += passed
		if i >= 0 {
			r.at += len(mark)
			return head, nil
		}
		if !r.has(len(mark)) {
			return head, r.cut()
		}
	}
}

// space passes over white space within markup, which must continue after it, and reports whether
// there was some.
func (r *window) space() (some bool, err error) {
	if r.at < len(r.buf) && class[r.buf[r.at]]&isSpace == 0 {
		return false, nil
	}
	for {
		n := spaces(r.buf[r.at:])
		r.at += n
		some = some || n > 0
		if r.at-r.from > MaxTag {
			r.at = r.from + MaxTag
			return some, fault(Complex, "has a tag that is too long")
		}
		if r.at < len(r.buf) {
			return some, nil
		}
		if !r.has(1) {
			return some, r.cut()
		}
	}
}

// spaces returns the number of white space bytes at the front of p.
func spaces(p []byte) int {
	n := 0
	for n < len(p) && class[p[n]]&isSpace != 0 {
		n++
	}
	return n
}
