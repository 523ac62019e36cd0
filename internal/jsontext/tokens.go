package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// tokens reads the usual tokens that p holds whole, and parts of strings. It returns the number of
// their bytes. step reads everything else: faults, other tokens that are cut, and what is outside of
// all arrays and objects. Only step has all the rules.
func (s *Scanner) tokens(p []byte) (n int) {
	for n < len(p) && s.depth > 0 {
		took := 0
		switch s.state {
		case text, textKey:
			k, ends := inString(p[n:])
			if n += k; !ends {
				return n
			}
			s.state = afterText[s.state-text]
			if s.state == colon && n < len(p) && p[n] == ':' {
				s.state = value
				n += 1 + blanks(p[n+1:])
			}
			continue
		case after:
			took = s.afterToken(p[n])
		case value, item:
			took = s.valueToken(p[n:])
		case colon:
			if p[n] == ':' {
				s.state, took = value, 1
			}
		case key, nextKey:
			switch {
			case p[n] == '"':
				s.state, took = textKey, 1
			case s.state == key && p[n] == '}':
				_, took = s.close('}'), 1
			}
		default:
			return n
		}
		if took == 0 && !isSpace(p[n]) {
			return n
		}
		if n += max(took, 1); s.depth > 0 {
			n += blanks(p[n:]) // white space, or part of a string
		}
	}
	return n
}

func blanks(p []byte) (n int) {
	for n < len(p) && p[n] == ' ' {
		n++
	}
	return n
}

// afterText has the states after a string: after one that is a value, and after a key.
var afterText = [...]state{after, colon}

// afterToken reads the token after a value, within an array or object. It returns the token's
// length, 0 if step has to read it.
func (s *Scanner) afterToken(c byte) int {
	switch array := s.inArray(); {
	case c == ',' && array:
		s.state = value
	case c == ',':
		s.state = nextKey
	case c == ']' && array, c == '}' && !array:
		s.depth--
	default:
		return 0
	}
	return 1
}

// valueToken reads a value, the beginning of one, or the end of an empty array. It returns the
// length, 0 if step has to read it.
func (s *Scanner) valueToken(p []byte) (n int) {
	n = 1
	switch c := p[0]; c {
	case '"':
		s.state = text
		return n
	case '{', '[':
		if s.depth == MaxDepth {
			return 0
		}
		s.open(c)
		return n
	case ']':
		if s.state != item {
			return 0
		}
		s.depth--
	case 't', 'n':
		if n = 4; len(p) < n || string(p[:n]) != "true" && string(p[:n]) != "null" {
			return 0
		}
	case 'f':
		if n = 5; len(p) < n || string(p[:n]) != "false" {
			return 0
		}
	default:
		if n = number(p); n == 0 {
			return 0
		}
	}
	s.state = after
	return n
}

// number returns the length of the number at the beginning of p, and 0 if no valid one ends before
// the end of p.
func number(p []byte) (n int) {
	if p[0] == '-' {
		n = 1
	}
	whole := digitsAt(p, n)
	if whole == 0 || whole > 1 && p[n] == '0' {
		return 0
	}
	n += whole
	if n < len(p) && p[n] == '.' {
		k := digitsAt(p, n+1)
		if k == 0 {
			return 0
		}
		n += 1 + k
	}
	if n < len(p) && p[n]|0x20 == 'e' {
		if n++; n < len(p) && (p[n] == '+' || p[n] == '-') {
			n++
		}
		k := digitsAt(p, n)
		if k == 0 {
			return 0
		}
		n += k
	}
	if n >= len(p) {
		return 0
	}
	return n
}

func digitsAt(p []byte, at int) (n int) {
	for at+n < len(p) && isDigit(p[at+n]) {
		n++
	}
	return n
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// inString reads a string up to its end, or to a byte that step has to read.
func inString(p []byte) (n int, ends bool) {
	for n < len(p) {
		if n+8 <= len(p) {
			x := binary.LittleEndian.Uint64(p[n:])
			low := x &^ highBits
			// In plain, the highest bit is clear for controls, quotation marks and backslashes.
			plain := (low+(0x80-' ')*everyByte)&(low^'"'*everyByte+0x7f*everyByte)&(low^'\\'*everyByte+0x7f*everyByte) | x
			special := ^plain & highBits
			if special == 0 {
				n += 8
				continue
			}
			n += bits.TrailingZeros64(special) / 8
		}
		switch c := p[n]; {
		case c == '"':
			return n + 1, true
		case c == '\\':
			k := escaped(p[n:])
			if k == 0 {
				return n, false
			}
			n += k
		case c < ' ':
			return n, false
		default:
			n++
		}
	}
	return n, false
}

// escaped returns the length of the escape at the beginning of p, and 0 if it is cut or not valid.
func escaped(p []byte) int {
	if len(p) < 2 {
		return 0
	}
	switch p[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(p) >= 6 && isHex(p[2]) && isHex(p[3]) && isHex(p[4]) && isHex(p[5]) {
			return 6
		}
	}
	return 0
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
