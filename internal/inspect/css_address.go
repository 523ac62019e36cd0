package inspect

// inQuotes reads a byte of a string.
func (c *css) inQuotes(b byte) *Error {
	switch b {
	case c.quote:
		c.state = inCSS
		if c.target {
			return c.leads()
		}
	case '\\':
		c.escape.on = true
	case '\n', '\f':
		if c.book == nil {
			return fault(CodeUnsupported, "has a CSS string that a line break cuts")
		}
		c.state = inCSS
		if c.target {
			return c.leads()
		}
	default:
		if c.target {
			c.targets(b)
		}
	}
	return nil
}

// url reads a byte after "url(". In a book, as in browsers, a broken url extends to its closing
// parenthesis (CSS Syntax 3, 4.3.14).
func (c *css) url(b byte) *Error {
	switch {
	case b == ')':
		c.state = inCSS
		return c.leads()
	case isCSSSpace(b):
		if c.state == inURL {
			c.state = afterURL
		}
	case c.state == beforeURL && (b == '"' || b == '\''):
		c.state, c.quote, c.target = inString, b, true
		if c.book != nil {
			return c.book.mark('(')
		}
	case c.book == nil && (c.state == afterURL || b == '"' || b == '\'' || b == '('):
		return active(KindExternal, loads)
	case b == '\\':
		c.escape.on = true
	default:
		c.state = inURL
		c.targets(b)
	}
	return nil
}

// targets takes a byte of a target, without the spaces and controls before it (WHATWG URL, 4.4).
func (c *css) targets(b byte) {
	if c.word.n > 0 || b > ' ' {
		c.word.addByte(b)
	}
}

// leads judges the target of a url(), or of a string that is an address.
func (c *css) leads() *Error {
	target := c.word.bytes()
	c.target = false
	isOwn := len(target) == 0 || target[0] == '#' || isData(target, imageData) || isData(target, fontData)
	if c.book != nil {
		isOwn = c.book.accepts(string(target), string(c.word.last[:]))
	}
	if !isOwn {
		return active(KindExternal, loads)
	}
	c.word.clear()
	return nil
}
