package inspect

import "encoding/binary"

// WebP checks that a stream is one whole WebP picture or animation (RFC 9649) and nothing else. The
// zero value is ready, with the default Limits.
//
// It walks the chunks to the end of the RIFF file. It refuses chunks that do not fit into it,
// frames that leave the canvas, and a file without a picture. It refuses misplaced pictures and
// headers, and chunks before the picture of a file without a canvas. It refuses a file that is cut
// off, and bytes after the end. It refuses a canvas, pictures or frames beyond Limits.
//
// It does not decode pixels. It keeps at most 16 bytes.
type WebP struct {
	Limits Limits

	riff
	frames
	chunkSize     int64
	width, height int64 // of the canvas, 0 without one
	animated      bool
	pictured      bool
	frameEnd      int64 // offset after the frame whose chunks are walked, 0 outside
	frameWidth    int64 // 0 once it has its picture
	frameHeight   int64
}

// The pieces of a WebP file.
const (
	webpCanvas = riffPieces + iota
	webpLossy
	webpLossless
	webpFrame
)

const (
	webpOrder     = "has a misplaced WebP chunk"
	webpMalformed = "has a malformed WebP chunk"
	webpMissing   = "has no picture, or a frame without one"
	webpAnimation = 0x02
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (g *WebP) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole picture, and the fault, an *Error, if
// not. The stream must have ended.
func (g *WebP) Verdict() error { return g.verdict(g) }

func (g *WebP) piece(p []byte) {
	switch g.state {
	case 0:
		g.expect(riffHeader, 12)
	case riffHeader:
		g.open(p, "WEBP", "is not a WebP image")
	case riffChunk:
		g.header(p)
	case webpCanvas:
		g.canvas(p)
	case webpLossy:
		g.lossy(p)
	case webpLossless:
		g.lossless(p)
	case webpFrame:
		g.frame(p)
	}
	if g.done && (!g.pictured || g.frameWidth > 0) {
		g.fail(CodeDamaged, webpMissing)
	}
}

// header judges a chunk by its type and place.
func (g *WebP) header(p []byte) {
	g.chunkSize = g.chunk(p)
	inFrame := g.off < g.frameEnd
	if !inFrame && g.frameWidth > 0 {
		g.fail(CodeDamaged, webpMissing)
	}
	if inFrame && g.off+8+g.chunkSize+g.chunkSize&1 > g.frameEnd {
		g.fail(CodeDamaged, riffMalformed)
	}
	switch kind := string(p[:4]); kind {
	case "VP8X":
		g.fields(webpCanvas, 10, g.off == 12)
	case "VP8 ":
		g.fields(webpLossy, 10, inFrame || !g.animated)
	case "VP8L":
		g.fields(webpLossless, 5, inFrame || !g.animated)
	case "ANMF":
		g.fields(webpFrame, 16, !inFrame && g.animated)
	case "ALPH":
		g.plain(inFrame || g.width > 0 && !g.pictured)
	default: // colour profile, Exif, XMP and future kinds; in a file without a canvas, after its picture
		g.plain(g.width > 0 || g.pictured)
	}
}

// fields asks for the first n bytes of a chunk. placed means that the chunk is in its place.
func (g *WebP) fields(state int, n int64, placed bool) {
	if !placed {
		g.fail(CodeDamaged, webpOrder)
	}
	if g.chunkSize < n {
		g.fail(CodeDamaged, webpMalformed)
	}
	g.expect(state, int(n))
}

// plain passes over a chunk. placed means that the chunk is in its place.
func (g *WebP) plain(placed bool) {
	if !placed {
		g.fail(CodeDamaged, webpOrder)
	}
	g.rest(8, 0)
}

// rest continues after a chunk. piece is the length of the current piece, and used the number of
// its bytes that are data of the chunk.
func (g *WebP) rest(piece, used int64) {
	g.next(g.off+piece, g.chunkSize+g.chunkSize&1-used)
}

func (g *WebP) canvas(p []byte) {
	g.animated = p[0]&webpAnimation != 0
	g.width, g.height = 1+uint24(p[4:]), 1+uint24(p[7:])
	g.refuse(g.Limits.size(g.width, g.height))
	g.rest(10, 10)
}

func (g *WebP) lossy(p []byte) {
	if p[0]&1 != 0 || string(p[3:6]) != "\x9d\x01\x2a" {
		g.fail(CodeDamaged, webpMalformed)
	}
	const size = 1<<14 - 1
	g.picture(int64(binary.LittleEndian.Uint16(p[6:])&size), int64(binary.LittleEndian.Uint16(p[8:])&size))
	g.rest(10, 10)
}

func (g *WebP) lossless(p []byte) {
	const size = 1<<14 - 1
	bits := binary.LittleEndian.Uint32(p[1:])
	if p[0] != 0x2f || bits>>29 != 0 {
		g.fail(CodeDamaged, webpMalformed)
	}
	g.picture(1+int64(bits&size), 1+int64(bits>>14&size))
	g.rest(5, 5)
}

// picture judges the coded pixels of the file, or of a frame.
func (g *WebP) picture(width, height int64) {
	g.refuse(g.Limits.size(width, height))
	switch {
	case g.off < g.frameEnd:
		if width != g.frameWidth || height != g.frameHeight {
			g.fail(CodeDamaged, webpMalformed)
		}
		g.frameWidth = 0
	case g.pictured:
		g.fail(CodeDamaged, webpOrder)
	case g.width > 0 && (width != g.width || height != g.height):
		g.fail(CodeDamaged, webpMalformed)
	}
	g.pictured = true
}

// frame judges the header of an animation's frame, whose chunks follow.
func (g *WebP) frame(p []byte) {
	x, y := 2*uint24(p), 2*uint24(p[3:])
	w, h := 1+uint24(p[6:]), 1+uint24(p[9:])
	if x+w > g.width || y+h > g.height || g.chunkSize%2 != 0 {
		g.fail(CodeDamaged, webpMalformed)
	}
	g.frameWidth, g.frameHeight = w, h
	g.frameEnd = g.off + g.chunkSize
	g.refuse(g.count(g.Limits, 1))
	g.refuse(g.paint(g.Limits, w, h))
	g.next(g.off+16, 0)
}

func uint24(p []byte) int64 { return int64(p[0]) | int64(p[1])<<8 | int64(p[2])<<16 }
