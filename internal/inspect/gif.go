package inspect

import "encoding/binary"

// GIF checks that a stream is one whole GIF picture or animation, 87a or 89a, and nothing else. The
// zero value is ready, with the default Limits.
//
// It walks the blocks to the trailer. It refuses blocks and code sizes that the specification does
// not have, empty frames, frames without colours, and a file without a frame. It refuses a file
// that is cut off, and bytes other than zero after the trailer. It accepts frames that leave the
// canvas, as browsers clip them, and applies Limits to their far corner. It refuses a canvas or
// frames beyond Limits.
//
// It does not decompress pixels, and extensions may hold anything. The standard library's
// gif.DecodeConfig opens every accepted file. It keeps at most 13 bytes, and an offset for each
// frame.
type GIF struct {
	Limits Limits

	stream
	frames
	width, height int64
	coloured      bool    // there is a global colour table
	inFrame       bool    // the sub-blocks are a frame's
	starts        []int64 // offsets of the frames, with the extensions before them, and of what follows the last
}

// The pieces of a GIF file.
const (
	gifHeader = 1 + iota
	gifBlock
	gifExtension
	gifFrame
	gifCodeSize
	gifSubBlock
	gifEnded // a byte after the trailer that is not zero
)

const (
	gifColours    = 0x80 // a table follows
	gifColourBits = 0x07
	gifMalformed  = "has a malformed GIF block"
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (g *GIF) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole picture, and the fault, an *Error, if
// not. The stream must have ended.
func (g *GIF) Verdict() error { return g.verdict(g) }

func (g *GIF) end() {
	if g.state != gifEnded {
		g.cutOff()
	}
}

// payload passes over blocks, and over zeros after the trailer.
func (g *GIF) payload(p []byte) (int, bool) {
	if g.state == gifEnded {
		return zeros(p)
	}
	return skip(p)
}

func (g *GIF) piece(p []byte) {
	switch g.state {
	case 0:
		g.expect(gifHeader, 13)
	case gifHeader:
		g.header(p)
	case gifBlock:
		g.block(p[0])
	case gifExtension:
		g.expect(gifSubBlock, 1)
	case gifFrame:
		g.frame(p)
	case gifCodeSize:
		if p[0] < 2 || p[0] > 8 {
			g.fail(CodeDamaged, gifMalformed)
		}
		g.expect(gifSubBlock, 1)
	case gifSubBlock:
		g.subBlock(int64(p[0]))
	case gifEnded:
		g.fail(CodeTrailing, behindEnd)
	}
}

func (g *GIF) header(p []byte) {
	if v := string(p[:6]); v != "GIF87a" && v != "GIF89a" {
		g.fail(CodeDamaged, "is not a GIF image")
	}
	g.width, g.height = int64(binary.LittleEndian.Uint16(p[6:])), int64(binary.LittleEndian.Uint16(p[8:]))
	g.refuse(g.Limits.size(g.width, g.height))
	g.coloured = p[10]&gifColours != 0
	g.pass(gifTable(p[10]))
	g.starts = append(g.starts, g.off+13+g.left)
	g.expect(gifBlock, 1)
}

// gifTable returns the length of the colour table that a byte of flags announces.
func gifTable(flags byte) int64 {
	if flags&gifColours == 0 {
		return 0
	}
	return 3 * 2 << (flags & gifColourBits)
}

// subBlock passes over a sub-block. One of length 0 is the last.
func (g *GIF) subBlock(length int64) {
	if g.pass(length); length > 0 {
		g.expect(gifSubBlock, 1)
		return
	}
	if g.inFrame {
		g.inFrame = false
		g.starts = append(g.starts, g.off+1)
	}
	g.expect(gifBlock, 1)
}

func (g *GIF) block(c byte) {
	switch c {
	case '!':
		g.expect(gifExtension, 1)
	case ',':
		g.expect(gifFrame, 9)
	case ';':
		if g.n == 0 {
			g.fail(CodeDamaged, "has no GIF frame")
		}
		g.expect(gifEnded, 1)
		g.pass(everything)
	default:
		g.fail(CodeDamaged, gifMalformed)
	}
}

func (g *GIF) frame(p []byte) {
	field := func(at int) int64 { return int64(binary.LittleEndian.Uint16(p[at:])) }
	x, y, w, h, flags := field(0), field(2), field(4), field(6), p[8]
	if w == 0 || h == 0 || !g.coloured && flags&gifColours == 0 {
		g.fail(CodeDamaged, "has a GIF frame that is empty or colourless")
		return
	}
	g.refuse(g.Limits.size(x+w, y+h)) // browsers clip parts outside the canvas
	g.refuse(g.count(g.Limits, 1))
	g.refuse(g.paint(g.Limits, w, h))
	g.inFrame = true
	g.pass(gifTable(flags))
	g.expect(gifCodeSize, 1)
}
