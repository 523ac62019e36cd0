package inspect

import (
	"encoding/binary"
	"math/bits"
)

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// signBlock is the number of bytes that one call of signs examines.
const signBlock = 64

// signs returns one bit for each byte of q, the lowest for the first. It sets those of bytes that
// may begin a formula or a quotation: = + - @ and quotation marks, and 0xef, with which wide and
// small signs begin. If eightBit is set, the text is not Unicode, and it sets those of all bytes
// outside of ASCII.
func signs(q *[signBlock]byte, eightBit bool) (found uint64) {
	a, b, c, d := eight(q[0:]), eight(q[8:]), eight(q[16:]), eight(q[24:])
	e, f, g, h := eight(q[32:]), eight(q[40:]), eight(q[48:]), eight(q[56:])
	if (a|b|c|d|e|f|g|h)&highBits != 0 {
		for i := 0; i < signBlock; i += 8 {
			found |= gather(signsBeyond(eight(q[i:]), eightBit)) << i
		}
		return found
	}
	found = gather(signsOf(a)) | gather(signsOf(b))<<8 | gather(signsOf(c))<<16 | gather(signsOf(d))<<24
	return found | gather(signsOf(e))<<32 | gather(signsOf(f))<<40 | gather(signsOf(g))<<48 | gather(signsOf(h))<<56
}

// signsBeyond is signsOf for bytes of which some are outside of ASCII. It sets the bits of these as
// signs says.
func signsBeyond(x uint64, eightBit bool) uint64 {
	high := x & highBits
	low := x &^ highBits
	if !eightBit {
		high &^= not(low, 0xef&0x7f)
	}
	return signsOf(low)&^x | high
}

// signsOf sets the highest bit of each byte of x, all below 0x80, that is a sign or a quotation
// mark. The other bits are 0.
func signsOf(x uint64) uint64 {
	others := not(x, '+') & not(x|0x10*everyByte, '=') & not(x, '@') & not(x, '"') // - and = differ in one bit
	return ^others & highBits
}

// gather makes a byte of the highest bits of the bytes of x. All other bits of x must be 0.
func gather(x uint64) uint64 { return x * 0x0002040810204081 >> 56 }

func eight(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }

// not sets the highest bit of each byte of x, all below 0x80, that differs from c. The other bits
// have no meaning.
func not(x, c uint64) uint64 { return (x ^ c*everyByte) + 0x7f*everyByte }

// amount returns the length of the longest prefix of p that consists of digits, spaces, hyphens,
// points, slashes and colons. CSV accepts these in a cell that begins with + or -, since they call
// nothing. amount does not examine the last bytes of p, fewer than 8.
func amount(p []byte) (n int) {
	for ; n+8 <= len(p); n += 8 {
		x := eight(p[n:])
		low := x &^ highBits
		inRange := (low + (0x80-'-')*everyByte) &^ (low + (0x80-';')*everyByte)
		if other := (^inRange&not(low, ' ') | x) & highBits; other != 0 {
			return n + bits.TrailingZeros64(other)/8
		}
	}
	return n
}

// plainQuotation returns the length of the longest prefix of p that has no quotation marks, no
// bytes below a space or outside of ASCII, and no separators other than the given one. It does not
// examine the last bytes of p, fewer than 8.
func plainQuotation(p []byte, separator byte) (n int) {
	first, second := uint64(','), uint64('|') // the others
	switch separator {
	case ',':
		first = ';'
	case '|':
		second = ';'
	}
	for ; n+8 <= len(p); n += 8 {
		x := eight(p[n:])
		low := x &^ highBits
		plain := (low + (0x80-' ')*everyByte) & not(low, '"') & not(low, first) & not(low, second)
		if other := (^plain | x) & highBits; other != 0 {
			return n + bits.TrailingZeros64(other)/8
		}
	}
	return n
}
