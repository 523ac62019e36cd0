package inspect

import "strings"

// CSV checks that a stream is text, as the type Text describes it, whose cells a spreadsheet shows and does not compute.
// The zero value is ready, takes commas for separators, and checks the text alone; see RefuseFormulas. Memory is constant.
//
// What a table looks like is not checked: rows may differ in length, and any text has at least one cell.
type CSV struct {
	// Tabs makes tabs the only separators of cells (text/tab-separated-values). Without it they are commas and semicolons,
	// which spreadsheets take instead where the comma is in numbers, and tabs within the line.
	Tabs bool

	// RefuseFormulas refuses, as Active, cells that spreadsheets may take for a formula (CWE-1236): those that begin
	// with = or @, with + or - unless they are a number, or with a tab or a carriage return. Numbers are all that has
	// nothing but digits, the signs . , : + - % ' ( ) / and spaces behind the first sign, and exponents, so that
	// -1.5, +49 (0)30/123-45 and a mere - pass. Quotation marks and doubled ones in quoted cells (RFC 4180) are read; UTF-16 is,
	// too. Cells with spaces in front of a formula are text to spreadsheets and pass.
	RefuseFormulas bool

	text  Text
	begun bool
}

// Within has it work from b; see [Budget].
func (c *CSV) Within(b *Budget) { c.text.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (c *CSV) Write(p []byte) (int, error) {
	if c.RefuseFormulas && !c.begun {
		c.text.cells = &cells{tabs: c.Tabs}
	}
	c.begun = true
	return c.text.Write(p)
}

// Verdict returns nil if all that was written is acceptable, and the fault, an *Error, if not. The stream must have ended.
func (c *CSV) Verdict() error { return c.text.Verdict() }

// cells finds formulas in the cells of a table. It reads ASCII and passes over all other bytes, like markup.Scanner.
type cells struct {
	tabs   bool
	off    int64 // bytes read
	at     int64 // of the formula
	place  cellPlace
	quoted bool // within quotation marks
	quote  bool // behind one that ends them, or is the first of two
	tab    bool // the last cell ended in a tab
	digit  bool // a digit came last in a number
}

type cellPlace uint8

const (
	cellStart    cellPlace = iota
	cellText               // nothing that stands here matters
	cellNumber             // behind a sign
	cellExponent           // behind the e of a number
)

// scan reads on and reports whether a formula has been found, and how many bytes that took.
func (s *cells) scan(p []byte) (n int, found bool) {
	for n < len(p) && !found {
		k := s.skip(p[n:])
		if n += k; n < len(p) {
			found = s.step(p[n])
			n, k = n+1, k+1
		}
		s.off += int64(k)
	}
	return n, found
}

// skip returns how many bytes change nothing.
func (s *cells) skip(p []byte) (n int) {
	if s.place == cellText && !s.quote {
		for n < len(p) && !endsCell[p[n]] {
			n++
		}
	}
	return n
}

// endsCell is true for all that may end a cell, quoted or not.
var endsCell = [256]bool{',': true, ';': true, '\t': true, '\r': true, '\n': true, '"': true}

func (s *cells) step(c byte) (found bool) {
	switch {
	case s.quote && c == '"':
		s.quote = false
		return s.content(c)
	case s.quote:
		s.quote, s.quoted = false, false
	}
	switch {
	case s.quoted && c == '"':
		s.quote = true
	case !s.quoted && s.ends(c):
		s.place, s.tab = cellStart, c == '\t'
	case !s.quoted && c == '"' && s.place == cellStart:
		s.quoted = true
	default:
		return s.content(c)
	}
	return false
}

func (s *cells) ends(c byte) bool {
	switch c {
	case '\r', '\n':
		return true
	case '\t':
		return s.tabs || s.tab || s.place != cellStart
	}
	return !s.tabs && (c == ',' || c == ';')
}

// content reads a byte of a cell.
func (s *cells) content(c byte) (found bool) {
	switch s.place {
	case cellStart:
		return s.begin(c)
	case cellNumber:
		return s.number(c)
	case cellExponent:
		s.place, s.digit = cellNumber, '0' <= c && c <= '9'
		return !s.digit && c != '+' && c != '-'
	}
	return false
}

func (s *cells) begin(c byte) (found bool) {
	s.at, s.place, s.digit = s.off, cellText, false
	switch c {
	case '=', '@', '\t', '\r':
		return true
	case '+', '-':
		s.place = cellNumber
	}
	return false
}

func (s *cells) number(c byte) (found bool) {
	if s.digit && (c == 'e' || c == 'E') {
		s.place = cellExponent
		return false
	}
	s.digit = '0' <= c && c <= '9'
	return !s.digit && !strings.ContainsRune(" .,:+-%'()/", rune(c))
}
