package clean

import (
	"bytes"
	"encoding/binary"
)

// jpegKind is what a segment of an application has that is kept.
type jpegKind int

const (
	jpegNothing jpegKind = iota
	jpegJFIF
	jpegAdobe
	jpegProfile
	jpegPictures
	jpegGainMap
	jpegExif
	jpegXMP
)

// kind identifies a segment of n bytes by those in head.
func (f *jpegFile) kind(marker byte, head []byte, n int64) jpegKind {
	switch marker {
	case jpegAPP0:
		if bytes.HasPrefix(head, []byte("JFIF\x00")) && n >= 14 {
			return jpegJFIF
		}
	case jpegAPP1:
		switch {
		case bytes.HasPrefix(head, []byte(exifWord)) && n >= int64(len(exifMark)) && !f.exifs:
			return jpegExif
		case bytes.HasPrefix(head, []byte(xmpMark)):
			return jpegXMP
		}
	case jpegAPP2:
		switch {
		case bytes.HasPrefix(head, []byte("ICC_PROFILE\x00")):
			return jpegProfile
		case bytes.HasPrefix(head, []byte("MPF\x00")):
			return jpegPictures
		case bytes.HasPrefix(head, []byte(gainMark)):
			return jpegGainMap
		}
	case jpegAPP14:
		if bytes.HasPrefix(head, []byte("Adobe")) && n >= 12 {
			return jpegAdobe
		}
	}
	return jpegNothing
}

// application cleans the segment of an application, or a comment. One that has nothing to be kept
// becomes a comment of zeros: after other markers readers expect an identifier. The first marker
// after a scan stays, since it was handed on already, and so does that of a segment that begins
// with zeros.
func (f *jpegFile) application(marker byte) {
	n := f.length()
	if n == 0 {
		return
	}
	front := f.looked
	head := f.lookMore(int(min(n, jpegIdentifier)))[front:]
	rest := n - int64(len(head))
	kind := f.kind(marker, head, n)
	if kind == jpegNothing {
		if !isZero(head) {
			f.nothing(front)
		}
		f.blank(rest)
		return
	}
	f.release(front)
	f.rewrite(kind, f.held(), rest)
}

// nothing blanks the head of a segment, which begins front bytes into those that are looked at.
func (f *jpegFile) nothing(front int) {
	p := f.last()
	if front > 2 { // the marker is looked at, too
		p[front-3] = jpegCOM
	}
	clear(p[front:])
	f.flush()
}

// rewrite keeps of a segment what its kind says. Its head is held, and rest bytes follow.
func (f *jpegFile) rewrite(kind jpegKind, head []byte, rest int64) {
	switch kind {
	case jpegNothing:
	case jpegJFIF: // up to the size of a thumbnail, which becomes black
		clear(head[14:])
		f.blank(rest)
	case jpegAdobe:
		clear(head[12:])
		f.blank(rest)
	case jpegProfile:
		f.keep(rest)
	case jpegPictures:
		if data := f.holdMore(int(rest)); !mpf(data[len("MPF\x00"):]) {
			clear(data)
		}
	case jpegGainMap:
		if data := f.holdMore(int(rest)); !gainMap(data[len(gainMark):]) {
			clear(data)
		}
	case jpegExif:
		f.exifs = true
		data := f.holdMore(int(rest))
		copy(data, exifMark)
		f.turned(exif(data))
	case jpegXMP:
		if data := f.holdMore(int(rest)); !f.xmp(data[len(xmpMark):]) {
			clear(data)
		}
	}
}

// turned takes the orientation of a picture into the facts, if it is the first picture.
func (f *jpegFile) turned(orientation int) {
	if f.pictures > 1 {
		return
	}
	f.orientation = orientation
	f.facts.turn(orientation) // which swaps zeros while the size is unknown
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

// mpf rewrites an announcement of further pictures in its place: their kinds, sizes and offsets,
// which count from its start. It returns false if b is not such an announcement, is too short, or
// announces too many pictures.
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

// appendPicture appends one of n entries.
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
