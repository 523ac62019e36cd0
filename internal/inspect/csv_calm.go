package inspect

import (
	"math/bits"
	"unicode/utf8"
)

// calmState is the state of all readers within a cell that is not a formula, outside of quotation
// marks. It is the first one that a table remembers.
const calmState = 1

// calmText returns the length of a prefix of p that leads from a state in tableMemory.calm to
// calmState: it ends within a cell, and no quotation mark and no formula begins in it, except in
// cells that calmCell accepts. If it ends after such a cell, the separator there does to calmState
// what it does to the state of the readers. sign is the place of the last sign that began such a
// cell, -1 without one. The bytes before next are not worth another look.
//
// calmText looks at 64 bytes a step, and may stop too early. Each sign that directly follows a
// blank, a separator or a byte outside of ASCII may begin a formula.
func (s *cells) calmText(p []byte) (n, next, sign int) {
	switch {
	case len(p) < signBlock:
		return 0, len(p), -1
	case cellBytes[p[0]]&(isSign|isMark) != 0, s.bytes && p[0] >= utf8.RuneSelf:
		return 0, 1, -1
	}
	from, sign := 0, -1 // from is where the last calm cell ended
	for n = 1; n < len(p); n += signBlock {
		begin := min(n, len(p)-signBlock) // the last block overlaps the one before
		found := signs((*[signBlock]byte)(p[begin:]), s.bytes) >> (n - begin) &^ (1<<max(0, from-n) - 1)
		for found != 0 {
			at := n + bits.TrailingZeros64(found)
			found &= found - 1
			before := cellBytes[p[at-1]]
			if before&(cellBytes[p[at]]/isSign)&isContent != 0 {
				continue
			}
			length := 0
			if before&endsCell != 0 && !s.tabs {
				length = calmCell(p[at-1], p[at:])
			}
			if length == 0 {
				return from + inCellUpTo(p[from:at]), at + 1, sign
			}
			if p[at] != '"' {
				sign = at
			}
			from = at + length
			found &^= 1<<(from-n) - 1
		}
	}
	return from + inCellUpTo(p[from:]), len(p), sign
}

// calmCell returns the length of the cell at the beginning of p, if that is a plain amount or a
// plain text in quotation marks between the separator and the same one or a line end. Otherwise it
// returns 0. All readers that the separator leads into the cell leave it after the cell. The others
// see neither a separator nor the start of a cell.
func calmCell(separator byte, p []byte) (n int) {
	sign, rest := p[0], p[1:]
	switch {
	case sign == '+', sign == '-':
		n = amount(rest)
	case sign == '"' && len(rest) > 0 && isLetterOrDigit(rest[0]):
		if n = plainQuotation(rest, separator); n == len(rest) || rest[n] != '"' {
			return 0
		}
		n++
	default:
		return 0
	}
	if separates(rest[n:], separator) {
		return n + 1
	}
	return 0
}

// separates reports whether p begins with the separator or a line end of all readers.
func separates(p []byte, separator byte) bool {
	return len(p) > 0 && (p[0] == separator || p[0] == '\n' || p[0] == '\r' && len(p) > 1 && p[1] == '\n')
}

// The bytes of cells.
const (
	isContent = 1 << iota // ASCII above the blank, except separators and quotation marks
	isSign                // begins formulas, but not after content
	isMark                // may begin something after content, too
	endsCell              // a separator except a tab
)

var cellBytes = func() (table [256]uint8) {
	for c := byte('!'); c < utf8.RuneSelf; c++ {
		table[c] = isContent
	}
	table[','], table[';'], table['|'] = endsCell, endsCell, endsCell
	for _, c := range []byte("=+-@") {
		table[c] |= isSign
	}
	table['"'], table[0xef] = isMark, isMark
	return table
}()

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
