package inspect

const (
	hasScript = "contains a script"
	loads     = "refers to something outside of it"
)

// css judges CSS as it streams by: style sheets, style attributes, and presentation attributes. It
// reads the tokens of CSS Syntax Level 3 (4.3), including comments and escapes. The zero value is
// ready.
//
// It accepts the functions and at-rules of cssFunctions and cssRules. In url() it accepts fragments
// of the document itself, and pictures and fonts in data URLs. It refuses a string that a line
// break cuts, because readers resume at different places.
//
// With book it judges only the addresses, as [css.bookName] describes.
type css struct {
	book   bool
	fetch  bool    // a function of cssFetching begins
	calls  int     // parentheses that are open since it began
	rule   cssRule // around the current place
	cr     bool    // the last byte was a carriage return, a line break with or without a line feed (3.3)
	state  cssState
	quote  byte
	target bool // the current string or url names a target
	word   cssWord
	at     bool // word is an at-keyword
	escape cssEscape
}

type cssState uint8

const (
	inCSS cssState = iota
	afterSlash
	inComment
	afterStar // in a comment
	inString
	beforeURL // after "url("
	inURL     // without quotation marks
	afterURL  // white space after it
)

// write judges a piece.
func (c *css) write(p []byte) *Error {
	for i := 0; i < len(p); {
		if c.state == inCSS && c.word.n == 0 && !c.at && !c.escape.on && c.calls == 0 && c.rule == noRule { // the usual case
			if n := cssPlain(p[i:]); n > 0 {
				i += n
				c.cr = p[i-1] == '\r'
				continue
			}
		}
		b := p[i]
		if b == '\n' && c.cr {
			c.cr = false
			i++
			continue
		}
		if b == '\r' {
			b = '\n'
		}
		used, found := c.read(b)
		if found != nil {
			return found
		}
		if used {
			c.cr = p[i] == '\r'
			i++
		}
	}
	return nil
}

// read reads a byte, and reports whether it used it.
func (c *css) read(b byte) (used bool, found *Error) {
	if c.escape.on {
		return c.escaped(b)
	}
	return true, c.step(b)
}

// end judges the last, unfinished token.
func (c *css) end() *Error {
	switch {
	case c.state == beforeURL || c.state == inURL || c.state == inString && c.target:
		return c.leads()
	case c.state == inCSS:
		return c.named(0)
	}
	return nil
}

func (c *css) step(b byte) *Error {
	switch c.state {
	case inCSS:
		return c.token(b)
	case afterSlash:
		c.state = inCSS
		if b != '*' {
			return c.token(b)
		}
		c.state = inComment
	case inComment, afterStar:
		switch {
		case b == '*':
			c.state = afterStar
		case b == '/' && c.state == afterStar:
			c.state = inCSS
		default:
			c.state = inComment
		}
	case inString:
		return c.inQuotes(b)
	default:
		return c.url(b)
	}
	return nil
}

// token reads a byte outside of comments, strings and url().
func (c *css) token(b byte) *Error {
	switch {
	case cssLetter[b]:
		c.word.addByte(b)
		return nil
	case b == '\\':
		c.escape.on = true
		return nil
	}
	if found := c.named(b); found != nil || c.state != inCSS {
		return found
	}
	switch b {
	case '@':
		c.at = true
	case '/':
		c.state = afterSlash
	case '"', '\'':
		c.state, c.quote, c.target = inString, b, c.calls > 0 || c.rule == importing
	default:
		c.bookMark(b)
	}
	return nil
}

// named judges the name that ends before b, if there is one.
func (c *css) named(b byte) *Error {
	if c.word.n == 0 {
		c.at = false
		return nil
	}
	name, at := c.word.bytes(), c.at
	known := !c.word.long
	c.at = false
	switch {
	case c.book:
		if found := c.bookName(b, string(name), at); found != nil {
			return found
		}
	case at && !(known && cssRules[string(name)]):
		return active(KindExternal, "has a CSS rule that is not accepted")
	case !at && b == '(' && string(name) == "url":
		c.state = beforeURL
	case !at && b == '(' && string(name) == "expression", string(name) == "-moz-binding", string(name) == "behavior":
		return active(KindScript, hasScript)
	case !at && b == '(' && !(known && cssFunctions[string(name)]):
		return active(KindExternal, "calls a CSS function that is not accepted")
	}
	c.word.clear()
	return nil
}

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
		if !c.book {
			return fault(CodeUnsupported, "has a CSS string that a line break cuts")
		}
		c.state = inCSS
		if c.target {
			return c.leads()
		}
	default:
		if c.target {
			c.word.addByte(b)
		}
	}
	return nil
}

// url reads a byte after "url(".
func (c *css) url(b byte) *Error {
	switch {
	case b == ')':
		c.state = inCSS
		c.bookMark(b)
		return c.leads()
	case isCSSSpace(b):
		if c.state == inURL {
			c.state = afterURL
		}
	case c.state == beforeURL && (b == '"' || b == '\''):
		c.state, c.quote, c.target = inString, b, true
	case !c.book && (c.state == afterURL || b == '"' || b == '\'' || b == '('):
		return active(KindExternal, loads)
	case b == '\\':
		c.escape.on = true
	default:
		c.state = inURL
		c.word.addByte(b)
	}
	return nil
}

// leads judges the target of a url().
func (c *css) leads() *Error {
	target := c.word.bytes()
	c.target = false
	if c.book {
		if !c.bookTarget(string(target)) {
			return active(KindExternal, loads)
		}
	} else if len(target) > 0 && target[0] != '#' && !isData(target, imageData) && !isData(target, fontData) {
		return active(KindExternal, loads)
	}
	c.word.clear()
	return nil
}

// cssPlain returns the number of bytes at the front of p that begin nothing.
func cssPlain(p []byte) int {
	n := 0
	for n < len(p) && cssNothing[p[n]] {
		n++
	}
	return n
}
