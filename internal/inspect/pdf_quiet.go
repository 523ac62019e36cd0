package inspect

import "encoding/binary"

// quiet returns a number of bytes at the beginning of p. None of the words that are looked for in
// data begins there and is whole in p: endstream, obj and xref. It looks at all three in one pass,
// since the data of streams is most of a PDF. Where many bytes resemble the words, as in text, it
// ends early.
func quiet(p []byte) int {
	n, misses := 0, 0
	for ; ; misses++ {
		n += unlike(p[n:])
		for end := min(n+quietBytes, len(p)-1); n < end; n++ {
			if p[n]&^('b'^'r') == 'b'&^('b'^'r') && middle(p, n) {
				return max(0, n-len("endst"))
			}
		}
		if n+1 >= len(p) {
			return len(p)
		}
		if misses > 16+n/1024 {
			return n - len("endst")
		}
	}
}

// quietBytes is the number of bytes that unlike passes over at a time.
const quietBytes = 32

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte

	// b and r differ in one bit, and j and e in four.
	sameFirst  = ^uint64('b'^'r') & 0xff * everyByte
	sameSecond = 0xf0 * everyByte
)

// unlike returns a number of bytes at the beginning of p that neither "bj" nor "re" begins in. Each
// word has one of them. It stops too early once in some KiB of random bytes, and before the last
// bytes.
func unlike(p []byte) (n int) {
	for ; len(p)-n > quietBytes; n += quietBytes {
		q := (*[quietBytes + 1]byte)(p[n:])
		a, b, c, d := alike(q[0:8], q[1:9]), alike(q[8:16], q[9:17]), alike(q[16:24], q[17:25]), alike(q[24:32], q[25:33])
		// A byte that is 0 gets its high bit, and perhaps the one after it.
		if ((a-everyByte)&^a|(b-everyByte)&^b|(c-everyByte)&^c|(d-everyByte)&^d)&highBits != 0 {
			break
		}
	}
	return n
}

// alike returns 0 for each byte of p that resembles b or r, with one after it that resembles j or
// e.
func alike(p, next []byte) uint64 {
	return (binary.LittleEndian.Uint64(p)^'b'*everyByte)&sameFirst | (binary.LittleEndian.Uint64(next)^'j'*everyByte)&sameSecond
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
