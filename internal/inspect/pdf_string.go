package inspect

import "bytes"

// pdfEscape is the progress through an escape in a literal string.
type pdfEscape uint8

const (
	escNone   pdfEscape = iota
	escSlash            // after a backslash
	escDigit            // and one octal digit
	escDigits           // and two
	escCR               // after a backslash and a carriage return, which a line feed may follow
	escNibble           // after one digit of a hexadecimal string
)

// pdfText is the text of a token.
type pdfText struct {
	text  []byte // the kept part
	n     int    // length of the token, which may be larger
	depth int    // of parentheses in a literal string
	esc   pdfEscape
	octal int // value of the digits after a backslash, or of one hexadecimal digit
}

// put adds a byte to the token.
func (s *pdfText) put(c byte) {
	if s.n < len(s.text) {
		s.text[s.n] = c
	}
	s.n++
}

// literal reads a byte of a literal string and reports whether it is the last.
func (s *pdfText) literal(c byte) (end bool) {
	octal := '0' <= c && c <= '7'
	switch {
	case s.esc == escSlash:
		s.escaped(c)
		return false
	case (s.esc == escDigit || s.esc == escDigits) && octal:
		s.octal = s.octal<<3 | int(c-'0')
		if s.esc++; s.esc == escDigits {
			return false
		}
		s.put(byte(s.octal)) //nolint:gosec // readers drop the ninth bit
		s.esc = escNone
		return false
	case s.esc == escDigit || s.esc == escDigits:
		s.put(byte(s.octal)) //nolint:gosec // two digits have six bits at most
	case s.esc == escCR && c == '\n':
		s.esc = escNone
		return false
	}
	s.esc = escNone
	switch c {
	case '\\':
		s.esc = escSlash
		return false
	case '(':
		s.depth++
	case ')':
		if s.depth--; s.depth < 0 {
			return true
		}
	}
	s.put(c)
	return false
}

// escaped reads the byte after a backslash.
func (s *pdfText) escaped(c byte) {
	s.esc = escNone
	switch {
	case '0' <= c && c <= '7':
		s.octal, s.esc = int(c-'0'), escDigit
	case c == '\r':
		s.esc = escCR
	case c == '\n':
	default:
		if at := bytes.IndexByte([]byte("nrtbf"), c); at >= 0 {
			c = "\n\r\t\b\f"[at]
		}
		s.put(c)
	}
}

// hex reads a byte of a hexadecimal string and reports whether it is the last. A zero completes a
// last digit without a partner.
func (s *pdfText) hex(c byte) (end bool) {
	digit := hexDigit(c)
	switch {
	case c == '>':
		if s.esc == escNibble {
			s.put(byte(s.octal << 4)) //nolint:gosec // one digit
		}
		return true
	case digit < 0:
	case s.esc == escNibble:
		s.put(byte(s.octal<<4 | digit)) //nolint:gosec // two digits
		s.esc = escNone
	default:
		s.octal, s.esc = digit, escNibble
	}
	return false
}
