package xmlread

import (
	"bytes"
	"io"
)

const (
	firstBuffer = 8 << 10
	maxBuffer   = 24 << 10
	minRoom     = 512     // of the buffer's end for the source
	maxPiece    = 1 << 10 // bytes of one piece of text
)

const (
	malformed = "is not well-formed XML"
	cutOff    = "ends before its root element does"
	goesOn    = "goes on after its root element"
)

// Reader reads one document. See the package comment.
type Reader struct {
	opt    Options
	src    source
	err    error  // what Next returned last
	stop   error  // why there is no more in buf
	buf    []byte // what the source gave; from buf[from] on it is in use
	from   int    // where the current token begins
	at     int    // what is read next
	steps  int    // not spent yet
	lines  int    // in front of buf[lineAt]
	lineAt int
	line   int // of the current token

	token   []byte  // what Text returns
	char    [4]byte // of a reference
	cdata   bool    // within a CDATA section
	ends    bool    // the end of the element that began last is the next token
	popped  bool    // the last token was the end of the innermost element
	rooted  bool    // there was an element
	doctype bool    // there was a document type

	attrs    []attr
	entities map[string]string // that were declared
	expanded []byte            // values that have such entities
	spaces   bindings
	open     []element // around the current place
	names    []byte    // of these
}

// New returns a Reader of r.
func New(r io.Reader, o Options) *Reader {
	return &Reader{opt: o, src: source{r: r}, lines: 1}
}

// Next reads the next token. It returns io.EOF at the end of a document that is whole, a *Fault if it is refused, and
// errors of the source and of Options as they are. After an error it returns the same again.
func (r *Reader) Next() (Token, error) {
	if r.err != nil {
		return 0, r.err
	}
	r.pop()
	token, err := r.next()
	if err != nil {
		r.err = r.located(err)
		return 0, r.err
	}
	r.steps += tokenSteps
	return token, nil
}

// Name returns the name of the element whose Start or End was the last token.
func (r *Reader) Name() Name {
	e := &r.open[len(r.open)-1]
	return Name{r.spaces.uri(e.space), r.names[e.local:e.end]}
}

// Depth returns how many elements are open; at Start and End the element itself is one of them.
func (r *Reader) Depth() int { return len(r.open) }

// Text returns the piece of text, or the target of the processing instruction, that was the last token.
func (r *Reader) Text() []byte { return r.token }

// Line returns the line in which the last token begins, from 1.
func (r *Reader) Line() int { return r.line }

func (r *Reader) countLines() {
	if r.at > r.lineAt {
		r.lines += bytes.Count(r.buf[r.lineAt:r.at], []byte("\n"))
		r.lineAt = r.at
	}
}

func (r *Reader) located(err error) error {
	if f, ok := err.(*Fault); ok && f.Line == 0 { //nolint:errorlint // they come bare
		r.countLines()
		f.Line = r.lines
	}
	return err
}

// next reads what comes next, of what is shown.
func (r *Reader) next() (Token, error) {
	if r.ends {
		r.ends, r.popped = false, true
		return End, nil
	}
	for {
		r.countLines()
		r.from, r.line = r.at, r.lines
		if !r.has(1) {
			return 0, r.atEnd()
		}
		var token Token
		var err error
		switch c := r.buf[r.at]; {
		case r.cdata:
			token, err = r.inCDATA()
		case c == '<':
			token, err = r.markup()
		case len(r.open) == 0:
			err = r.outside()
		case c == '&':
			token, err = r.textReference()
		default:
			token, err = r.text()
		}
		if token != 0 || err != nil {
			return token, err
		}
		r.steps += tokenSteps
	}
}

// has makes sure that the next n bytes are in buf, and reports false if the source ends before or fails.
func (r *Reader) has(n int) bool {
	for len(r.buf)-r.at < n {
		if r.more() != nil {
			return false
		}
	}
	return true
}

// more reads some of the source behind what is in buf. What is in front of the current token goes.
func (r *Reader) more() error {
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

func (r *Reader) makeRoom() error {
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

// cut returns why the source has no more, within something: nothing may end here.
func (r *Reader) cut() error {
	r.at = len(r.buf)
	if r.stop != io.EOF { //nolint:errorlint // sources return it bare
		return r.stop
	}
	return fault(Truncated, cutOff)
}

// atEnd judges the end of the source between tokens.
func (r *Reader) atEnd() error {
	if r.rooted && len(r.open) == 0 {
		return r.stop
	}
	return r.cut()
}

// outside passes over white space outside of the root element, where there may be nothing else.
func (r *Reader) outside() error {
	if n := spaces(r.buf[r.at:]); n > 0 {
		r.at += n
		return nil
	}
	if r.rooted {
		return fault(Trailing, goesOn)
	}
	return fault(Damaged, malformed)
}

// spaces returns how much of p is white space.
func spaces(p []byte) int {
	n := 0
	for n < len(p) && class[p[n]]&isSpace != 0 {
		n++
	}
	return n
}

// text reads up to the next markup or reference. "]]>" has no place in text.
func (r *Reader) text() (Token, error) {
	for {
		chunk := r.buf[r.at:min(len(r.buf), r.at+maxPiece)]
		n := bytes.IndexByte(chunk, '<')
		if n < 0 {
			n = len(chunk)
		}
		if i := bytes.IndexByte(chunk[:n], '&'); i >= 0 {
			n = i
		}
		if bytes.Contains(chunk[:n], []byte("]]>")) {
			return 0, fault(Damaged, malformed)
		}
		if n == len(chunk) {
			n -= brackets(chunk)
		}
		if n > 0 {
			return r.show(n), nil
		}
		if !r.has(len(chunk) + 1) {
			return 0, r.cut()
		}
	}
}

// show makes the next n bytes the token.
func (r *Reader) show(n int) Token {
	r.token = r.buf[r.at : r.at+n]
	r.at += n
	return Text
}

// brackets returns how many bytes at the end of p may be the beginning of "]]>".
func brackets(p []byte) int {
	n := 0
	for n < 2 && n < len(p) && p[len(p)-1-n] == ']' {
		n++
	}
	return n
}

// inCDATA reads a piece of a CDATA section, or its end.
func (r *Reader) inCDATA() (Token, error) {
	for {
		chunk := r.buf[r.at:min(len(r.buf), r.at+maxPiece)]
		n := bytes.Index(chunk, []byte("]]>"))
		if n == 0 {
			r.at += len("]]>")
			r.cdata = false
			return 0, nil
		}
		if n < 0 {
			n = len(chunk) - brackets(chunk)
		}
		if n > 0 {
			return r.show(n), nil
		}
		if !r.has(len(chunk) + 1) {
			return 0, r.cut()
		}
	}
}
