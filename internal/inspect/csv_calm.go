package inspect

import (
	"math/bits"
	"unicode/utf8"
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
// calmText looks at 64 bytes a step, and may stop too early.
func (s *cells) calmText(p []byte, inCell bool) (n, next, sign int) {
	from, sign := 0, -1 // from is where the last calm cell ended
	for ; n+signBlock <= len(p); n += signBlock {
		found := signs((*[signBlock]byte)(p[n:]), s.bytes) &^ (1<<max(0, from-n) - 1)
		for found != 0 {
			at := n + bits.TrailingZeros64(found)
			if goesOn(p, at, inCell) {
				found &= found - 1
				continue
			}
			to := 0
			if !s.tabs {
				to = calmCell(p, at)
			}
			if to == 0 {
				return from + inCellUpTo(p[from:at]), at + 1, sign
			}
			if p[at] != '"' {
				sign = at
			}
			from = to
			found &^= 1<<(to-n) - 1
		}
	}
	return from + inCellUpTo(p[from:max(n, from)]), len(p), sign
}

// goesOn reports whether the byte at that place, which signs found, is a sign within a cell. One
// that directly follows a blank, a separator or a byte outside of ASCII may begin a formula. inCell
// is that of calmText.
func goesOn(p []byte, at int, inCell bool) bool {
	switch {
	case cellBytes[p[at]]&isSign == 0:
		return false
	case at == 0:
		return inCell
	}
	return cellBytes[p[at-1]]&isContent != 0
}

// calmCell returns the place after the cell at that place of p, if that is a plain amount or a plain
// text in quotation marks, and if a separator stands before it, and the same one or a line end after
// it. Otherwise it returns 0. All readers that the separator leads into the cell leave it after the
// cell. The others see neither a separator nor the start of a cell.
func calmCell(p []byte, at int) (to int) {
	if at == 0 || at+1 >= len(p) || cellBytes[p[at-1]]&endsCell == 0 {
		return 0
	}
	separator := p[at-1]
	switch to = at + 1; {
	case p[at] == '+', p[at] == '-':
		to += amount(p[to:])
	case p[at] == '"' && isLetterOrDigit(p[to]):
		if to += plainQuotation(p[to:], separator); to == len(p) || p[to] != '"' {
			return 0
		}
		to++
	default:
		return 0
	}
	if separates(p[to:], separator) {
		return to
	}
	return 0
}

// separates reports whether p begins with the separator or a line end of all readers.
func separates(p []byte, separator byte) bool {
	return len(p) > 0 && (p[0] == separator || p[0] == '\n' || p[0] == '\r' && len(p) > 1 && p[1] == '\n')
}

// The bytes of cells.
const (
	endsCell  = 1 << iota // a separator
	isContent             // neither a separator nor a blank
	isSign                // begins formulas
)

var cellBytes = func() (table [256]uint8) {
	for c := byte('!'); c < utf8.RuneSelf; c++ {
		table[c] = isContent
	}
	table[','], table[';'], table['|'] = endsCell, endsCell, endsCell
	for _, c := range []byte("=+-@") {
		table[c] |= isSign
	}
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
