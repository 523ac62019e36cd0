package inspect

import "unicode/utf8"

// cssEscape is the escape being read (4.3.7).
type cssEscape struct {
	on     bool
	digits int
	value  rune
}

// escaped reads a byte after a backslash, and reports whether it belongs to the escape.
func (c *css) escaped(b byte) (used bool, found *Error) {
	e := &c.escape
	digit := hexDigit(b)
	switch {
	case digit >= 0 && e.digits < 6:
		e.value, e.digits = e.value<<4|rune(digit), e.digits+1 //nolint:gosec // a digit
		return true, nil
	case e.digits > 0:
		r := e.value
		*e = cssEscape{}
		c.letter(r)
		return isCSSSpace(b), nil
	case b == '\n' || b == '\f':
		*e = cssEscape{}
		if c.state == inString { // a line continuation
			return true, nil
		}
		return false, c.named(0)
	}
	*e = cssEscape{}
	if b < utf8.RuneSelf {
		c.letter(rune(b))
	} else {
		c.word.addByte(b)
	}
	return true, nil
}

// letter takes an escaped character.
func (c *css) letter(r rune) {
	if c.state == beforeURL {
		c.state = inURL
	}
	if c.state != inString || c.target {
		c.word.add(r)
	}
}
