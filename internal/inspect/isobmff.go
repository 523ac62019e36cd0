package inspect

import (
	"bytes"
	"encoding/binary"
)

// boxes walks the boxes of an ISO base media file (ISO/IEC 14496-12), including those of QuickTime.
// Every box must fit into the one around it. Only zeros may follow the outermost boxes, unless the
// format accepts more. Formats embed it.
type boxes struct {
	stream
	kind    [4]byte
	head    int64   // bytes of the last piece of the current box's header
	boxEnd  int64   // offset after the current box
	ends    []int64 // offsets after the boxes around it, outermost first
	refsEnd int64   // offset after the last list of data references, 0 before the first
	open    bool    // the current box is media that extends to the end of the file
	inner   int64   // size of the first box in a QuickTime metadata box
}

// The pieces of every ISO base media file; formats number theirs from boxPieces.
const (
	boxHeader    = 1 + iota
	boxLarge     // the 64-bit size of a box whose 32-bit one is 1
	boxReference // version and flags of a data reference
	boxMeta      // version and flags of a metadata box, or the size of the first one in it
	boxMetaKind  // the type of the first box in a QuickTime metadata box
	boxZeros     // the first byte after the end that is not zero
	boxPieces
)

const (
	boxMalformed = "has a malformed box, or one that does not fit into the one around it"
	maxBoxDepth  = 8
)

// header judges the pieces at the beginning of a box. ready means that kind and boxEnd are those of
// a new box. The format then descends into it, reads it or leaves it.
func (b *boxes) header(p []byte) (ready bool) {
	switch b.state {
	case 0:
		b.expect(boxHeader, 8)
	case boxHeader:
		if b.ascend(); len(b.ends) == 0 && string(p) == "\x00\x00\x00\x00\x00\x00\x00\x00" {
			b.pass(everything)
			b.expect(boxZeros, 1)
			return false
		}
		b.kind = [4]byte(p[4:8])
		if size := binary.BigEndian.Uint32(p); size != 1 {
			return b.begin(b.off, int64(size))
		}
		b.expect(boxLarge, 8)
	case boxLarge:
		size := binary.BigEndian.Uint64(p)
		if size < 16 || size > everything {
			b.fail(CodeDamaged, boxMalformed)
			return false
		}
		return b.begin(b.off-8, int64(size))
	case boxReference:
		if p[3]&1 == 0 {
			b.refuse(activeAt(KindExternal, "takes data from another file", b.off))
		}
		b.leave(4)
	case boxMeta:
		b.meta(int64(binary.BigEndian.Uint32(p)))
	case boxMetaKind:
		b.kind = [4]byte(p)
		return b.begin(b.off-4, b.inner)
	case boxZeros:
		b.fail(CodeTrailing, behindEnd)
	}
	return false
}

// ascend leaves the boxes that end here.
func (b *boxes) ascend() {
	for len(b.ends) > 0 && b.off == b.ends[len(b.ends)-1] {
		b.ends = b.ends[:len(b.ends)-1]
	}
}

// begin begins the box at start. A size of 0, which means up to the end of the file, is allowed for
// outermost media data and an outermost movie.
func (b *boxes) begin(start, size int64) (ready bool) {
	b.head = 8
	if b.state == boxMetaKind {
		b.head = 4
	}
	kind := string(b.kind[:])
	b.open = false
	if size == 0 && len(b.ends) == 0 && (kind == "mdat" || kind == "moov") {
		b.open = kind == "mdat"
		size = everything
	}
	b.boxEnd = start + size
	if size < 8 || len(b.ends) > 0 && b.boxEnd > b.ends[len(b.ends)-1] || !isBoxType(b.kind) {
		b.fail(CodeDamaged, boxMalformed)
		return false
	}
	if b.off < b.refsEnd {
		b.read(boxReference, 4)
		return false
	}
	return true
}

// isBoxType reports whether kind consists of characters of Latin-1 that are not controls.
func isBoxType(kind [4]byte) bool {
	for _, c := range kind {
		if c < ' ' || 0x7f <= c && c < 0xa0 {
			return false
		}
	}
	return true
}

// content returns the number of bytes of the box after its header.
func (b *boxes) content() int64 { return b.boxEnd - b.off - b.head }

// read asks for the first n bytes of the box, after its header.
func (b *boxes) read(state, n int) {
	if b.content() < int64(n) {
		b.fail(CodeDamaged, boxMalformed)
	}
	b.expect(state, n)
}

// leave passes over the rest of the box after the current piece, which has n bytes.
func (b *boxes) leave(n int64) {
	b.pass(b.boxEnd - b.off - n)
	b.expect(boxHeader, 8)
}

// skipBox passes over the box whose header ends with the current piece.
func (b *boxes) skipBox() { b.leave(b.head) }

// descend walks the boxes within this one, which begin n bytes after its header.
func (b *boxes) descend(n int64) {
	switch {
	case b.content() < n:
		b.fail(CodeDamaged, boxMalformed)
	case len(b.ends) == maxBoxDepth:
		b.fail(CodeDamaged, "has too many boxes one within another")
	}
	b.ends = append(b.ends, b.boxEnd)
	b.pass(n)
	b.expect(boxHeader, 8)
}

// outside judges boxes in which a file declares its media to be elsewhere, except those of user
// data, and walks down to those that lie deeper. It reports whether it has dealt with the box.
//
// Data references lie in the media information of a track. They also lie in the metadata of the
// file, a movie or a track. Each of these may have more metadata in a box meco (ISO/IEC 14496-12,
// 8.7 and 8.11). A QuickTime movie may itself be a list of other movies, or be compressed.
func (b *boxes) outside() bool {
	switch string(b.kind[:]) {
	case "trak", "mdia", "minf", "dinf", "moof", "traf", "meco":
		b.descend(0)
	case "meta":
		if b.content() < 8 {
			b.skipBox()
		} else {
			b.expect(boxMeta, 4)
		}
	case "dref":
		b.refsEnd = b.boxEnd
		b.descend(8)
	case "rmra", "rmda", "rdrf":
		b.refuse(activeAt(KindExternal, "is a list of movies elsewhere", b.off))
	case "cmov":
		b.fail(CodeUnsupported, "has a compressed movie box")
	default:
		return false
	}
	return true
}

// meta walks a metadata box. QuickTime's has no version before the first box, so it begins with
// that box's size.
func (b *boxes) meta(first int64) {
	b.head = 4
	if b.descend(0); first != 0 {
		b.inner = first
		b.expect(boxMetaKind, 4)
	}
}

// whole reports whether the file may end here.
func (b *boxes) whole() bool {
	if b.open || b.state == boxZeros {
		return true
	}
	for _, end := range b.ends {
		if end != b.off && end < everything {
			return false
		}
	}
	if b.ascend(); len(b.ends) == 0 && b.left == 0 && len(bytes.TrimLeft(b.buf, "\x00")) == 0 {
		b.buf = b.buf[:0] // zeros after the end
	}
	return b.state == boxHeader && b.between()
}

// payload passes over content, and over zeros after the end.
func (b *boxes) payload(p []byte) (int, bool) {
	if b.state == boxZeros {
		return zeros(p)
	}
	return skip(p)
}

// zeros returns the number of zeros at the front of p, and whether more may follow.
func zeros(p []byte) (n int, more bool) {
	n = len(p) - len(bytes.TrimLeft(p, "\x00"))
	return n, n == len(p)
}
