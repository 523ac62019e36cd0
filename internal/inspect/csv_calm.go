package inspect

import (
	"encoding/binary"
	"math/bits"
)

// calmState is the state of all readers within a cell that is not a formula, outside of quotation
// marks. It is the first one that a table remembers.
const calmState = 1

// calmText returns the length of a prefix of p that leads from a calm state to calmState: it ends
// within a cell, and no quotation mark and no formula begins in it, except in cells that calmCell
// accepts. If it ends after such a cell, the separator there does to calmState what it does to the
// state of the readers. sign is the place of the last sign that began such a cell, -1 without one.
// inCell reports that p begins within a cell. The bytes before next are not worth another look.
//
// calmText looks at eight bytes a step, and may stop too early. Each sign that directly follows a
// blank, a separator or a byte outside of ASCII may begin a formula. So may all characters that
// begin with 0xef, because wide and small signs do. Outside of Unicode, everything but ASCII may.
func (s *cells) calmText(p []byte, inCell bool) (n, next, sign int) {
	from, sign := 0, -1 // from is where the last calm cell ended
	before := uint64(0) // the highest bit of the lowest byte: p continues a cell
	if inCell {
		before = 0x80
	}
	for n+8 <= len(p) {
		x := binary.LittleEndian.Uint64(p[n:])
		low := x &^ highBits
		cell := (low + (0x7f-' ')*everyByte) & not(low, ',') & not(low, ';') & not(low, '|') &^ x
		unsigned := not(low, '+') & not(low|0x10*everyByte, '=') & not(low, '@') // - and = differ in one bit
		calm := (unsigned|cell<<8|before)&not(low, '"') | x
		if x&highBits != 0 {
			if calm &^= ^not(low, 0xef&0x7f) & x; s.bytes {
				calm &^= x
			}
		}
		doubt := ^calm & highBits
		if doubt == 0 {
			before = cell >> 56
			n += 8
			continue
		}
		at := n + bits.TrailingZeros64(doubt)/8
		if to := calmCell(p, at); to > 0 && !s.tabs {
			if p[at] != '"' {
				sign = at
			}
			n, from, before = to, to, 0
			continue
		}
		if cell &= highBits & (1<<(8*(at-n)) - 1); cell != 0 {
			return n + bits.Len64(cell)/8, at + 1, sign
		}
		return from + inCellUpTo(p[from:n]), at + 1, sign
	}
	return from + inCellUpTo(p[from:n]), n + 8, sign
}

// calmCell returns the place after the cell at that place of p, if that is a plain amount or a plain
// text in quotation marks, and if a separator stands before it, and the same one or a line end after
// it. Otherwise it returns 0. All readers that the separator leads into the cell leave it after the
// cell. The others see neither a separator nor the start of a cell.
func calmCell(p []byte, at int) (to int) {
	if to = at + 1; at == 0 || to >= len(p) || calmCells[p[at-1]]&endsCell == 0 {
		return 0
	}
	separator := p[at-1]
	switch c := p[at]; {
	case c == '"' && isLetterOrDigit(p[to]):
		for to < len(p) && (calmCells[p[to]]&inQuotes != 0 || p[to] == separator) {
			to++
		}
		if to < len(p) && p[to] == '"' && separates(p[to+1:], separator) {
			return to + 1
		}
	case (c == '+' || c == '-') && digitTable[p[to]]:
		for to < len(p) && calmCells[p[to]]&inAmount != 0 {
			to++
		}
		if separates(p[to:], separator) {
			return to
		}
	}
	return 0
}

// separates reports whether p begins with the separator or a line end of all readers.
func separates(p []byte, separator byte) bool {
	return len(p) > 0 && (p[0] == separator || p[0] == '\n' || p[0] == '\r' && len(p) > 1 && p[1] == '\n')
}

// The bytes of calm cells.
const (
	endsCell = 1 << iota // a separator
	inQuotes             // in a text in quotation marks
	inAmount             // in a number, after its first digit
)

var calmCells = func() (table [256]uint8) {
	for c := byte(' '); c < 0x7f; c++ {
		switch {
		case c == ',' || c == ';' || c == '|':
			table[c] = endsCell
		case c != '"':
			table[c] = inQuotes
		}
		if '0' <= c && c <= '9' || c == '.' || c == ' ' {
			table[c] |= inAmount
		}
	}
	return table
}()

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
