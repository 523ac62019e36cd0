package inspect

import "encoding/binary"

// jpegTrailer holds what follows a picture, in the hope that it is the trailer that the cameras of Samsung phones write
// behind nearly every picture: named blocks, such as the time of the exposure, then a directory of them between "SEFH"
// and "SEFT". There is no specification; the layout is the one that metadata tools read. A few hundred bytes are
// usual. One of more than 4 KiB, which may hold a film, is not accepted.
type jpegTrailer struct {
	start int64 // offset of the first byte that is not zero
	bytes []byte
}

const maxJPEGTrailer = 4096

func (t *jpegTrailer) add(c byte) bool {
	t.bytes = append(t.bytes, c)
	return len(t.bytes) <= maxJPEGTrailer
}

// whole reports whether the bytes are a directory and the blocks that it lists, and nothing else.
//
// The directory is a version, the number of blocks and 12 bytes for each, in which stand how far in front of the
// directory the block begins and its size. It is followed by its own length.
func (t *jpegTrailer) whole() bool {
	b := t.bytes
	if len(b) < 20 || string(b[len(b)-4:]) != "SEFT" {
		return false
	}
	length := int64(binary.LittleEndian.Uint32(b[len(b)-8:]))
	at := int64(len(b)) - 8 - length
	if length < 12 || at < 0 || string(b[at:at+4]) != "SEFH" {
		return false
	}
	blocks := b[at+12 : len(b)-8]
	if uint64(len(blocks)) != 12*uint64(binary.LittleEndian.Uint32(b[at+8:])) {
		return false
	}
	var first int64
	for ; len(blocks) > 0; blocks = blocks[12:] {
		back, size := binary.LittleEndian.Uint32(blocks[4:]), binary.LittleEndian.Uint32(blocks[8:])
		if size > back {
			return false
		}
		first = max(first, int64(back))
	}
	// Blocks begin with two zero bytes, which count as padding in front of the trailer.
	return at <= first && first <= at+2
}
