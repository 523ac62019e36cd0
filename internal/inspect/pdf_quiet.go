package inspect

import (
	"bytes"
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
		if n = unlike(p, n); len(p)-n < quietBytes {
			break
		}
		if around(p, n) {
			return max(0, n-len("endstr"))
		}
		n += 2
		if misses > 16+n/1024 {
			return n - len("endstr")
		}
	}
	for ; n+1 < len(p); n++ {
		if around(p, n) {
			return max(0, n-len("endstr"))
		}
	}
	return len(p)
}

// quietBytes and quietBlock are the numbers of bytes that unlike passes over at a time, near what
// resembles the words and elsewhere.
const (
	quietBytes = 8
	quietBlock = 128
)

// Of two bytes that lie together at an even place, each word has one of these pairs: "bj" or "re"
// if it begins at an odd place, and "ob", "ef" or "ea" at an even one. Those of a group differ in
// few bits. The highest bit of a pair does not count.
const (
	everyPair = 0x0001_0001_0001_0001
	highPairs = 0x8000 * everyPair

	oddPair  = ('b' | 'j'<<8) * everyPair
	oddSame  = (0x7fff &^ (('b' ^ 'r') | ('j'^'e')<<8)) * everyPair
	evenPair = ('o' | 'b'<<8) * everyPair
	evenSame = (0x7fff &^ (('o' ^ 'e') | (('b'^'f')|('b'^'a'))<<8)) * everyPair
)

// unlike returns the next even place of p, from n on, with a pair that resembles those of the
// words, or a place among the last bytes. n is even. One in 500 random pairs resembles them. It
// passes bytes either because paired does, or because no pair at an even place resembles them.
func unlike(p []byte, n int) int {
	for n = paired(p, n); len(p)-n >= quietBlock; n = paired(p, n) {
		q := (*[quietBlock]byte)(p[n:])
		if (alike(q[0:8])|alike(q[8:16])|alike(q[16:24])|alike(q[24:32])|
			alike(q[32:40])|alike(q[40:48])|alike(q[48:56])|alike(q[56:64])|
			alike(q[64:72])|alike(q[72:80])|alike(q[80:88])|alike(q[88:96])|
			alike(q[96:104])|alike(q[104:112])|alike(q[112:120])|alike(q[120:128]))&highPairs != 0 {
			break
		}
		n += quietBlock
	}
	for ; len(p)-n >= quietBytes; n += quietBytes {
		if found := alike(p[n:n+quietBytes]) & highPairs; found != 0 {
			return n + bits.TrailingZeros64(found)/16*2
		}
	}
	return n
}

// paired passes bytes from n on that withoutPairs passes. It begins earlier, since a pair may lie
// across the place up to which other bytes were passed.
func paired(p []byte, n int) int {
	before := min(n, 1)
	return n + max(0, withoutPairs(p[n-before:])-2*before) // at an even place
}

// alike sets the high bit of each pair of p that resembles a pair of the words, and perhaps that of
// the pair after it.
func alike(p []byte) uint64 {
	w := binary.LittleEndian.Uint64(p)
	return ((w^oddPair)&oddSame - everyPair) | ((w^evenPair)&evenSame - everyPair)
}

// around reports whether one of the words may be around the pair at i.
func around(p []byte, i int) bool {
	switch next := p[i+1]; p[i] {
	case 'b':
		return next == 'j' && i > 0 && p[i-1] == 'o'
	case 'r':
		return next == 'e' && i > 0 && (p[i-1] == 'x' || p[i-1] == 't')
	case 'o':
		return next == 'b' && i+2 < len(p) && p[i+2] == 'j'
	case 'e':
		return next == 'f' && i > 1 && p[i-1] == 'r' && p[i-2] == 'x' ||
			next == 'a' && i >= len("endstr") && bytes.HasPrefix(p[i-len("endstr"):], []byte(endstream))
	}
	return false
}
