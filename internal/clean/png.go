package clean

import (
	"encoding/binary"
	"hash/crc32"
)

// pngKeeps reports whether a PNG keeps ancillary chunks of that type: those that say how its pixels
// are to be shown (PNG Specification, third edition, 11.3).
func pngKeeps(kind [4]byte) bool {
	switch string(kind[:]) {
	case "tRNS", "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI",
		"pHYs", "sBIT", "bKGD", "hIST", "acTL", "fcTL", "fdAT":
		return true
	}
	return false
}

// pngBlank is the type of a chunk that was blanked: ancillary, private, safe to copy.
var pngBlank = [4]byte([]byte("npAd"))

var pngBlankChecksum = crc32.ChecksumIEEE(pngBlank[:])

// png keeps the critical chunks of a PNG and those of pngKeeps. Other chunks become private ones of
// zeros. The function exif rewrites the first eXIf chunk. Width and Height follow its orientation.
func png(w *walk) {
	if string(w.hold(8)) != "\x89PNG\r\n\x1a\n" {
		w.fail("is not a PNG image")
	}
	exifs := false
	for {
		head := w.look(8)
		length, kind := int64(binary.BigEndian.Uint32(head)), [4]byte(head[4:])
		switch {
		case !isPNGType(kind):
			w.fail("has a PNG chunk without a type")
		case string(kind[:]) == "IHDR" && length == 13 && w.facts.Width == 0:
			size := w.lookMore(8)[8:]
			w.facts.Width, w.facts.Height = int64(binary.BigEndian.Uint32(size)), int64(binary.BigEndian.Uint32(size[4:]))
			w.facts.Frames = 1
			w.keep(length - 8 + 4)
		case string(kind[:]) == "acTL" && length == 8:
			w.facts.Frames = max(1, int64(binary.BigEndian.Uint32(w.lookMore(4)[8:])))
			w.keep(length - 4 + 4) // its end, and the checksum
		case string(kind[:]) == "IEND":
			w.keep(length + 4)
			return
		case kind[0]&0x20 == 0 || pngKeeps(kind):
			w.keep(length + 4)
		case string(kind[:]) == "eXIf" && !exifs:
			exifs = true
			w.exifChunk(length)
		default:
			w.flushWith(4, pngBlank)
			w.blankChunk(pngBlankChecksum, length)
		}
	}
}

// isPNGType reports whether kind has four letters, as types have.
func isPNGType(kind [4]byte) bool {
	for _, c := range kind {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// exifChunk cleans the data of an eXIf chunk whose type was looked at.
func (w *walk) exifChunk(length int64) {
	n := min(length, maxHeld-8)
	chunk := w.holdMore(int(n))
	orientation := w.exifFront(chunk[8:], length)
	if orientation == 0 {
		copy(chunk[4:], pngBlank[:])
	}
	w.facts.turn(orientation)
	w.blankChunk(crc32.ChecksumIEEE(chunk[4:]), length-n)
}

// blankChunk makes zeros of the next length bytes of a chunk, and writes its checksum. crc is that
// of its bytes before them.
func (w *walk) blankChunk(crc uint32, length int64) {
	w.each(length, func(p []byte) int {
		n := w.clear(p)
		crc = crc32.Update(crc, crc32.IEEETable, p)
		return n
	})
	w.look(4)
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc)
	w.flushWith(0, sum)
}
