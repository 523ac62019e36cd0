package inspect

import (
	"slices"
	"unicode/utf8"
)

// consumeEightBit judges text in which each byte is a character or a part of one, such as in
// Windows-1252 and other encodings that share ASCII. The encoding cannot be known, and need not be:
// in all of them "<", ">", "=" and the usual separators of cells are never part of another
// character (WHATWG Encoding). It also refuses bytes that another
// reading could turn into these signs:
//
//   - bytes that Windows-1252 does not have: Shift_JIS begins its punctuation with one of them, and
//     in ISO 8859 they are controls;
//   - sequences that lax readers of UTF-8 take for a "<", ">", "=" or separator (overlong ones of up
//     to four bytes), for its wide or small form, or for half a pair of UTF-16.
func (t *textReader) consumeEightBit(p []byte) int {
	n := 0
	for n < len(p) && t.err == nil {
		if k := asciiText(p[n:]); k > 0 {
			n, t.last = n+k, 0
			continue
		}
		t.last = t.last<<8 | uint32(p[n])
		if t.err = eightBitFault(t.last); t.err == nil {
			n++
		}
	}
	fault := t.err
	t.err = nil
	t.look(p[:n], p[:n], 1)
	if t.err == nil && fault != nil {
		fault.Offset = t.off + int64(n)
		t.err = fault
	}
	return n
}

// eightBitFault judges the last byte of a run of bytes that are not ASCII text. A control of ASCII
// may end the run.
func eightBitFault(run uint32) *Error {
	c, before, pair := run&0xff, run>>8&0xff, run>>8&0xffff
	continues := c&0xc0 == 0x80
	switch {
	case c < utf8.RuneSelf:
		return fault(CodeDamaged, notText)
	case slices.Contains([]uint32{0x81, 0x8d, 0x8f, 0x90, 0x9d}, c):
		f := fault(CodeUnsupported, "is neither Unicode nor Windows-1252")
		f.Params = Params{"kind": KindEncoding}
		return f
	case continues && (before&0xfe == 0xc0 || pair == 0xe080 || pair == 0xf080 || pair == 0xefbc || pair == 0xefb9),
		continues && 0xeda0 <= pair && pair <= 0xedbf: // half a pair of UTF-16
		return fault(CodeDamaged, badUTF8)
	}
	return nil
}
