package inspect

import "bytes"

// whole writes the token at the beginning of p to t, after white space. It returns the number of
// bytes up to its end. It returns 0 for tokens that need more than a look: comments, most strings,
// stray delimiters, and all that may go on after p.
func (l *pdfLexer) whole(p []byte, t *pdfToken) (n int) {
	if l.text == nil {
		l.text = make([]byte, max(l.keep, maxPDFToken))
	}
	for n < len(p) && isPDFSpace(p[n]) {
		n++
	}
	if len(p)-n < 2 {
		return 0
	}
	l.at = l.off + int64(n)
	t.at, t.text, t.cut = l.at, nil, false
	switch c := p[n]; {
	case isRegular[c]:
		t.kind = pdfWord
		return l.regular(p, n, t)
	case c == '/':
		t.kind = pdfName
		return l.regular(p, n+1, t)
	case c == '(':
		t.kind = pdfString
		return l.simple(p, n+1, t)
	case c == '[':
		t.kind = pdfArray
		return n + 1
	case c == ']':
		t.kind = pdfArrayEnd
		return n + 1
	case c == '<' && p[n+1] == '<':
		t.kind = pdfDict
		return n + 2
	case c == '>' && p[n+1] == '>':
		t.kind = pdfDictEnd
		return n + 2
	}
	return 0
}

// regular writes the text of a word or a name, which begins at from, to t.
func (l *pdfLexer) regular(p []byte, from int, t *pdfToken) (n int) {
	for n = from; n < len(p) && isRegular[p[n]]; n++ {
	}
	if n == len(p) {
		return 0
	}
	t.text = p[from:n:n]
	if keep := len(l.text); len(t.text) > keep {
		t.text, t.cut = t.text[:keep:keep], true
	}
	if t.kind == pdfName && bytes.IndexByte(t.text, '#') >= 0 {
		t.text = unescapeName(l.text[:copy(l.text, t.text)])
	}
	return n
}

// simple writes the text of a short string without parentheses and escapes, which begins at from, to
// t.
func (l *pdfLexer) simple(p []byte, from int, t *pdfToken) (n int) {
	end := min(len(p), from+len(l.text))
	for n = from; n < end && continues[lexLiteral][p[n]]; n++ {
	}
	if n == end || p[n] != ')' {
		return 0
	}
	t.text = p[from:n:n]
	return n + 1
}
