package inspect

const (
	hasScript = "contains a script"
	loads     = "refers to something outside of it"
)

// css judges CSS as it streams by: style sheets, style attributes, and presentation attributes. It
// reads the tokens of CSS Syntax Level 3 (4.3), including comments and escapes. The zero value is
// ready.
//
// Without book it accepts the functions and at-rules of cssFunctions and cssRules. In url() it
// accepts fragments of the document itself, and pictures and fonts in data URLs. It refuses a
// string that a line break cuts, because readers resume at different places.
//
// With book it judges addresses and scripts; see [cssBook].
type css struct {
	book   *cssBook
	list   bool // several values with semicolons between them, as animations have
	cr     bool // the last byte was a carriage return, a line break with or without a line feed (3.3)
	state  cssState
	quote  byte
	target bool // the current string or url names a target
	word   cssWord
	at     bool // word is an at-keyword
	hash   bool // word is a name after "#"
	opens  int  // bytes of "<!--" just before, which is a token and not part of a name
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
		if c.isCalm() { // the usual case
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

// isCalm reports whether the bytes of cssNothing have no effect here.
func (c *css) isCalm() bool {
	return c.state == inCSS && c.word.n == 0 && !c.at && !c.hash && !c.list && !c.escape.on && c.opens == 0 && c.book == nil
}

// read reads a byte, and reports whether it used the byte. If not, the byte must be read again.
func (c *css) read(b byte) (used bool, found *Error) {
	if c.list && b == ';' {
		found = c.end()
		next := css{list: true}
		if c.book != nil {
			next.book = &cssBook{}
		}
		*c = next
		return true, found
	}
	if c.escape.on {
		return c.escaped(b)
	}
	return true, c.step(b)
}

// end judges the last, unfinished token.
func (c *css) end() *Error {
	switch {
	case c.state == beforeURL || c.state == inURL || c.state == afterURL || c.state == inString && c.target:
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
		c.letters(b)
		return nil
	case b == '\\':
		c.escape.on, c.opens = true, 0
		return nil
	}
	if found := c.named(b); found != nil || c.state != inCSS {
		return found
	}
	c.opens = opensComment(c.opens, b)
	switch b {
	case '@':
		c.at = true
	case '#':
		c.hash = true
	case '/':
		c.state = afterSlash
	case '"', '\'':
		c.state, c.quote, c.target = inString, b, c.book != nil && c.book.fetches()
	default:
		if c.book != nil {
			return c.book.mark(b)
		}
	}
	return nil
}

// letters reads a byte of a name. The hyphens of "<!--" belong to no name.
func (c *css) letters(b byte) {
	c.word.addByte(b)
	if c.opens = opensComment(c.opens, b); c.opens == len("<!--") {
		c.word.clear()
		c.opens = 0
	}
}

// opensComment counts the bytes of "<!--" that were read.
func opensComment(n int, b byte) int {
	switch b {
	case "<!--"[n]:
		return n + 1
	case '<':
		return 1
	}
	return 0
}

// named judges the name that ends before b, if there is one.
func (c *css) named(b byte) *Error {
	at, hash := c.at, c.hash
	c.at, c.hash = false, false
	if c.word.n == 0 {
		return nil
	}
	name := c.word.bytes()
	known := !c.word.long
	switch {
	case (hash || at) && b == '(' && lastIndexOther(string(name)) >= 0: // programs differ in where it ends (4.2)
		return active(KindExternal, loads)
	case hash:
	case c.book != nil:
		isURL, found := c.book.name(b, name, at, known)
		if found != nil {
			return found
		}
		if isURL {
			c.state = beforeURL
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

// cssPlain returns the number of bytes of cssNothing at the front of p.
func cssPlain(p []byte) int {
	n := 0
	for n < len(p) && cssNothing[p[n]] {
		n++
	}
	return n
}
