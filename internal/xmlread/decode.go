package xmlread

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

type encoding uint8

const (
	undecided encoding = iota
	inUTF8
	inASCII
	inLatin1
	in1252
	inUTF16LE
	inUTF16BE
)

const (
	badChar     = "has a character that XML does not allow"
	badEncoding = "has bytes that are invalid in its encoding"
)

// decoder turns bytes in an encoding into UTF-8, and stops at a fault.
type decoder struct {
	enc encoding
	raw []byte // read and not decoded yet
	cr  bool   // a carriage return came last; a line feed after it belongs to it
	err error  // returned after what could be decoded
}

// decode moves whole characters from raw to p, with "\n" for line ends, and returns their length.
// At a fault it sets err.
func (d *decoder) decode(p []byte) int {
	var n, used int
	switch d.enc {
	case inUTF8:
		used = d.validUTF8(len(p))
		n = copy(p, d.raw[:used])
	case inUTF16LE, inUTF16BE:
		n, used = d.decodeUTF16(p)
	default:
		n, used = d.decodeBytes(p)
	}
	d.raw = d.raw[used:]
	return d.lineEnds(p[:n])
}

// validUTF8 returns the length of the longest beginning of raw, n at most, that is whole XML
// characters.
func (d *decoder) validUTF8(n int) int {
	raw := d.raw[:min(n, len(d.raw))]
	i := 0
	for {
		i += plain(raw[i:])
		if i == len(raw) {
			return i
		}
		c := raw[i]
		switch {
		case c == '\r':
			i++
			continue
		case c < utf8.RuneSelf:
			d.err = fault(Damaged, badChar)
			return i
		}
		r, size := utf8.DecodeRune(raw[i:])
		switch {
		case size == 1 && !utf8.FullRune(raw[i:]):
			return i
		case size == 1:
			d.err = fault(Damaged, badEncoding)
			return i
		case r == 0xfffe || r == 0xffff:
			d.err = fault(Damaged, badChar)
			return i
		}
		i += size
	}
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// plain returns the length of the longest prefix of p that is ASCII text without carriage returns.
func plain(p []byte) int {
	const stop = isHigh | isNoChar
	n := 0
	for ; n+8 <= len(p); n += 8 {
		x := binary.LittleEndian.Uint64(p[n:])
		if x&highBits == 0 && (x+(0x80-' ')*everyByte)&highBits == highBits {
			continue
		}
		q := p[n : n+8 : n+8]
		if (class[q[0]]|class[q[1]]|class[q[2]]|class[q[3]]|class[q[4]]|class[q[5]]|class[q[6]]|class[q[7]])&stop != 0 {
			break
		}
	}
	for n < len(p) && class[p[n]]&stop == 0 {
		n++
	}
	return n
}

// unit returns the unit of UTF-16 at an offset in raw.
func (d *decoder) unit(at int) uint16 {
	if d.enc == inUTF16BE {
		return binary.BigEndian.Uint16(d.raw[at:])
	}
	return binary.LittleEndian.Uint16(d.raw[at:])
}

// decodeUTF16 decodes whole characters of raw into p, until p may not have room for another.
func (d *decoder) decodeUTF16(p []byte) (n, used int) {
	for ; used+2 <= len(d.raw) && n+utf8.UTFMax <= len(p); used += 2 {
		r := rune(d.unit(used))
		if r&0xfc00 == 0xd800 {
			if used+4 > len(d.raw) {
				break
			}
			low := rune(d.unit(used + 2))
			if low&0xfc00 != 0xdc00 {
				d.err = fault(Damaged, badEncoding)
				break
			}
			r = 0x10000 + (r&0x3ff)<<10 + low&0x3ff
			used += 2
		}
		if !isChar(r) { // also if it is a lone low surrogate
			d.err = fault(Damaged, badChar)
			break
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, used
}

// decodeBytes is decodeUTF16 for an encoding with one byte a character.
func (d *decoder) decodeBytes(p []byte) (n, used int) {
	for ; used < len(d.raw) && n+utf8.UTFMax <= len(p); used++ {
		c := d.raw[used]
		r := rune(c)
		if 0x80 <= c && c < 0xa0 && d.enc == in1252 {
			r = windows1252[c-0x80]
		}
		switch {
		case c >= 0x80 && (d.enc == inASCII || r < 0xa0):
			d.err = fault(Unsupported, "has bytes on which readers of its encoding disagree")
			return n, used
		case !isChar(r):
			d.err = fault(Damaged, badChar)
			return n, used
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, used
}

// windows1252 has the characters of the bytes from 0x80 to 0x9F, and 0 for unassigned bytes, on
// which readers disagree: some make them control characters, as WHATWG Encoding does, and some
// refuse them.
var windows1252 = [32]rune{
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
}

// lineEnds turns all line ends in p into "\n", and returns its new length.
func (d *decoder) lineEnds(p []byte) int {
	if !d.cr && bytes.IndexByte(p, '\r') < 0 {
		return len(p)
	}
	n := 0
	for _, c := range p {
		after := d.cr
		d.cr = c == '\r'
		switch {
		case c == '\n' && after:
			continue
		case c == '\r':
			c = '\n'
		}
		p[n] = c
		n++
	}
	return n
}
