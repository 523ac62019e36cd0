package clean

import "encoding/binary"

// gif keeps the frames of a GIF and how each is shown. Of applications' data it keeps the colour
// profile, how often an animation runs, and how much of it a player buffers. Of other extensions
// the length of their data stays, and the type if it is a known one. Bytes after the trailer become
// zeros.
func gif(w *walk) {
	head := w.look(13)
	if v := string(head[:6]); v != "GIF87a" && v != "GIF89a" {
		w.fail("is not a GIF image")
	}
	w.facts.Width, w.facts.Height = int64(binary.LittleEndian.Uint16(head[6:])), int64(binary.LittleEndian.Uint16(head[8:]))
	w.keep(gifTable(head[10]))
	f := &gifFile{walk: w}
	for f.block() {
	}
}

// gifTable returns the length of the table of colours that a byte of flags announces.
func gifTable(flags byte) int64 {
	if flags&gifColours == 0 {
		return 0
	}
	return 3 * 2 << (flags & 0x07)
}

// block walks over the next block, and returns false if it is the trailer.
func (f *gifFile) block() bool {
	switch f.look(1)[0] {
	case gifExtension:
		f.extension()
	case gifFrame:
		f.frame()
	case gifTrailer:
		return false
	default:
		f.fail("has a malformed GIF block")
	}
	return true
}

// frame keeps a frame. Its delay, which the control before it gave, counts only in a file of
// several frames.
func (f *gifFile) frame() {
	head := f.lookMore(9)
	f.facts.Frames++
	f.duration += f.delay
	f.delay = 0
	if f.facts.Frames > 1 {
		f.facts.Milliseconds = f.duration
	}
	f.keep(gifTable(head[9]) + 1) // and the size of codes
	f.keepSubBlocks()
}
