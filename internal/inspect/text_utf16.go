package inspect

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// opaque replaces each unit of UTF-16 outside of ASCII in the search for markup.
const opaque = 0x80

// consumeUTF16 judges the whole units of p and returns their length.
func (t *textReader) consumeUTF16(p []byte) int {
	var units [512]byte
	var chars [3 * len(units)]byte
	n := 0
	for t.err == nil && len(p)-n >= 2 {
		k, fault, text := 0, "", chars[:0]
		for ; k < len(units) && len(p)-n >= 2*(k+1) && fault == ""; k++ {
			u := t.unit(p[n+2*k:])
			if units[k], fault = t.judge(u); fault == "" {
				text = t.decode(text, u)
			}
		}
		if fault != "" {
			k--
		}
		t.look(text, units[:k], 2)
		n += 2 * k
		if t.err == nil && fault != "" {
			t.err = faultAt(CodeDamaged, fault, t.off+int64(n))
		}
	}
	return n
}

func (t *textReader) unit(p []byte) uint16 {
	if t.enc == utf16BE {
		return binary.BigEndian.Uint16(p)
	}
	return binary.LittleEndian.Uint16(p)
}

// judge judges one unit and returns its byte for the search for markup.
func (t *textReader) judge(u uint16) (c byte, fault string) {
	low := u&0xfc00 == 0xdc00
	switch {
	case low != (t.high != 0):
		return 0, "is not valid UTF-16"
	case isControl(u):
		return 0, notText
	case u >= opaque:
		return opaque, ""
	}
	return byte(u), ""
}

// decode adds the character that ends with the judged unit to text.
func (t *textReader) decode(text []byte, u uint16) []byte {
	r := rune(u)
	if t.high != 0 {
		r = utf16.DecodeRune(rune(t.high), r)
	}
	if t.high = 0; u&0xfc00 == 0xd800 {
		t.high = u
		return text
	}
	return utf8.AppendRune(text, r)
}
