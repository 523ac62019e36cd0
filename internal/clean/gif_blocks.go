package clean

// The blocks of a GIF, and the extensions with special rules (GIF89a, 17 to 27).
const (
	gifExtension = '!'
	gifFrame     = ','
	gifTrailer   = ';'

	gifPlainText   = 0x01
	gifControl     = 0xf9
	gifComment     = 0xfe
	gifApplication = 0xff
)

const gifColours = 0x80 // of a byte of flags: a table of colours follows

// gifFile walks the blocks of a GIF.
type gifFile struct {
	*walk
	left     int   // bytes of a sub-block that are still to come
	ended    bool  // the last sub-block has passed
	delay    int64 // of the next frame, in milliseconds
	duration int64 // of all frames, in milliseconds
}

// keepSubBlocks keeps sub-blocks up to the empty one.
func (f *gifFile) keepSubBlocks() {
	f.left, f.ended = 0, false
	for !f.ended {
		if _, more := f.pass(everything, f.subBlocks); !more {
			f.cutOff()
		}
	}
}

// subBlocks returns the number of bytes up to the end of the empty sub-block, or of all p.
func (f *gifFile) subBlocks(p []byte) int {
	at := f.left
	for at < len(p) {
		if p[at] == 0 {
			f.ended = true
			return at + 1
		}
		at += 1 + int(p[at])
	}
	f.left = at - len(p)
	return len(p)
}
