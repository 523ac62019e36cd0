// Package ascii measures runs of plain text, eight bytes a step.
package ascii

import (
	"encoding/binary"
	"math/bits"
)

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// Text returns the length of the longest prefix of p that consists of printable ASCII, spaces,
// tabs, line feeds and carriage returns.
func Text(p []byte) int {
	n := 0
	for ; n+8 <= len(p); n += 8 {
		if found := others(binary.LittleEndian.Uint64(p[n:])); found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for n < len(p) && others(uint64(p[n])|(ones-1)*' ') == 0 {
		n++
	}
	return n
}

// others sets the highest bit of each byte of x that Text does not count. No sum carries into the
// next byte, since all are of seven bits.
func others(x uint64) uint64 {
	low := x &^ highs
	printable := low + (0x80-' ')*ones
	isDEL := low + ones
	white := differs(low, '\t') & differs(low, '\n') & differs(low, '\r')
	return (x | isDEL | white&^printable) & highs
}

// differs sets the highest bit of each byte of low that is not c.
func differs(low uint64, c uint64) uint64 { return low ^ c*ones + 0x7f*ones }
