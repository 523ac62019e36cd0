package clean

import "encoding/binary"

// tiff is a block of directories of tags, as Exif and MPF have it (TIFF 6.0, section 2). Nothing is
// read beyond its bytes.
type tiff struct {
	b     []byte
	order binary.ByteOrder
	first uint32 // offset of the first directory
}

// tiffHead precedes the first directory of a block that is written here.
const tiffHead = "MM\x00*\x00\x00\x00\x08"

// readTIFF returns the block in b; ok is false if there is none.
func readTIFF(b []byte) (t tiff, ok bool) {
	if len(b) < len(tiffHead) {
		return t, false
	}
	switch string(b[:4]) {
	case "MM\x00*":
		t.order = binary.BigEndian
	case "II*\x00":
		t.order = binary.LittleEndian
	default:
		return t, false
	}
	t.b, t.first = b, t.order.Uint32(b[4:])
	return t, true
}

// The types of values.
const (
	tiffASCII     = 2
	tiffShort     = 3
	tiffLong      = 4
	tiffRational  = 5
	tiffUndefined = 7
	tiffSigned    = 10 // a signed rational
	tiffIFD       = 13 // the offset of a directory
)

const tiffEntry = 12 // bytes of an entry of a directory

// tiffSizes has the bytes of a value of each type.
var tiffSizes = [...]uint64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// tag is an entry of a directory. Its value has the byte order of the block.
type tag struct {
	id, kind uint16
	count    uint32
	value    []byte
}

// has reports whether all entries of a directory lie in the block.
func (t tiff) has(directory uint32) bool {
	at := uint64(directory) + 2
	return at <= uint64(len(t.b)) && at+tiffEntry*uint64(t.order.Uint16(t.b[directory:])) <= uint64(len(t.b))
}

// find returns the first entry of a directory with that id. Its value is nil if the directory has
// no such entry, or if the value has an unknown type or leaves the block.
func (t tiff) find(directory uint32, id uint16) tag {
	if uint64(directory)+2 > uint64(len(t.b)) || directory == 0 {
		return tag{}
	}
	entries := t.b[directory+2:]
	for range min(int(t.order.Uint16(t.b[directory:])), len(entries)/tiffEntry) {
		if t.order.Uint16(entries) == id {
			return t.entry(entries[:tiffEntry])
		}
		entries = entries[tiffEntry:]
	}
	return tag{}
}

func (t tiff) entry(e []byte) tag {
	found := tag{id: t.order.Uint16(e), kind: t.order.Uint16(e[2:]), count: t.order.Uint32(e[4:])}
	if int(found.kind) >= len(tiffSizes) {
		return found
	}
	size := tiffSizes[found.kind] * uint64(found.count)
	if size <= 4 {
		found.value = e[8 : 8+size]
		return found
	}
	if at := uint64(t.order.Uint32(e[8:])); at+size <= uint64(len(t.b)) {
		found.value = t.b[at : at+size]
	}
	return found
}

// number returns the first number of an entry, 0 if it has none.
func (t tiff) number(directory uint32, id uint16) uint32 {
	switch e := t.find(directory, id); {
	case e.kind == tiffShort && len(e.value) >= 2:
		return uint32(t.order.Uint16(e.value))
	case (e.kind == tiffLong || e.kind == tiffIFD) && len(e.value) >= 4:
		return t.order.Uint32(e.value)
	}
	return 0
}

// short returns an entry for a number.
func short(id uint16, n uint32) tag {
	return tag{id, tiffShort, 1, binary.BigEndian.AppendUint16(nil, uint16(n))} //nolint:gosec // one of a list
}

func long(id uint16, n int) tag {
	return tag{id, tiffLong, 1, binary.BigEndian.AppendUint32(nil, uint32(n))} //nolint:gosec // an offset or a count of a block
}

// directory returns a directory that stands at that offset of its block, with its long values after
// it.
func directory(at int, tags []tag) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(tags))) //nolint:gosec // few
	var values []byte
	end := at + 2 + tiffEntry*len(tags) + 4
	for _, e := range tags {
		b = binary.BigEndian.AppendUint16(b, e.id)
		b = binary.BigEndian.AppendUint16(b, e.kind)
		b = binary.BigEndian.AppendUint32(b, e.count)
		if len(e.value) <= 4 {
			var inside [4]byte
			copy(inside[:], e.value)
			b = append(b, inside[:]...)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(end+len(values))) //nolint:gosec // within 64 KiB
		values = append(values, e.value...)
		if len(values)%2 != 0 {
			values = append(values, 0)
		}
	}
	return append(append(b, 0, 0, 0, 0), values...) // no directory follows
}
