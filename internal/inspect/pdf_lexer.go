package inspect

// pdfKind says what a token of a PDF is (ISO 32000-2, 7.2 and 7.3).
type pdfKind uint8

const (
	pdfWord     pdfKind = iota // a number or a keyword
	pdfName                    // text is without its slash, and without escapes
	pdfString                  // literal or hexadecimal
	pdfComment                 // text is what follows the percent sign, up to the end of the line
	pdfDict                    // <<
	pdfDictEnd                 // >>
	pdfArray                   // [
	pdfArrayEnd                // ]
	pdfStray                   // a delimiter that begins nothing
)

// maxPDFToken is how much of a token is kept; all names and keywords that mean something are shorter.
const maxPDFToken = 64

// pdfToken is one token. text holds until the next call of the lexer.
type pdfToken struct {
	kind pdfKind
	at   int64 // of its first byte
	text []byte
}

type pdfLexState uint8

const (
	lexBetween pdfLexState = iota
	lexWord
	lexName
	lexComment
	lexLiteral // a string in parentheses
	lexHex     // a string in angle brackets
	lexLess    // behind "<"
	lexGreater // behind ">"
)

// pdfLexer cuts bytes into tokens, however they arrive. off is the offset of the next byte.
type pdfLexer struct {
	off   int64
	state pdfLexState
	at    int64
	text  [maxPDFToken]byte
	n     int  // length of the token, which may be more than is kept
	depth int  // of parentheses in a literal string
	esc   bool // behind a backslash in one
}

// opaque reports whether the lexer is within a string or a comment.
func (l *pdfLexer) opaque() bool {
	return l.state == lexLiteral || l.state == lexHex || l.state == lexComment
}

// next reads up to the end of the next token. It returns how much of p it took, and whether a token is complete. A word, a
// name or a comment ends in front of the byte that ends it.
func (l *pdfLexer) next(p []byte) (n int, t pdfToken, complete bool) {
	for n < len(p) && !complete {
		n += l.run(p[n:])
		if n == len(p) {
			break
		}
		used := 1
		switch c := p[n]; l.state {
		case lexBetween:
			t, complete = l.begin(c)
		case lexLiteral:
			if l.literal(c) {
				t, complete = l.token(pdfString), true
			}
		case lexHex:
			t, complete = l.token(pdfString), true
		case lexLess, lexGreater:
			t, complete, used = l.double(c)
		case lexComment:
			t, complete, used = l.token(pdfComment), true, 0
		default:
			t, complete, used = l.wordOrName(), true, 0
		}
		n += used
		l.off += int64(used)
	}
	return n, t, complete
}

// run takes the bytes that change nothing, and returns how many.
func (l *pdfLexer) run(p []byte) int {
	if l.esc {
		return 0
	}
	n, more := 0, &continues[l.state]
	for n < len(p) && more[p[n]] {
		n++
	}
	if l.state == lexWord || l.state == lexName || l.state == lexComment {
		if l.n < len(l.text) {
			copy(l.text[l.n:], p[:n])
		}
		l.n += n
	}
	l.off += int64(n)
	return n
}

// continues tells for each state which bytes neither end nor change it.
var continues = func() (table [lexGreater + 1][256]bool) {
	for i := range 256 {
		c := byte(i)
		table[lexBetween][c] = isPDFSpace(c)
		table[lexWord][c] = isRegular[c]
		table[lexName][c] = isRegular[c]
		table[lexComment][c] = !isEOL(c)
		table[lexLiteral][c] = c != '(' && c != ')' && c != '\\'
		table[lexHex][c] = c != '>'
	}
	return table
}()

// begin reads the first byte of a token.
func (l *pdfLexer) begin(c byte) (t pdfToken, complete bool) {
	l.at, l.n, l.depth, l.esc = l.off, 0, 0, false
	switch c {
	case '/':
		l.state = lexName
	case '%':
		l.state = lexComment
	case '(':
		l.state = lexLiteral
	case '<':
		l.state = lexLess
	case '>':
		l.state = lexGreater
	case '[':
		return l.token(pdfArray), true
	case ']':
		return l.token(pdfArrayEnd), true
	case ')', '{', '}':
		return l.token(pdfStray), true
	default:
		l.state, l.text[0], l.n = lexWord, c, 1
	}
	return t, false
}

func (l *pdfLexer) token(kind pdfKind) pdfToken {
	l.state = lexBetween
	return pdfToken{kind: kind, at: l.at, text: l.text[:min(l.n, len(l.text))]}
}

func (l *pdfLexer) wordOrName() pdfToken {
	if l.state == lexWord {
		return l.token(pdfWord)
	}
	t := l.token(pdfName)
	t.text = unescapeName(t.text)
	return t
}

// literal reads a byte of a literal string and reports whether it is the last.
func (l *pdfLexer) literal(c byte) bool {
	switch {
	case l.esc:
		l.esc = false
	case c == '\\':
		l.esc = true
	case c == '(':
		l.depth++
	case c == ')':
		l.depth--
	}
	return l.depth < 0
}

// double reads the byte behind an angle bracket.
func (l *pdfLexer) double(c byte) (t pdfToken, complete bool, used int) {
	switch {
	case l.state == lexGreater && c == '>':
		return l.token(pdfDictEnd), true, 1
	case l.state == lexGreater:
		return l.token(pdfStray), true, 0
	case c == '<':
		return l.token(pdfDict), true, 1
	case c == '>':
		return l.token(pdfString), true, 1
	}
	l.state = lexHex
	return t, false, 1
}

// unescapeName replaces #xx in place.
func unescapeName(name []byte) []byte {
	out := name[:0]
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '#' && i+2 < len(name) {
			hi, lo := hexDigit(name[i+1]), hexDigit(name[i+2])
			if hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo) //nolint:gosec // two digits
				i += 2
			}
		}
		out = append(out, c)
	}
	return out
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func isEOL(c byte) bool { return c == '\n' || c == '\r' }

func isPDFSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

// isRegular is true for the bytes that names, numbers and keywords are made of.
var isRegular = func() (table [256]bool) {
	for c := range table {
		table[c] = !isPDFSpace(byte(c))
	}
	for _, c := range []byte("()<>[]{}/%") {
		table[c] = false
	}
	return table
}()
