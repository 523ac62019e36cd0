package inspect

// next reads up to the end of the next token. It returns the number of bytes of p that it took, and
// whether a token is complete, which it writes to t. A word, a name or a comment ends before the
// byte that ends it.
func (l *pdfLexer) next(p []byte, t *pdfToken) (n int, complete bool) {
	if l.state == lexBetween {
		if n = l.whole(p, t); n > 0 {
			l.off += int64(n)
			return n, true
		}
	}
	for n < len(p) && !complete {
		if l.marks && l.state == lexComment && l.n <= len(eofMark) && l.mark(p[n], t) {
			return n, true
		}
		n += l.run(p[n:])
		if n == len(p) {
			break
		}
		used := 1
		switch c := p[n]; l.state {
		case lexBetween:
			complete = l.begin(c, t)
		case lexLiteral:
			complete = l.literal(c) && l.token(pdfString, t)
		case lexHex:
			complete = l.hex(c) && l.token(pdfString, t)
		case lexLess, lexGreater:
			complete, used = l.double(c, t)
		case lexComment:
			used = 0
			complete = isEOL(c) && l.token(pdfComment, t)
		default:
			used = 0
			complete = l.wordOrName(t)
		}
		n += used
		l.off += int64(used)
	}
	return n, complete
}

const eofMark = "%EOF" // after the percent sign that begins the comment

// mark looks at a byte of a comment that may be %%EOF. Some programs write no line end after it,
// and others then append their objects directly.
func (l *pdfLexer) mark(c byte, t *pdfToken) (complete bool) {
	switch {
	case l.n == len(eofMark):
		l.marks = false
		return '0' <= c && c <= '9' && l.token(pdfComment, t)
	case c != eofMark[l.n]:
		l.marks = false
	}
	return false
}

// run takes the bytes that leave the state as it is, and returns their number.
func (l *pdfLexer) run(p []byte) int {
	if l.esc != escNone {
		return 0
	}
	if l.marks && l.state == lexComment {
		p = p[:1]
	}
	n, more := 0, &continues[l.state]
	for n < len(p) && more[p[n]] {
		n++
	}
	if l.state != lexBetween {
		if l.n < len(l.text) {
			copy(l.text[l.n:], p[:n])
		}
		l.n += n
	}
	l.off += int64(n)
	return n
}

// begin reads the first byte of a token.
func (l *pdfLexer) begin(c byte, t *pdfToken) (complete bool) {
	l.at, l.n, l.depth, l.esc = l.off, 0, 0, escNone
	switch c {
	case '/':
		l.state = lexName
	case '%':
		l.state, l.marks = lexComment, l.ends
	case '(':
		l.state = lexLiteral
	case '<':
		l.state = lexLess
	case '>':
		l.state = lexGreater
	case '[':
		return l.token(pdfArray, t)
	case ']':
		return l.token(pdfArrayEnd, t)
	case ')', '{', '}':
		return l.token(pdfStray, t)
	default:
		l.state = lexWord
		l.put(c)
	}
	return false
}

// token writes the complete token to t, and returns true.
func (l *pdfLexer) token(kind pdfKind, t *pdfToken) bool {
	l.state, l.esc = lexBetween, escNone
	t.kind, t.at, t.text, t.cut = kind, l.at, l.text[:min(l.n, len(l.text))], l.n > len(l.text)
	return true
}

func (l *pdfLexer) wordOrName(t *pdfToken) bool {
	if l.state == lexWord {
		l.token(pdfWord, t)
		t.num = pdfInt(t.text)
		return true
	}
	l.token(pdfName, t)
	t.text = unescapeName(t.text)
	return true
}

// double reads the byte after an angle bracket.
func (l *pdfLexer) double(c byte, t *pdfToken) (complete bool, used int) {
	switch {
	case l.state == lexGreater && c == '>':
		return l.token(pdfDictEnd, t), 1
	case l.state == lexGreater:
		return l.token(pdfStray, t), 0
	case c == '<':
		return l.token(pdfDict, t), 1
	case c == '>':
		return l.token(pdfString, t), 1
	}
	l.state = lexHex
	return false, 0
}
