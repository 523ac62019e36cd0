// Package ascii measures how far bytes begin with plain ASCII text.
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
	for ; len(p)-n >= 64; n += 64 {
		q := (*[64]byte)(p[n:])
		found := others(binary.LittleEndian.Uint64(q[0:])) | others(binary.LittleEndian.Uint64(q[8:]))
		found |= others(binary.LittleEndian.Uint64(q[16:])) | others(binary.LittleEndian.Uint64(q[24:]))
		found |= others(binary.LittleEndian.Uint64(q[32:])) | others(binary.LittleEndian.Uint64(q[40:]))
		found |= others(binary.LittleEndian.Uint64(q[48:])) | others(binary.LittleEndian.Uint64(q[56:]))
		if found&highs != 0 {
			break
		}
	}
	for ; n+8 <= len(p); n += 8 {
		if found := others(binary.LittleEndian.Uint64(p[n:])) & highs; found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for n < len(p) && others(uint64(p[n])|(ones-1)*' ')&highs == 0 {
		n++
	}
	return n
}

// others sets the highest bit of the first byte of x that Text does not count, and of no byte
// before it: a sum carries only out of a byte that Text does not count.
func others(x uint64) uint64 {
	noSpace := not(x|4*ones, '\r') & not(x, '\n') // tabs and carriage returns differ in one bit
	return x | (x + ones) | noSpace&^atLeast(x, ' ')
}

// not sets the highest bit of each byte of x that is not c, up to the first byte above 0x7f.
func not(x, c uint64) uint64 { return (x ^ c*ones) + 0x7f*ones }

// atLeast sets the highest bit of each byte of x that is at least c, up to the first byte above
// 0x7f.
func atLeast(x, c uint64) uint64 { return x + (0x80-c)*ones }
