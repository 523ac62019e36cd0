package inspect

// Text checks that a stream is plain text from its first byte to its last. The zero value is ready.
//
// It accepts UTF-8, with or without a byte order mark, and UTF-16 of either order with one. It
// refuses bytes that are not valid in their encoding, and a character cut off at the end. It
// refuses control characters except tab, line feed, form feed and carriage return: NUL, escape
// sequences of terminals, DEL and C1 are not text, and can do harm where they are shown. It
// refuses, as active content, markup that a browser or a server would run or render (see package
// markup), at any place and in each encoding that it accepts. Where text is HTML, only a response
// header would keep a browser from running it.
//
// An empty stream is text. Accepted text is not safe to insert into HTML, and not checked for
// formulas, shell commands or scripts without tags.
type Text struct {
	// EightBit also accepts text that is not Unicode, such as Windows-1252.
	EightBit bool

	// AllowMarkup accepts markup. Markdown may hold it.
	AllowMarkup bool

	textReader
	carry [3]byte // the beginning of a character, or of a mark, that is still incomplete
	n     int     // bytes of carry in use
	multi bool    // there was a character outside of ASCII
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (t *Text) Write(p []byte) (int, error) {
	if t.goesOn() {
		t.ended = t.arrive(len(p))
	}
	t.read(p)
	if err := t.failure(); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *Text) read(p []byte) {
	rest := p
	for t.n > 0 && len(rest) > 0 && t.goesOn() {
		var joined [len(t.carry) + 1]byte
		k := copy(joined[:], t.carry[:t.n])
		joined[k] = rest[0]
		rest, t.n = rest[1:], 0
		t.keep(t.consume(joined[:k+1]))
	}
	for len(rest) > 0 && t.goesOn() {
		piece := rest[:min(len(rest), textPiece)]
		left := t.consume(piece)
		if rest = rest[len(piece)-len(left):]; len(rest) == len(left) {
			t.keep(left)
			break
		}
	}
}

// textPiece is the largest number of bytes between two looks at the budget.
const textPiece = 16 << 10

// textSteps is the cost of a byte.
const textSteps = 12

// keep stores the few bytes that consume could not judge yet.
func (t *Text) keep(rest []byte) {
	if t.goesOn() {
		t.n = copy(t.carry[:], rest)
	}
}

// Verdict returns nil if all that was written is plain text, and the fault, an *Error, if not. The
// stream must have ended.
func (t *Text) Verdict() error {
	if t.goesOn() {
		t.ended = t.arrive(0)
	}
	if t.goesOn() {
		t.end()
	}
	return t.failure()
}

func (t *Text) end() {
	// A single last byte after ASCII is taken for a character of 8 bits, not for one of UTF-8 that
	// is cut off.
	if t.n == 1 && t.enc == isUTF8 && !t.multi {
		t.n -= t.notUTF8(t.carry[:1], 0)
	}
	switch {
	case t.err != nil:
	case t.n > 0 || t.high != 0:
		t.err = faultAt(CodeTruncated, "ends within a character", t.off)
	case t.cells != nil && t.cells.ended() != 0:
		t.err = activeAt(KindFormula, isFormula, t.start+t.cells.at)
	case t.json != nil && !t.json.Whole():
		t.err = faultAt(CodeTruncated, "ends within JSON", t.off)
	}
}

// consume judges the whole characters of p and returns the rest. Without a fault that is less than
// one character or mark.
func (t *Text) consume(p []byte) (rest []byte) {
	if t.spend(textSteps * len(p)); !t.goesOn() {
		return p
	}
	if t.enc == unknown {
		t.anyMarkup = t.AllowMarkup
		if t.enc, t.start = byteOrder(p); t.enc == unknown {
			return p
		}
		t.off = t.start
		p = p[t.start:]
	}
	var n int
	switch t.enc {
	case isUTF8:
		n = t.consumeUTF8(p)
	case eightBit:
		n = t.consumeEightBit(p)
	default:
		n = t.consumeUTF16(p)
	}
	t.off += int64(n)
	return p[n:]
}

func (t *Text) consumeUTF8(p []byte) int {
	n, multi, fault := checkUTF8(p)
	t.multi = t.multi || multi
	t.look(p[:n], p[:n], 1)
	switch {
	case t.err != nil || fault == "":
		return n
	case fault == badUTF8:
		return t.notUTF8(p, n)
	}
	t.err = faultAt(CodeDamaged, fault, t.off+int64(n))
	return n
}

// notUTF8 judges a piece that is UTF-8 up to n and not after it. If the text had a mark, or a
// character outside of ASCII before, it is damaged UTF-8.
func (t *Text) notUTF8(p []byte, n int) int {
	switch {
	case t.multi || t.start > 0:
		t.err = faultAt(CodeDamaged, badUTF8, t.off+int64(n))
	case !t.EightBit:
		t.err = faultAt(CodeUnsupported, badUTF8, t.off+int64(n))
		t.err.Params = Params{"kind": KindEncoding}
	default:
		t.enc = eightBit
		t.off += int64(n)
		k := t.consumeEightBit(p[n:])
		t.off -= int64(n)
		return n + k
	}
	return n
}
