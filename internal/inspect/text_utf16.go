package inspect

import "encoding/binary"

// opaque stands for every character outside of ASCII when UTF-16 is searched for markup, one for each unit.
const opaque = 0x80

// consumeUTF16 judges the whole units of p and returns their length.
func (t *Text) consumeUTF16(p []byte) int {
	var units [512]byte
	n := 0
	for t.err == nil && len(p)-n >= 2 {
		k, fault := 0, ""
		for ; k < len(units) && len(p)-n >= 2*(k+1) && fault == ""; k++ {
			units[k], fault = t.unit(p[n+2*k:])
		}
		if fault != "" {
			k--
		}
		t.look(units[:k], 2)
		n += 2 * k
		if t.err == nil && fault != "" {
			t.err = faultAt(CodeDamaged, fault, t.off+int64(n))
		}
	}
	return n
}

// unit judges one unit and returns the byte that stands for it.
func (t *Text) unit(p []byte) (c byte, fault string) {
	u := binary.LittleEndian.Uint16(p)
	if t.enc == utf16BE {
		u = binary.BigEndian.Uint16(p)
	}
	low := u&0xfc00 == 0xdc00
	if low != t.high {
		return 0, "is not valid UTF-16"
	}
	t.high = u&0xfc00 == 0xd800
	switch {
	case isControl(u):
		return 0, notText
	case u >= opaque:
		return opaque, ""
	}
	return byte(u), ""
}
