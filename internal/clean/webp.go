package clean

import "encoding/binary"

// The flags of a WebP canvas and of a frame (RFC 9649, 2.7).
const (
	webpAnimation  = 0x02
	webpFlags      = 0x3e // those that have a meaning
	webpFrameFlags = 0x03
	webpSize       = 1<<14 - 1 // not flags, but the bits of a width or a height of coded pixels
)

// webpBlank is the type of a chunk that was blanked: filler in RIFF files of all kinds.
var webpBlank = [4]byte([]byte("JUNK"))

const webpMisplaced = "has a misplaced or malformed WebP chunk"

// webpFile walks the chunks of a WebP picture or animation.
type webpFile struct {
	*walk
	end         int64 // of the file, by its header
	animated    bool
	frameEnd    int64 // after the frame whose chunks are walked
	exifs       bool  // an Exif block was cleaned
	orientation int
	duration    int64 // of all frames
}

// webp keeps what decodes to pixels: pictures, their alpha, frames, the canvas, and the colour
// profile. The first Exif chunk is rewritten, see exif. Width and Height follow its orientation.
// XMP keeps what is listed, see xmp. Other chunks become filler of zeros.
func webp(w *walk) {
	head := w.hold(12)
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" || size < 4 {
		w.fail("is not a WebP image")
	}
	f := &webpFile{walk: w, end: 8 + size}
	for f.pos() < f.end {
		f.chunk()
	}
}

// chunk walks over a chunk, or over the header of a frame, whose chunks follow.
func (f *webpFile) chunk() {
	begin := f.pos()
	head := f.look(8)
	kind, n := [4]byte(head), int64(binary.LittleEndian.Uint32(head[4:]))
	end := begin + 8 + n + n&1
	inFrame := begin < f.frameEnd
	if end > f.end+f.end&1 || inFrame && end > f.frameEnd {
		f.fail("has a RIFF chunk that does not fit into its file")
	}
	switch string(kind[:]) {
	case "ANMF":
		if inFrame || !f.animated || n < 16 || n&1 != 0 {
			f.fail(webpMisplaced)
		}
		f.frame(n)
		return
	case "VP8X":
		if begin != 12 || n < 10 {
			f.fail(webpMisplaced)
		}
		f.canvas(n)
	case "VP8 ", "VP8L", "ALPH":
		f.picture(kind, n)
	default:
		if inFrame || !f.metadata(kind, n) {
			f.flushWith(0, webpBlank)
			f.blank(n + f.padding(begin+8+n))
			return
		}
	}
	f.blank(f.padding(begin + 8 + n))
}

// metadata cleans a chunk that says how pictures are shown, and returns false if it is none.
func (f *webpFile) metadata(kind [4]byte, n int64) bool {
	switch string(kind[:]) {
	case "ANIM":
		f.keep(min(n, 6))
		f.blank(max(0, n-6))
	case "ICCP":
		f.keep(n)
	case "EXIF":
		f.exif(n)
	case "XMP ":
		f.packet(n)
	default:
		return false
	}
	return true
}

// padding returns the number of bytes after a chunk that ends there: one, if its length is odd.
// Some encoders leave it out at the end of the file.
func (f *webpFile) padding(end int64) int64 {
	if end < f.end {
		return end & 1 // chunks begin at even offsets
	}
	return 0
}

// size takes the size of the picture, unless it is known.
func (f *webpFile) size(width, height int64) {
	if f.facts.Width != 0 {
		return
	}
	f.facts.Width, f.facts.Height = width, height
	f.facts.Frames = 1
	f.facts.turn(f.orientation)
}

// picture keeps coded pixels.
func (f *webpFile) picture(kind [4]byte, n int64) {
	switch kind := string(kind[:]); {
	case kind == "VP8 " && n >= 10:
		p := f.holdMore(10)[8:]
		n -= 10
		f.size(int64(binary.LittleEndian.Uint16(p[6:])&webpSize), int64(binary.LittleEndian.Uint16(p[8:])&webpSize))
	case kind == "VP8L" && n >= 5:
		bits := binary.LittleEndian.Uint32(f.holdMore(5)[9:])
		n -= 5
		f.size(1+int64(bits&webpSize), 1+int64(bits>>14&webpSize))
	}
	f.keep(n)
}

// canvas keeps the size of the picture, and the flags that say which chunks the file has.
func (f *webpFile) canvas(n int64) {
	p := f.holdMore(10)[8:]
	f.size(1+uint24(p[4:]), 1+uint24(p[7:]))
	if f.animated = p[0]&webpAnimation != 0; f.animated {
		f.facts.Frames = 0 // they follow
	}
	p[0] &= webpFlags
	clear(p[1:4])
	f.blank(n - 10)
}

// frame keeps the header of a frame: its place, its size and its time.
func (f *webpFile) frame(n int64) {
	if n&1 != 0 {
		f.fail("has a malformed WebP chunk")
	}
	p := f.holdMore(16)[8:]
	f.frameEnd = f.pos() - 16 + n
	p[15] &= webpFrameFlags
	f.facts.Frames++
	f.duration += uint24(p[12:])
	if f.facts.Frames > 1 {
		f.facts.Milliseconds = f.duration
	}
}

func uint24(p []byte) int64 { return int64(p[0]) | int64(p[1])<<8 | int64(p[2])<<16 }

// exif cleans the first Exif block, and blanks others. Of one that is too large to be held only the
// front is read.
func (f *webpFile) exif(n int64) {
	if f.exifs {
		f.blank(n)
		return
	}
	f.exifs = true
	m := min(n, maxHeld-8)
	data := f.holdMore(int(m))[8:]
	f.orientation = f.exifFront(data, n)
	if f.orientation == 0 {
		f.orientation = exif(data) // a block may fit without the identifier
	}
	if f.orientation == 0 && len(data) >= len(tiffEmpty) {
		copy(data, tiffEmpty)
	}
	f.facts.turn(f.orientation)
	f.blank(n - m)
}

// tiffEmpty is a block without tags.
const tiffEmpty = tiffHead + "\x00\x00\x00\x00\x00\x00"

// packet cleans a packet of XMP. Of one that is too large to be held only the front is read. One
// that is too short for an empty packet, or comes after maxXMP others, becomes spaces.
func (f *webpFile) packet(n int64) {
	m := min(n, maxHeld-8)
	data := f.holdMore(int(m))[8:]
	if !f.xmp(data) {
		for i := range data {
			data[i] = ' '
		}
	}
	f.blank(n - m)
}
