package inspect

import (
	"encoding/binary"
	"math/bits"
)

// quiet returns a number of bytes at the beginning of p. None of the words that are looked for in
// data begins there and is whole in p: endstream, obj and xref. It looks at all three in one pass,
// since the data of streams is most of a PDF. Where many bytes resemble the words, as in text, it
// ends early.
func quiet(p []byte) int {
	n, misses := 0, 0
	for ; ; misses++ {
		n += unlike(p[n:])
		if n+1 >= len(p) {
			return len(p)
		}
		if middle(p, n) {
			return max(0, n-len("endst"))
		}
		n++
		if misses > 16+n/1024 {
			return n - len("endst")
		}
	}
}

// quietBytes and quietBlock are the numbers of bytes that unlike passes over at a time, near what
// resembles the words and elsewhere.
const (
	quietBytes = 8
	quietBlock = 64
)

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte

	// b and r differ in one bit, and j and e in four.
	sameFirst  = ^uint64('b'^'r') & 0xff * everyByte
	sameSecond = 0xf0 * everyByte
)

// unlike returns a number of bytes at the beginning of p that neither "bj" nor "re" begins in. Each
// word has one of them. It stops too early once in some KiB of random bytes, at some that resemble
// them.
func unlike(p []byte) (n int) {
	for ; len(p)-n > quietBlock; n += quietBlock {
		q := (*[quietBlock + 1]byte)(p[n:])
		if (alike(q[0:8], q[1:9])|alike(q[8:16], q[9:17])|alike(q[16:24], q[17:25])|alike(q[24:32], q[25:33])|
			alike(q[32:40], q[33:41])|alike(q[40:48], q[41:49])|alike(q[48:56], q[49:57])|alike(q[56:64], q[57:65]))&highBits != 0 {
			break
		}
	}
	for ; len(p)-n > quietBytes; n += quietBytes {
		q := (*[quietBytes + 1]byte)(p[n:])
		if found := alike(q[0:8], q[1:9]) & highBits; found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for n+1 < len(p) && p[n] != 'b' && p[n] != 'r' {
		n++
	}
	return n
}

// alike sets the high bit of each byte of p that resembles b or r, with one after it that resembles j
// or e, and perhaps that of the byte after.
func alike(p, next []byte) uint64 {
	a := (binary.LittleEndian.Uint64(p)^'b'*everyByte)&sameFirst | (binary.LittleEndian.Uint64(next)^'j'*everyByte)&sameSecond
	return (a - everyByte) &^ a
}

// middle reports whether one of the words may be around i.
func middle(p []byte, i int) bool {
	switch {
	case i == 0:
		return false
	case p[i] == 'b':
		return p[i+1] == 'j' && p[i-1] == 'o'
	case p[i] == 'r':
		return p[i+1] == 'e' && (p[i-1] == 'x' || p[i-1] == 't')
	}
	return false
}
