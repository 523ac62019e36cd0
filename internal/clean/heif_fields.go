package clean

import "encoding/binary"

const (
	heifBadMeta = "has a malformed metadata box"
	heifTwice   = "has a metadata box with two boxes of a kind of which it may have one"
)

// heldFields reads the fields of a box that is held, from its front.
type heldFields struct {
	*walk
	version byte
	flags   uint32
	rest    []byte // after the fields that were read
}

// fieldsOf returns the fields of a box after its version and flags.
func (w *walk) fieldsOf(content []byte) heldFields {
	f := heldFields{walk: w, rest: content}
	head := uint32(f.number(4)) //nolint:gosec // 4 bytes
	f.version, f.flags = byte(head>>24), head&0xffffff
	return f
}

// number reads a number of 0 to 8 bytes.
func (f *heldFields) number(size int) (n uint64) {
	if len(f.rest) < size {
		f.fail(heifBadMeta)
	}
	switch size {
	case 2:
		n = uint64(binary.BigEndian.Uint16(f.rest))
	case 4:
		n = uint64(binary.BigEndian.Uint32(f.rest))
	default:
		for _, b := range f.rest[:size] {
			n = n<<8 | uint64(b)
		}
	}
	f.rest = f.rest[size:]
	return n
}

// id reads the ID of an item.
func (f *heldFields) id(size int) uint32 { return uint32(f.number(size)) } //nolint:gosec // 2 or 4 bytes

// eachBox calls see with each of the boxes that fill b.
func (w *walk) eachBox(b []byte, see func(kind string, whole, content []byte)) {
	kind := ""
	for len(b) > 0 {
		whole, rest, ok := cutBox(b)
		if !ok {
			w.fail(filmMalformed)
		}
		if string(whole[4:8]) != kind { // boxes of one kind often follow one another, and a string costs memory
			kind = string(whole[4:8])
		}
		see(kind, whole, contentOf(whole))
		b = rest
	}
}

// cutBox cuts b after the box at its front, and returns false if that is not whole.
func cutBox(b []byte) (whole, rest []byte, ok bool) {
	n := boxSize(b)
	if n == 0 || !isBoxType(b[4:]) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// metaBoxes returns the boxes in a metadata box. They follow its version and flags, which are zero.
// QuickTime has no version and flags there.
func metaBoxes(content []byte) []byte {
	if len(content) >= 4 && binary.BigEndian.Uint32(content) == 0 {
		return content[4:]
	}
	return content
}
