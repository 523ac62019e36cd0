package inspect

import "encoding/binary"

// HEIF checks that a stream is one whole High Efficiency Image File (ISO/IEC 23008-12): AVIF, HEIC and HEIF pictures and
// sequences. The zero value is ready, with the default Limits.
//
// The boxes are walked from the first to the last, and down to where pictures say their size. Malformed are boxes that do
// not fit, a file type that does not come first, a file without media or the size of a picture, one that is cut off, and bytes that
// form no box behind the end. TooLarge is what passes Limits: each picture (the tiles of a large one among them, and the
// whole), and the samples of a sequence as frames. Active are tracks and items that take their data from another file.
//
// Which bytes belong to which picture is not looked at, and nothing is decoded. At most 96 bytes are kept.
type HEIF struct {
	Limits Limits

	boxes
	frames
	begun         bool
	sized         bool
	media         bool
	width, height int64 // of the track that is walked
}

// The pieces of a HEIF file.
const (
	heifExtent = boxPieces + iota
	heifTrack
	heifSamples
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (g *HEIF) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not. The stream must have
// ended.
func (g *HEIF) Verdict() error { return g.verdict(g) }

func (g *HEIF) piece(p []byte) {
	switch g.state {
	case heifExtent:
		g.size(int64(binary.BigEndian.Uint32(p[4:])), int64(binary.BigEndian.Uint32(p[8:])))
		g.leave(12)
	case heifTrack:
		g.track(p)
	case heifSamples:
		n := int64(binary.BigEndian.Uint32(p[8:]))
		g.refuse(g.count(g.Limits, n))
		if g.err == nil {
			g.refuse(g.paint(g.Limits, n*g.width, g.height))
		}
		g.leave(12)
	default:
		if g.header(p) {
			g.box()
		}
	}
}

func (g *HEIF) box() {
	if isFirst := string(g.kind[:]) == "ftyp"; isFirst == g.begun {
		g.fail(CodeDamaged, "has a file type box that is out of place")
	}
	g.begun = true
	g.media = g.media || string(g.kind[:]) == "mdat" || string(g.kind[:]) == "idat"
	switch string(g.kind[:]) {
	case "meta":
		if len(g.ends) > 0 {
			g.leave(8)
			return
		}
		g.descend(4)
	case "iprp", "ipco", "moov", "trak", "mdia", "minf", "stbl", "dinf":
		g.descend(0)
	case "dref":
		g.references()
	case "ispe":
		g.read(heifExtent, 12)
	case "tkhd":
		if n := g.boxEnd - g.off - 8; n == 84 || n == 96 { // versions 0 and 1
			g.read(heifTrack, int(n))
			return
		}
		g.fail(CodeDamaged, boxMalformed)
	case "stsz", "stz2":
		g.read(heifSamples, 12)
	default:
		g.leave(8)
	}
}

func (g *HEIF) size(width, height int64) {
	g.sized = true
	g.refuse(g.Limits.size(width, height))
}

// track reads the width and height of a track, which stand last in its header and have 16 bits behind the point. Those of
// a track without pictures are 0.
func (g *HEIF) track(p []byte) {
	n := len(p)
	g.n = 0 // a second track has the same frames, such as their alpha
	g.width, g.height = int64(binary.BigEndian.Uint16(p[n-8:])), int64(binary.BigEndian.Uint16(p[n-4:]))
	if g.width > 0 || g.height > 0 {
		g.size(g.width, g.height)
	}
	g.leave(int64(n))
}

func (g *HEIF) end() {
	switch {
	case !g.whole():
		g.cutOff()
	case !g.sized || !g.media:
		g.fail(CodeDamaged, "has no picture, or one of no size")
	}
}
