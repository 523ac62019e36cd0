package inspect

// pdfKind is the kind of a token of a PDF (ISO 32000-2, 7.2 and 7.3).
type pdfKind uint8

const (
	pdfWord     pdfKind = iota // a number or a keyword
	pdfName                    // text is without its slash, and without escapes
	pdfString                  // literal or hexadecimal; text is its value, without escapes
	pdfComment                 // text is the comment after the percent sign, up to the end of the line
	pdfDict                    // <<
	pdfDictEnd                 // >>
	pdfArray                   // [
	pdfArrayEnd                // ]
	pdfStray                   // a delimiter that begins nothing
)

// The kept bytes of a token. All names and keywords with a meaning are shorter than maxPDFToken,
// and so is the scheme of a link. Scripts that calculate a form are judged whole, so their strings
// may be longer.
const (
	maxPDFToken  = 64
	maxPDFScript = 4 << 10
)

// The cost of a token, and of a byte that is passed over.
const (
	tokenSteps = 50
	byteSteps  = 1
)

// pdfToken is one token. text may be part of the bytes that the lexer reads, and is valid until its
// next call.
type pdfToken struct {
	kind pdfKind
	at   int64 // of its first byte
	text []byte
	num  int64 // the value of a word that is only digits, up to maxPDFDigits; -1 for other words
	cut  bool  // text is only its beginning
}

type pdfLexState uint8

const (
	lexBetween pdfLexState = iota
	lexWord
	lexName
	lexComment
	lexLiteral // a string in parentheses
	lexHex     // a string in angle brackets
	lexLess    // after "<"
	lexGreater // after ">"
)

// pdfLexer cuts bytes into tokens, in pieces of any size. off is the offset of the next byte.
type pdfLexer struct {
	off   int64
	state pdfLexState
	keep  int // bytes of a token to keep; 0 means maxPDFToken
	at    int64
	pdfText
	ends  bool // the file may end here, so a digit right after %%EOF ends that comment
	marks bool // within a comment that may be %%EOF
}

// restart restarts the lexer at offset 0.
func (l *pdfLexer) restart() { *l = pdfLexer{keep: l.keep, pdfText: pdfText{text: l.text}} }

// opaque reports whether the lexer is within a string or a comment.
func (l *pdfLexer) opaque() bool {
	return l.state == lexLiteral || l.state == lexHex || l.state == lexComment
}

// continues holds, for each state, the bytes that neither end it nor have to be decoded. The digits
// of lexHex have to be.
var continues = func() (table [lexGreater + 1][256]bool) {
	for i := range 256 {
		c := byte(i)
		table[lexBetween][c] = isPDFSpace(c)
		table[lexWord][c] = isRegular[c]
		table[lexName][c] = isRegular[c]
		table[lexComment][c] = !isEOL(c)
		table[lexLiteral][c] = c != '(' && c != ')' && c != '\\'
	}
	return table
}()

// whole writes the token at the beginning of p to t, after white space. It returns the number of
// bytes up to its end. It returns 0 for tokens that need more than a look: comments, strings that
// simple does not read, stray delimiters, and all that may go on after p.
func (l *pdfLexer) whole(p []byte, t *pdfToken) (n int) {
	if l.text == nil {
		l.text = make([]byte, max(l.keep, maxPDFToken))
	}
	for n < len(p) && spaceTable[p[n]] {
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
		return l.word(p, n, t)
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

// word writes a word, which begins at from, to t.
func (l *pdfLexer) word(p []byte, from int, t *pdfToken) (n int) {
	num := int64(0)
	for n = from; n < len(p) && p[n]-'0' <= 9; n++ {
		num = 10*num + int64(p[n]-'0')
	}
	if digits := n - from; digits == 0 || digits > maxPDFDigits || n < len(p) && isRegular[p[n]] {
		t.num = -1
		return l.regular(p, from, t)
	}
	t.num = num
	if n == len(p) {
		return 0
	}
	t.text = p[from:n:n]
	return n
}

// regular writes the text of a word or a name, which begins at from, to t.
func (l *pdfLexer) regular(p []byte, from int, t *pdfToken) (n int) {
	escapes := false
	for n = from; n < len(p) && isRegular[p[n]]; n++ {
		escapes = escapes || p[n] == '#'
	}
	if n == len(p) {
		return 0
	}
	t.text = p[from:n:n]
	if keep := len(l.text); len(t.text) > keep {
		t.text, t.cut = t.text[:keep:keep], true
	}
	if escapes && t.kind == pdfName {
		t.text = unescapeName(l.text[:copy(l.text, t.text)])
	}
	return n
}

// simple writes the text of a short string without parentheses and escapes, which begins at from,
// to t.
func (l *pdfLexer) simple(p []byte, from int, t *pdfToken) (n int) {
	end := min(len(p), from+len(l.text))
	n = from
	for n < end && continues[lexLiteral][p[n]] {
		n++
	}
	if n == end || p[n] != ')' {
		return 0
	}
	t.text = p[from:n:n]
	return n + 1
}
