package clean

import (
	"encoding/binary"
	"hash/crc32"
)

// pngKept are the ancillary chunks that a PNG keeps: how its pixels are to be shown (PNG
// Specification, third edition, 11.3).
var pngKept = map[string]bool{
	"tRNS": true, "iCCP": true, "sRGB": true, "gAMA": true, "cHRM": true, "cICP": true, "mDCV": true, "cLLI": true,
	"pHYs": true, "sBIT": true, "bKGD": true, "hIST": true, "acTL": true, "fcTL": true, "fdAT": true,
}

// pngBlank is the type of a chunk that was blanked: ancillary, private, safe to copy.
const pngBlank = "npAd"

// png keeps the critical chunks of a PNG and those of pngKept. Other chunks become private ones of
// zeros. The first eXIf chunk keeps its orientation, see exif, and Width and Height follow it.
func png(w *walk) {
	if string(w.hold(8)) != "\x89PNG\r\n\x1a\n" {
		w.fail("is not a PNG image")
	}
	exifs := false
	for {
		head := w.hold(8)
		length, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		switch {
		case !isPNGType(kind):
			w.fail("has a PNG chunk without a type")
		case kind == "IHDR" && length == 13 && w.facts.Width == 0:
			size := w.holdMore(8)[8:]
			w.facts.Width, w.facts.Height = int64(binary.BigEndian.Uint32(size)), int64(binary.BigEndian.Uint32(size[4:]))
			w.facts.Frames = 1
			w.keep(length - 8 + 4)
		case kind == "IEND":
			w.keep(length + 4)
			return
		case kind[0]&0x20 == 0 || pngKept[kind]:
			w.keep(length + 4)
		case kind == "eXIf" && !exifs:
			exifs = true
			w.exifChunk(length)
		default:
			copy(head[4:], pngBlank)
			w.blankChunk(length)
		}
	}
}

// isPNGType reports whether kind has four letters, as types have.
func isPNGType(kind string) bool {
	for _, c := range []byte(kind) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// exifChunk cleans the data of an eXIf chunk whose type is held.
func (w *walk) exifChunk(length int64) {
	n := min(length, maxHeld-8)
	chunk := w.holdMore(int(n))
	orientation := w.exifFront(chunk[8:], length)
	if orientation == 0 {
		copy(chunk[4:], pngBlank)
	}
	w.facts.turn(orientation)
	w.blankChunk(length - n)
}

// blankChunk makes zeros of the next bytes of a chunk, of which the front is held from its length on,
// and gives it its checksum.
func (w *walk) blankChunk(length int64) {
	crc := crc32.ChecksumIEEE(w.held()[4:])
	w.each(length, func(p []byte) int {
		n := w.clear(p)
		crc = crc32.Update(crc, crc32.IEEETable, p)
		return n
	})
	binary.BigEndian.PutUint32(w.hold(4), crc)
}
