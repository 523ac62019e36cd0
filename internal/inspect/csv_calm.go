package inspect

import (
	"encoding/binary"
	"math/bits"
)

// calmState is the state of all readers within a cell that is not a formula, outside of quotation
// marks. It is the first one that a table remembers.
const calmState = 1

// calmText returns the length of a prefix of p that leads from a calm state to calmState: it ends
// within a cell, and no quotation mark and no formula begins in it. inCell reports that p begins
// within a cell. The bytes before next are not worth another look.
//
// calmText looks at eight bytes a step, and may stop too early. Each sign that directly follows a
// blank, a separator or a byte outside of ASCII may begin a formula. So may all characters that
// begin with 0xef, because wide and small signs do. With bytes, everything outside of ASCII may.
func calmText(p []byte, inCell, bytes bool) (n, next int) {
	before := uint64(0) // the highest bit of the lowest byte: p continues a cell
	if inCell {
		before = 0x80
	}
	for ; n+8 <= len(p); n += 8 {
		x := binary.LittleEndian.Uint64(p[n:])
		low := x &^ highBits
		cell := (low + (0x7f-' ')*everyByte) & not(low, ',') & not(low, ';') & not(low, '|') &^ x
		unsigned := not(low, '+') & not(low|0x10*everyByte, '=') & not(low, '@') // - and = differ in one bit
		calm := (unsigned|cell<<8|before)&not(low, '"') | x
		if x&highBits != 0 {
			if calm &^= ^not(low, 0xef&0x7f) & x; bytes {
				calm &^= x
			}
		}
		if doubt := ^calm & highBits; doubt != 0 {
			at := bits.TrailingZeros64(doubt) / 8
			if cell &= highBits & (1<<(8*at) - 1); cell != 0 {
				return n + bits.Len64(cell)/8, n + at + 1
			}
			return inCellUpTo(p[:n]), n + at + 1
		}
		before = cell >> 56
	}
	return inCellUpTo(p[:n]), n + 8
}

// not sets the highest bit of each byte of x, all below 0x80, that differs from c. The other bits
// have no meaning.
func not(x, c uint64) uint64 { return (x ^ c*everyByte) + 0x7f*everyByte }

// inCellUpTo returns the length of the longest prefix of p that ends in a character that no program
// takes for a blank, a separator, or nothing, as far as a short look shows.
func inCellUpTo(p []byte) int {
	for n := len(p); n > 0; {
		c := p[n-1]
		if c < 0x80 {
			if c > ' ' && c != ',' && c != ';' && c != '|' {
				return n
			}
			n--
			continue
		}
		from := n - 1
		for from > 0 && n-from < 3 && isTail(p[from]) {
			from--
		}
		// U+00C0 to U+05FF, and U+4000 to U+CFFF
		if c = p[from]; 0xc3 <= c && c <= 0xd7 && n-from == 2 || 0xe4 <= c && c <= 0xec && n-from == 3 {
			return n
		}
		n = from
	}
	return 0
}
