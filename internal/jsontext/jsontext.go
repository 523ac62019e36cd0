// Package jsontext checks the syntax of JSON (RFC 8259) as it streams by, and keeps none of it.
package jsontext

// MaxDepth is the maximum nesting of arrays and objects.
const MaxDepth = 512

// Fault is the reason for refusing a stream.
type Fault uint8

// The faults.
const (
	None    Fault = iota
	Grammar       // not allowed by RFC 8259 at that place
	Depth         // more than MaxDepth nested arrays and objects
)

// Scanner checks that a stream consists of JSON values. Values may follow each other with white
// space between them, as in JSON Lines. It reads UTF-8 in pieces of any size; the cuts make no
// difference. It expects bytes over 0x7f only within strings, and does not judge them. The zero
// value is ready. Its memory is constant. It is not safe for concurrent use.
type Scanner struct {
	off   int64 // bytes read
	state state
	next  int                   // place in word, digits that an escape lacks, or 1 between values after the first
	word  string                // the literal that is read
	depth int                   // arrays and objects around the current place
	array [MaxDepth / 64]uint64 // a bit for each nesting, set for arrays
	fault Fault
}

type state uint8

const (
	between state = iota // values, outside of all arrays and objects
	value                // must follow
	item                 // or the end of an array
	key                  // or the end of an object
	nextKey              // must follow
	colon
	after // a value
	text
	textKey
	escape
	escapeKey
	unicode
	unicodeKey
	literal
	minus
	zero
	digits
	point
	fraction
	exponent
	sign
	power
)

// Scan reads on. It returns the fault of the stream so far, at Offset.
func (s *Scanner) Scan(p []byte) Fault {
	for i := 0; i < len(p) && s.fault == None; i++ {
		n := s.tokens(p[i:])
		s.off += int64(n)
		if i += n; i == len(p) {
			break
		}
		if s.fault = s.step(p[i]); s.fault == None {
			s.off++
		}
	}
	return s.fault
}

// Offset returns the number of bytes read before the fault, or of all bytes if there is none.
func (s *Scanner) Offset() int64 { return s.off }

// Whole reports whether the stream may end here: after at least one value.
func (s *Scanner) Whole() bool {
	if s.fault != None || s.depth > 0 {
		return false
	}
	switch s.state {
	case after, zero, digits, fraction, power:
		return true
	case between:
		return s.next > 0
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *Scanner) step(c byte) Fault {
	switch s.state {
	case between, value, item, key, nextKey, colon, after:
		return s.structure(c)
	case text, textKey, escape, escapeKey, unicode, unicodeKey:
		return s.inText(c)
	case literal:
		if c != s.word[s.next] {
			return Grammar
		}
		if s.next++; s.next == len(s.word) {
			s.state, s.word, s.next = after, "", 0
		}
		return None
	}
	return s.number(c)
}

// structure reads a byte outside of strings, numbers and literals.
func (s *Scanner) structure(c byte) Fault {
	if isSpace(c) {
		if s.state == after && s.depth == 0 {
			s.state, s.next = between, 1 // a value has been read
		}
		return None
	}
	switch {
	case s.state == after:
		return s.afterValue(c)
	case s.state == colon:
		s.state = value
		return when(c == ':')
	case s.state == key && c == '}', s.state == item && c == ']':
		return s.close(c)
	case s.state == key || s.state == nextKey:
		s.state = textKey
		return when(c == '"')
	}
	return s.begin(c)
}

// begin reads the first byte of a value.
func (s *Scanner) begin(c byte) Fault {
	switch {
	case c == '{' || c == '[':
		return s.open(c)
	case c == '"':
		s.state = text
	case c == '-':
		s.state = minus
	case c == '0':
		s.state = zero
	case isDigit(c):
		s.state = digits
	case c == 't':
		s.state, s.word, s.next = literal, "true", 1
	case c == 'f':
		s.state, s.word, s.next = literal, "false", 1
	case c == 'n':
		s.state, s.word, s.next = literal, "null", 1
	default:
		return Grammar
	}
	return None
}

func (s *Scanner) open(c byte) Fault {
	if s.depth == MaxDepth {
		return Depth
	}
	bit := uint64(1) << (s.depth % 64)
	s.array[s.depth/64] &^= bit
	s.state = key
	if c == '[' {
		s.array[s.depth/64] |= bit
		s.state = item
	}
	s.depth++
	return None
}

func (s *Scanner) inArray() bool {
	return s.array[(s.depth-1)/64]>>((s.depth-1)%64)&1 != 0
}

// afterValue reads a byte after a value.
func (s *Scanner) afterValue(c byte) Fault {
	switch {
	case s.depth == 0: // values need white space between them
		return Grammar
	case c == ',' && s.inArray():
		s.state = value
	case c == ',':
		s.state = nextKey
	default:
		return s.close(c)
	}
	return None
}

func (s *Scanner) close(c byte) Fault {
	if s.inArray() != (c == ']') || c != ']' && c != '}' {
		return Grammar
	}
	s.depth--
	s.state = after
	return None
}

// inText reads a byte of a string. In the list of states, each state within a key comes after the
// same state within a value.
func (s *Scanner) inText(c byte) Fault {
	k := (s.state - text) % 2
	switch s.state - k {
	case text:
		switch {
		case c == '"' && k == 0:
			s.state = after
		case c == '"':
			s.state = colon
		case c == '\\':
			s.state = escape + k
		case c < ' ':
			return Grammar
		}
	case escape:
		s.state = text + k
		switch c {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			s.state, s.next = unicode+k, 4
		default:
			return Grammar
		}
	case unicode:
		if s.next--; s.next == 0 {
			s.state = text + k
		}
		return when(isHex(c))
	}
	return None
}

// number reads a byte within or after a number.
func (s *Scanner) number(c byte) Fault {
	switch {
	case s.state == minus && c == '0':
		s.state = zero
	case s.state == minus && isDigit(c), s.state == digits && isDigit(c):
		s.state = digits
	case s.state == point && isDigit(c), s.state == fraction && isDigit(c):
		s.state = fraction
	case (s.state == exponent || s.state == sign || s.state == power) && isDigit(c):
		s.state = power
	case (s.state == zero || s.state == digits) && c == '.':
		s.state = point
	case (s.state == zero || s.state == digits || s.state == fraction) && c|0x20 == 'e':
		s.state = exponent
	case s.state == exponent && (c == '+' || c == '-'):
		s.state = sign
	case s.state == zero, s.state == digits, s.state == fraction, s.state == power:
		s.state = after
		return s.structure(c)
	default:
		return Grammar
	}
	return None
}

func when(right bool) Fault {
	if right {
		return None
	}
	return Grammar
}
