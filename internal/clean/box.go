package clean

import "encoding/binary"

// box is the header of a box of an ISO base media file (ISO/IEC 14496-12, 4.2).
type box struct {
	kind string // 4 printable characters of Latin-1
	uuid string // 16 bytes; empty unless kind is uuid, and if the box is too short for it
	head int    // bytes of the header, with uuid
	size int64  // bytes of the box, with the header; everything if it goes on to the end of the file
}

const (
	boxHead   = 8      // bytes of a short header
	boxFree   = "free" // the type of a box that was blanked
	boxBroken = "has a box that does not fit into the one around it"
)

// open reports whether the box goes on to the end of the file.
func (x box) open() bool { return x.size == everything }

// readBox reads the header at the front of b, which has boxHead bytes at least. need is the number
// of bytes that it takes; if b has fewer, the rest is not known. size is 0 for a box that is none.
func readBox(b []byte) (x box, need int) {
	x.kind, x.head, x.size = string(b[4:boxHead]), boxHead, int64(binary.BigEndian.Uint32(b))
	switch x.size {
	case 0:
		x.size = everything
	case 1:
		if x.head += 8; len(b) < x.head {
			return x, x.head
		}
		x.size = int64(min(binary.BigEndian.Uint64(b[boxHead:]), 2*everything-1)) //nolint:gosec // within 63 bits
	}
	if x.size < int64(x.head) || x.size > everything || !isBoxType(x.kind) {
		x.size = 0
		return x, x.head
	}
	if x.kind == "uuid" && x.size >= int64(x.head)+16 {
		if x.head += 16; len(b) >= x.head {
			x.uuid = string(b[x.head-16 : x.head])
		}
	}
	return x, x.head
}

// isBoxType reports whether kind consists of printable characters of Latin-1, as all registered
// types do.
func isBoxType(kind string) bool {
	for _, c := range []byte(kind) {
		if c < ' ' || 0x7f <= c && c < 0xa0 {
			return false
		}
	}
	return true
}

// cutBox cuts b after the box at its front. content is what follows the header. ok is false if the
// box is not whole.
func cutBox(b []byte) (x box, content, rest []byte, ok bool) {
	if len(b) < boxHead {
		return box{}, nil, nil, false
	}
	x, need := readBox(b)
	if x.size == 0 || x.size > int64(len(b)) || need > len(b) {
		return box{}, nil, nil, false
	}
	return x, b[x.head:x.size], b[x.size:], true
}

// box reads on to the end of a header whose first boxHead bytes are held, and holds all of it. The
// box must end before the one around it does, at end.
func (w *walk) box(end int64) box {
	x, need := readBox(w.held)
	for need > len(w.held) {
		x, need = readBox(w.holdMore(need - len(w.held)))
	}
	if x.size == 0 || !x.open() && w.off+x.size > end || x.open() && end != everything {
		w.fail(boxBroken)
	}
	return x
}

// setKind gives another type to a box whose header is at the front of b.
func setKind(b []byte, kind string) { copy(b[4:boxHead], kind) }
