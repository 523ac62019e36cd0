package clean

// jpegOther stands for a byte after the end that is no padding.
const jpegOther = 1

// next walks over what stands after the end of a picture, and returns true after the start of a
// further one. It keeps zeros and fill bytes.
//
// A film begins with a box of type ftyp, whose first three bytes are zeros. It becomes zeros like
// the notes of Samsung, vivo and OPPO phones, as long as films have no cleaner.
func (f *jpegFile) next() bool {
	f.ff, f.found = false, 0
	for {
		_, more := f.pass(everything, f.padding)
		switch {
		case !more:
			return false
		case f.found == jpegSOI:
			return true
		case f.found == 0:
			continue
		}
		f.found = 0
		head := f.hold(1)
		lineBreak := head[0] == '\r' || head[0] == '\n'
		head[0] = 0
		if !lineBreak {
			return false // and the rest is blanked
		}
	}
}

// padding returns the number of bytes up to the end of the start of a picture, or up to a byte that
// is no padding.
func (f *jpegFile) padding(p []byte) int {
	for i, c := range p {
		switch {
		case f.ff && c == jpegSOI && f.pictures < maxJPEGPictures:
			f.found = c
			return i + 1
		case c != 0 && c != 0xff:
			f.ff, f.found = false, jpegOther
			return i
		}
		f.ff = c == 0xff
	}
	return len(p)
}
