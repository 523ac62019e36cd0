package inspect

import "encoding/binary"

// boxes walks the boxes of an ISO base media file (ISO/IEC 14496-12), those of QuickTime among them. Every box must fit
// into the one around it, and the outermost ones fill the file. Formats embed it.
type boxes struct {
	stream
	kind    [4]byte
	boxEnd  int64   // offset behind the current box
	ends    []int64 // offsets behind the boxes around it, outermost first
	refsEnd int64   // offset behind a list of data references, 0 outside
	open    bool    // the current box goes to the end of the file
}

// The pieces of every ISO base media file; formats number theirs from boxPieces.
const (
	boxHeader    = 1 + iota
	boxLarge     // the 64-bit size of a box whose 32-bit one is 1
	boxReference // version and flags of a data reference
	boxPieces
)

const (
	boxMalformed = "has a box that does not fit into what is around it"
	maxBoxDepth  = 8
)

// header judges the pieces that boxes begin with. ready means that kind and boxEnd are those of a new box, of which the
// format chooses whether to descend, to read or to leave it.
func (b *boxes) header(p []byte) (ready bool) {
	switch b.state {
	case 0:
		b.expect(boxHeader, 8)
	case boxHeader:
		for len(b.ends) > 0 && b.off == b.ends[len(b.ends)-1] {
			b.ends = b.ends[:len(b.ends)-1]
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
	}
	return false
}

// begin takes in the box that starts there. A size of 0 is allowed for the media data at the end of a file.
func (b *boxes) begin(start, size int64) (ready bool) {
	if b.open = size == 0 && len(b.ends) == 0 && string(b.kind[:]) == "mdat"; b.open {
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

// isBoxType reports whether kind is made of printable characters of Latin-1, as those of all registered boxes are.
func isBoxType(kind [4]byte) bool {
	for _, c := range kind {
		if c < ' ' || 0x7f <= c && c < 0xa0 {
			return false
		}
	}
	return true
}

// read asks for the first n bytes in the box, behind its header.
func (b *boxes) read(state, n int) {
	if b.boxEnd-b.off-8 < int64(n) {
		b.fail(CodeDamaged, boxMalformed)
	}
	b.expect(state, n)
}

// leave passes over what is left of the box behind the current piece, which has n bytes.
func (b *boxes) leave(n int64) {
	b.pass(b.boxEnd - b.off - n)
	b.expect(boxHeader, 8)
}

// descend walks the boxes within this one, which come behind its header and n bytes.
func (b *boxes) descend(n int64) {
	if b.boxEnd-b.off-8 < n || len(b.ends) == maxBoxDepth {
		b.fail(CodeDamaged, boxMalformed)
	}
	b.ends = append(b.ends, b.boxEnd)
	b.pass(n)
	b.expect(boxHeader, 8)
}

// references walks the list of files that media data may lie in. Only this file may.
func (b *boxes) references() {
	b.refsEnd = b.boxEnd
	b.descend(8)
}

// whole reports whether the file may end here.
func (b *boxes) whole() bool {
	if b.open {
		return true
	}
	for _, end := range b.ends {
		if end != b.off {
			return false
		}
	}
	return b.state == boxHeader && b.between()
}

func (b *boxes) payload(p []byte) (int, bool) { return skip(p) }
