package inspect

import "encoding/binary"

const rowLength = len("0000000000 00000 n")

// shapes reads rows of a table in the usual form. It returns the numbers of their bytes and tokens.
func (x *pdfReferences) shapes(p []byte) (n, tokens int) {
	for tokens < manyTokens && x.count != 1 && x.rules.err == nil {
		from := n + blanks(p[n:])
		if len(p)-from <= rowLength {
			break
		}
		row := (*[rowLength + 1]byte)(p[from:])
		offset, right := offsetOf(row)
		used := row[rowLength-1] == 'n'
		if !right || !used && row[rowLength-1] != 'f' || isRegular[row[rowLength]] {
			break
		}
		x.whole(offset, used)
		n = from + rowLength
		tokens += 3
	}
	return n, tokens
}

// offsetOf returns the offset at the beginning of a row, and whether the row has digits and spaces
// in the usual places.
func offsetOf(row *[rowLength + 1]byte) (offset int64, right bool) {
	const (
		every = 0x01_01_01_01_01_01_01_01
		high  = 0x80 * every
		tens  = (0x80 - 10) * every // numbers from 10 set the high bit of the sum
		ones  = tens + 9<<8 + 9<<56 // and others than 0, where the spaces are
	)
	head := binary.LittleEndian.Uint64(row[:]) ^ '0'*every
	tail := binary.LittleEndian.Uint64(row[9:]) ^ ('0'*every - 0x10<<8 - 0x10<<56)
	last := row[8] - '0'
	right = (head|tail|(head&^high+tens)|(tail&^high+ones))&high == 0 && last <= 9
	return 100*int64(eightDigits(head)) + 10*int64(last) + int64(tail&0xff), right //nolint:gosec // ten digits
}

// eightDigits returns the number with these digits, of which the first is in the lowest byte.
func eightDigits(digits uint64) uint64 {
	digits = digits * (1 + 10<<8) >> 8 & 0x00ff_00ff_00ff_00ff
	digits = digits * (1 + 100<<16) >> 16 & 0x0000_ffff_0000_ffff
	return digits * (1 + 10_000<<32) >> 32
}
