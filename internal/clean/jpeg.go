package clean

import "encoding/binary"

// jpeg keeps what decodes to pixels, bit for bit: frames, tables, scans and colour profiles. It
// keeps the part of JFIF, Adobe's segment, gain maps, Exif, XMP and MPF that says how pictures are
// shown and where further ones are. Further pictures after the end are walked like the first, and a
// film there like other films. Other segments, and other bytes after the end, become zeros. Notes
// of Samsung phones become text that says nothing, see samsung.
func jpeg(w *walk) {
	if string(w.hold(2)) != "\xff\xd8" {
		w.fail("is not a JPEG image")
	}
	f := &jpegFile{walk: w}
	for more := true; more; more = f.next() {
		f.picture()
	}
}

// picture walks from the first marker after the start of a picture to its end.
func (f *jpegFile) picture() {
	f.pictures++
	f.exifs = false
	for marker := f.marker(); marker != jpegEOI; {
		marker = f.segment(marker)
	}
}

// marker returns the next marker, after fill bytes.
func (f *jpegFile) marker() byte {
	head := f.look(2)
	marker := head[1]
	switch {
	case head[0] == 0 && marker == jpegAPP1:
		return jpegOdd
	case head[0] != 0xff || marker == 0:
		f.fail("has bytes between JPEG segments")
	}
	for marker == 0xff {
		if _, more := f.pass(everything, fillBytes); !more {
			f.cutOff()
		}
		marker = f.look(1)[0]
	}
	return marker
}

// fillBytes returns the number of 0xff at the front of p.
func fillBytes(p []byte) int {
	for i, c := range p {
		if c != 0xff {
			return i
		}
	}
	return len(p)
}

// segment walks over a segment, and a scan after it, and returns the next marker.
func (f *jpegFile) segment(marker byte) byte {
	switch {
	case marker == jpegSOS:
		f.keep(f.length())
		return f.scan()
	case marker == jpegDHT, jpegDQT <= marker && marker <= jpegEXP:
		f.keep(f.length())
	case jpegSOF0 <= marker && marker <= jpegSOF15:
		f.frame(f.length())
	case marker == jpegOdd: // the inspector does not judge its length, either
		f.blank(max(0, int64(binary.BigEndian.Uint16(f.look(2)))-2))
	case jpegAPP0 <= marker && marker <= jpegAPP15, marker == jpegCOM:
		f.application(marker)
	default:
		f.fail("has a misplaced JPEG segment")
	}
	return f.marker()
}

// frame keeps a frame header. That of the first picture has the size.
func (f *jpegFile) frame(n int64) {
	if n >= 5 && f.facts.Frames == 0 {
		size := f.look(5)
		n -= 5
		f.facts.Height, f.facts.Width = int64(binary.BigEndian.Uint16(size[1:])), int64(binary.BigEndian.Uint16(size[3:]))
		f.facts.Frames = 1
		f.facts.turn(f.orientation)
	}
	f.keep(n)
}
