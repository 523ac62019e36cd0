package inspect

import (
	"bytes"
	"unicode/utf8"
)

type encoding uint8

const (
	unknown encoding = iota
	isUTF8
	utf16LE
	utf16BE
	eightBit
)

const (
	notText = "contains a control character"
	badUTF8 = "is not valid UTF-8"
)

// byteOrder reads the byte order mark. It returns unknown if p is too short.
func byteOrder(p []byte) (enc encoding, length int64) {
	const mark = "\xef\xbb\xbf"
	switch {
	case bytes.HasPrefix(p, []byte(mark)):
		return isUTF8, 3
	case bytes.HasPrefix(p, []byte("\xff\xfe")):
		return utf16LE, 2
	case bytes.HasPrefix(p, []byte("\xfe\xff")):
		return utf16BE, 2
	case len(p) == 0 || len(p) < len(mark) && mark[:len(p)] == string(p) || len(p) == 1 && p[0] >= 0xfe:
		return unknown, 0
	}
	return isUTF8, 0
}

// checkUTF8 returns the number of bytes of p that are text, and the fault of the byte after them.
// Without a fault, the rest of p is the beginning of a character.
func checkUTF8(p []byte) (n int, fault string) {
	for {
		n += asciiText(p[n:])
		if n == len(p) {
			return n, ""
		}
		if p[n] < utf8.RuneSelf {
			return n, notText
		}
		r, size := utf8.DecodeRune(p[n:])
		switch {
		case size == 1 && utf8.FullRune(p[n:]):
			return n, badUTF8
		case size == 1:
			return n, ""
		case r < 0xa0: // C1
			return n, notText
		}
		n += size
	}
}

// asciiText returns the length of the longest prefix of p that is ASCII text. It takes eight bytes
// a step, which is several times faster than one.
func asciiText(p []byte) int {
	n := 0
	for ; n+8 <= len(p); n += 8 {
		q := p[n : n+8 : n+8]
		if notASCIIText[q[0]]|notASCIIText[q[1]]|notASCIIText[q[2]]|notASCIIText[q[3]]|
			notASCIIText[q[4]]|notASCIIText[q[5]]|notASCIIText[q[6]]|notASCIIText[q[7]] != 0 {
			break
		}
	}
	for n < len(p) && notASCIIText[p[n]] == 0 {
		n++
	}
	return n
}

// notASCIIText is 1 for control characters and for bytes that are not ASCII.
var notASCIIText = func() (table [256]byte) {
	for c := range table {
		if isControl(uint16(c)) || c >= utf8.RuneSelf {
			table[c] = 1
		}
	}
	return table
}()

// isControl reports whether c is C0, DEL or C1 and not white space.
func isControl(c uint16) bool {
	switch c {
	case '\t', '\n', '\f', '\r':
		return false
	}
	return c < ' ' || 0x7f <= c && c <= 0x9f
}
