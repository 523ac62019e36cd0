package clean

// jpegOther is the value of found for a byte after the end other than padding.
const jpegOther = 1

// next walks over what stands after the end of a picture, and returns true after the start of a
// further one. It keeps zeros and fill bytes, a film, and the notes of Samsung phones that may hold
// one. All else becomes zeros, such as the notes of vivo and OPPO phones.
func (f *jpegFile) next() bool {
	f.ff, f.found, f.zeros = false, 0, 0
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
		if !f.lineBreak() {
			f.trailer()
			return false // and the rest is blanked
		}
	}
}

// padding returns the number of bytes up to the end of the start of a picture, up to a byte that is
// not padding, or of all p.
func (f *jpegFile) padding(p []byte) int {
	for i, c := range p {
		switch {
		case f.ff && c == jpegSOI && f.pictures < maxJPEGPictures:
			f.found = c
			return i + 1
		case c != 0 && c != 0xff:
			f.ff = false
			if isLineBreak(c) && !f.options.Record { // a patch would need its offset
				f.clear(p[i : i+1])
				continue
			}
			f.found = jpegOther
			return i
		}
		if f.ff = c == 0xff; f.ff {
			f.zeros = 0
		} else {
			f.zeros++
		}
	}
	return len(p)
}

// lineBreak blanks a line break, and returns false if there is none.
func (f *jpegFile) lineBreak() bool {
	head := f.hold(1)
	if !isLineBreak(head[0]) {
		return false
	}
	head[0] = 0
	return true
}

func isLineBreak(c byte) bool { return c == '\r' || c == '\n' }

// trailer walks what follows a picture. Its first byte that is not zero is held: the fourth of the
// box with which a film begins, or the third of Samsung's notes.
func (f *jpegFile) trailer() {
	f.tryMore(4)
	switch size := f.held()[0]; {
	case f.zeros >= 3 && size >= 8 && string(f.held()[1:]) == "ftyp":
		f.film(size)
	case f.zeros >= 2:
		(&samsung{walk: f.walk}).notes(2)
	default:
		clear(f.held())
	}
}

// film walks a film, of whose first header all bytes except the first 3 are held. Notes may follow.
func (f *jpegFile) film(size byte) {
	m := newFilm(f.walk)
	m.base, m.embedded, m.begun = f.off-3, true, true
	f.keep(m.base + int64(size) - f.pos())
	m.boxes()
	(&samsung{walk: f.walk}).notes(0)
}
