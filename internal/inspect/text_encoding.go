package inspect

import (
	"bytes"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/ascii"
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

// byteOrder reads the byte order mark. Without one it returns isUTF8, which is only an assumption.
// It returns unknown if p is too short.
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

// checkUTF8 returns the number of bytes of p that are text, whether a character outside of ASCII is
// among them, and the fault of the byte after them. Without a fault, the rest of p is the beginning
// of a character.
func checkUTF8(p []byte) (n int, multi bool, fault string) {
	for n < len(p) && fault == "" {
		if p[n] < utf8.RuneSelf {
			if ' ' <= p[n] && p[n] < 0x7f && n+1 < len(p) && p[n+1] >= utf8.RuneSelf {
				n++
				continue
			}
			k := asciiText(p[n:])
			if n += k; k == 0 {
				return n, multi, notText
			}
			continue
		}
		size := 0
		if size, fault = character(p[n:]); size == 0 {
			break
		}
		n += size
		multi = true
	}
	return n, multi, fault
}

// character returns the length of the first character of p, which is not ASCII. It returns 0 for a
// fault, and for the beginning of a character.
func character(p []byte) (size int, fault string) {
	switch c := p[0]; {
	case 0xc3 <= c && c <= 0xdf && len(p) >= 2 && isTail(p[1]):
		return 2, ""
	case 0xe1 <= c && c <= 0xec && len(p) >= 3 && isTail(p[1]) && isTail(p[2]):
		return 3, ""
	}
	r, size := utf8.DecodeRune(p)
	switch {
	case size == 1 && utf8.FullRune(p):
		return 0, badUTF8
	case size == 1:
		return 0, ""
	case r < 0xa0: // C1
		return 0, notText
	}
	return size, ""
}

func isTail(c byte) bool { return c&0xc0 == 0x80 }

// asciiText returns the length of the longest prefix of p that is ASCII text.
func asciiText(p []byte) int {
	n := 0
	for {
		n += ascii.Text(p[n:])
		if n == len(p) || p[n] != '\f' {
			return n
		}
		n++
	}
}

// isControl reports whether c is C0, DEL or C1 other than a tab, a line feed, a form feed and a
// carriage return.
func isControl(c uint16) bool {
	switch c {
	case '\t', '\n', '\f', '\r':
		return false
	}
	return c < ' ' || 0x7f <= c && c <= 0x9f
}
