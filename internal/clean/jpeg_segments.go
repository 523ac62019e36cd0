package clean

import (
	"bytes"
	"encoding/binary"
)

// application cleans the data of an application's segment or a comment, of n bytes. Those that are
// blanked lose their identifier, too.
func (f *jpegFile) application(marker byte, n int64) {
	head := f.hold(int(min(n, jpegIdentifier)))
	rest := n - int64(len(head))
	is := func(m byte, identifier string) bool {
		return marker == m && bytes.HasPrefix(head, []byte(identifier))
	}
	switch {
	case is(jpegAPP0, "JFIF\x00") && n >= 14: // up to the size of a thumbnail, which becomes black
		clear(head[14:])
		f.blank(rest)
	case is(jpegAPP14, "Adobe") && n >= 12:
		clear(head[12:])
		f.blank(rest)
	case is(jpegAPP2, "ICC_PROFILE\x00"):
		f.keep(rest)
	case is(jpegAPP2, "MPF\x00"):
		if data := f.holdMore(int(rest)); !mpf(data[len("MPF\x00"):]) {
			clear(data)
		}
	case is(jpegAPP1, exifMark) && !f.exifs:
		f.exifs = true
		f.turned(exif(f.holdMore(int(rest))))
	case is(jpegAPP1, xmpMark):
		if data := f.holdMore(int(rest)); !xmp(data[len(xmpMark):]) {
			clear(data)
		}
	default:
		clear(head)
		f.blank(rest)
	}
}

// turned takes the orientation of a picture into the facts, if it is the first picture.
func (f *jpegFile) turned(orientation int) {
	if f.pictures > 1 {
		return
	}
	f.orientation = orientation
	f.facts.turn(orientation) // of zeros, while the size is unknown
}

// The tags that are kept of an announcement of further pictures (CIPA DC-007, 5.2.3), and its
// entries.
const (
	mpfVersion = 0xb000
	mpfNumber  = 0xb001
	mpfEntries = 0xb002
	mpfEntry   = 16      // bytes
	mpfFlags   = 7 << 29 // of an entry: which pictures depend on which, and which represents them
	mpfType    = 1<<24 - 1
)

// mpf writes an announcement of further pictures anew in its place: their kinds, sizes and offsets,
// which count from its start. It returns false if b is no such announcement, or is too short.
func mpf(b []byte) bool {
	t, ok := readTIFF(b)
	if !ok {
		return false
	}
	n := t.number(t.first, mpfNumber)
	entries := t.find(t.first, mpfEntries).value
	if n == 0 || n > maxJPEGPictures || len(entries) < int(n)*mpfEntry {
		return false
	}
	var kept []byte
	for i := range int(n) {
		kept = t.appendPicture(kept, entries[i*mpfEntry:], n)
	}
	written := append([]byte(tiffHead), directory(len(tiffHead), []tag{
		{mpfVersion, tiffUndefined, 4, []byte("0100")}, long(mpfNumber, int(n)), {mpfEntries, tiffUndefined, n * mpfEntry, kept},
	})...)
	if len(written) > len(b) {
		return false
	}
	clear(b[copy(b, written):])
	return true
}

// appendPicture appends an entry of n.
func (t tiff) appendPicture(b, entry []byte, n uint32) []byte {
	attributes := t.order.Uint32(entry)
	kind := among(attributes&mpfType, 0x010001, 0x010002, 0x020001, 0x020002, 0x020003, 0x030000, 0x040000, 0x050000)
	b = binary.BigEndian.AppendUint32(b, attributes&mpfFlags|kind)
	b = binary.BigEndian.AppendUint32(b, t.order.Uint32(entry[4:]))
	b = binary.BigEndian.AppendUint32(b, t.order.Uint32(entry[8:]))
	for _, at := range []int{12, 14} { // pictures on which it depends
		dependent := t.order.Uint16(entry[at:])
		if uint32(dependent) > n {
			dependent = 0
		}
		b = binary.BigEndian.AppendUint16(b, dependent)
	}
	return b
}
