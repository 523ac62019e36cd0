package inspect

// cssEscape is the escape that is being read (CSS Syntax Level 3, 4.3.7).
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
		return c.noEscape()
	}
	*e = cssEscape{}
	c.letter(rune(b)) // of a character outside of ASCII, the first byte: the others follow like letters
	return true, nil
}

// noEscape reads a line break after a backslash. A string goes on in the next line (4.3.5). In the
// address of a url() it is an error (4.3.6).
func (c *css) noEscape() (used bool, found *Error) {
	switch {
	case c.state == inString:
		return true, nil
	case c.state == inCSS:
		return false, c.named(0)
	case c.book == nil:
		return true, active(KindExternal, loads)
	}
	c.state = inURL
	return true, nil
}

// letter takes an escaped character.
func (c *css) letter(r rune) {
	switch {
	case c.state == inCSS:
		c.word.add(r)
		return
	case c.state == inString && !c.target:
		return
	case c.state != inString:
		c.state = inURL
	}
	if c.word.n > 0 || r > ' ' { // as in targets
		c.word.add(r)
	}
}
