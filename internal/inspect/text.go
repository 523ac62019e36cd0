package inspect

import (
	"bytes"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/markup"
)

// Text checks that a stream is plain text from its first byte to its last. The zero value is ready.
//
// It accepts UTF-8, with or without a byte order mark, and UTF-16 of either order with one. It refuses, as Malformed,
// what is not valid in its encoding (Windows-1252 and UTF-16 without a mark among it), a character cut off at the end, and
// control characters but for tab, line feed, form feed and carriage return: NUL, escape sequences of terminals, DEL and
// C1 have no place in text and can do harm where it is shown. It refuses, as Active, markup that a browser or a server
// would run or render (see package markup), wherever it stands and in either encoding: whoever declares text and sends a
// document breaks the declaration, and nothing but a response header would keep a browser from running it.
//
// An empty stream is text. What is accepted is not safe to insert into HTML, and not checked for formulas, shell commands
// or scripts without tags.
type Text struct {
	looker
	enc   encoding
	start int64   // bytes of the byte order mark
	off   int64   // bytes judged, the mark included
	carry [3]byte // the beginning of a character, or of a mark, whose rest has not come yet
	n     int     // bytes of carry in use
	scan  markup.Scanner
	cells *cells // of a table whose formulas are refused, else nil
	high  bool   // a high surrogate came last, whose low one must follow
	err   *Error
}

type encoding uint8

const (
	unknown encoding = iota
	isUTF8
	utf16LE
	utf16BE
)

const (
	notText   = "contains a control character"
	badUTF8   = "is not valid UTF-8"
	isMarkup  = "contains HTML markup"
	isFormula = "has a cell that a spreadsheet may compute"
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (t *Text) Write(p []byte) (int, error) {
	if err := t.arrive(len(p)); err != nil {
		return 0, err
	}
	rest := p
	for t.n > 0 && len(rest) > 0 && t.err == nil {
		var joined [len(t.carry) + 1]byte
		k := copy(joined[:], t.carry[:t.n])
		joined[k] = rest[0]
		rest, t.n = rest[1:], 0
		t.keep(t.consume(joined[:k+1]))
	}
	if t.err == nil && len(rest) > 0 {
		t.keep(t.consume(rest))
	}
	if t.err != nil {
		return 0, t.err
	}
	return len(p), nil
}

// keep remembers the few bytes that consume could not judge yet.
func (t *Text) keep(rest []byte) {
	if t.err == nil {
		t.n = copy(t.carry[:], rest)
	}
}

// Verdict returns nil if all that was written is plain text, and the fault, an *Error, if not. The stream must have
// ended.
func (t *Text) Verdict() error {
	if t.err == nil && (t.n > 0 || t.high) {
		t.err = faultAt(CodeDamaged, "ends within a character", t.off)
	}
	if t.err != nil {
		return t.err
	}
	return nil
}

// consume judges the whole characters of p and returns what is left: less than one character.
func (t *Text) consume(p []byte) (rest []byte) {
	if t.enc == unknown {
		if t.enc, t.start = byteOrder(p); t.enc == unknown {
			return p
		}
		t.off = t.start
		p = p[t.start:]
	}
	var n int
	if t.enc == isUTF8 {
		n = t.consumeUTF8(p)
	} else {
		n = t.consumeUTF16(p)
	}
	t.off += int64(n)
	return p[n:]
}

// byteOrder reads the byte order mark. It returns unknown if p is too short to tell.
func byteOrder(p []byte) (enc encoding, length int64) {
	const mark = "\xef\xbb\xbf"
	switch {
	case bytes.HasPrefix(p, []byte(mark)):
		return isUTF8, 3
	case bytes.HasPrefix(p, []byte("\xff\xfe")):
		return utf16LE, 2
	case bytes.HasPrefix(p, []byte("\xfe\xff")):
		return utf16BE, 2
	case len(p) == 0 || len(p) < len(mark) && mark[:len(p)] == string(p) || len(p) == 1 && p[0] >= 0xfe:
		return unknown, 0
	}
	return isUTF8, 0
}

func (t *Text) consumeUTF8(p []byte) int {
	n, fault := checkUTF8(p)
	t.look(p[:n], 1)
	if t.err == nil && fault != "" {
		t.err = faultAt(CodeDamaged, fault, t.off+int64(n))
	}
	return n
}

// look searches p for markup and formulas; a byte of p stands for width bytes of the stream.
func (t *Text) look(p []byte, width int64) {
	formula := false
	if t.cells != nil {
		var n int
		n, formula = t.cells.scan(p)
		p = p[:n] // what comes first is told first
	}
	switch {
	case t.scan.Scan(p):
		t.err = activeAt(KindMarkup, isMarkup, t.start+width*t.scan.Offset())
	case formula:
		t.err = activeAt(KindFormula, isFormula, t.start+width*t.cells.at)
	}
}

// checkUTF8 returns how many bytes of p are text, and what is wrong with the byte behind them. If nothing is wrong, the
// rest of p is the beginning of a character.
func checkUTF8(p []byte) (n int, fault string) {
	for {
		n += asciiText(p[n:])
		if n == len(p) {
			return n, ""
		}
		if p[n] < utf8.RuneSelf {
			return n, notText
		}
		r, size := utf8.DecodeRune(p[n:])
		switch {
		case size == 1 && utf8.FullRune(p[n:]):
			return n, badUTF8
		case size == 1:
			return n, ""
		case r < 0xa0: // C1
			return n, notText
		}
		n += size
	}
}

// asciiText returns the length of the longest prefix of p that is ASCII text. Eight bytes a step make it some times
// faster than one.
func asciiText(p []byte) int {
	n := 0
	for ; n+8 <= len(p); n += 8 {
		q := p[n : n+8 : n+8]
		if notASCIIText[q[0]]|notASCIIText[q[1]]|notASCIIText[q[2]]|notASCIIText[q[3]]|
			notASCIIText[q[4]]|notASCIIText[q[5]]|notASCIIText[q[6]]|notASCIIText[q[7]] != 0 {
			break
		}
	}
	for n < len(p) && notASCIIText[p[n]] == 0 {
		n++
	}
	return n
}

// notASCIIText is 1 for control characters and for bytes that are not ASCII.
var notASCIIText = func() (table [256]byte) {
	for c := range table {
		if isControl(uint16(c)) || c >= utf8.RuneSelf {
			table[c] = 1
		}
	}
	return table
}()

// isControl reports whether c is C0, DEL or C1 and not white space.
func isControl(c uint16) bool {
	switch c {
	case '\t', '\n', '\f', '\r':
		return false
	}
	return c < ' ' || 0x7f <= c && c <= 0x9f
}
