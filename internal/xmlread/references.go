package xmlread

import (
	"bytes"
	"unicode/utf8"
)

// maxReference bounds the bytes of a reference, from its "&" to its ";".
const maxReference = 32

// predefined are the entities that every reader knows (XML 1.0, 4.6).
var predefined = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "apos": '\'', "quot": '"'}

// reference reads a reference at the beginning of v: to a character, to one of the five predefined
// entities, or to one of those in more (XML 1.0 [66] and 4.6). It returns the character and the
// length of the reference. For an unknown name ok is false, and size is set.
func reference(v []byte, more map[string]rune) (char rune, size int, ok bool) {
	end := bytes.IndexByte(v[:min(len(v), maxReference)], ';')
	if end < 2 {
		return 0, 0, false
	}
	if name := v[1:end]; name[0] == '#' {
		char, ok = number(name[1:])
		ok = ok && isChar(char)
	} else if char, ok = predefined[string(name)]; !ok {
		char, ok = more[string(name)]
	}
	return char, end + 1, ok
}

// number reads digits, or "x" and hexadecimal digits.
func number(digits []byte) (r rune, ok bool) {
	base := rune(10)
	if len(digits) > 0 && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	for _, c := range digits {
		d := rune(99)
		switch {
		case '0' <= c && c <= '9':
			d = rune(c - '0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if r = r*base + d; d >= base || r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(digits) > 0
}
