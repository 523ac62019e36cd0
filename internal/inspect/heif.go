package inspect

import (
	"encoding/binary"
	"slices"
)

// HEIF checks that a stream is one whole High Efficiency Image File (ISO/IEC 23008-12): AVIF, HEIC
// and HEIF pictures and sequences. The zero value is ready, with the default Limits.
//
// The boxes are walked from the first to the last, and down to where pictures say their size.
// Malformed are boxes that do not fit, a file type that does not come first, a file without media
// or the size of a picture, one that is cut off, and bytes that form no box after the end, except
// for zeros and what Samsung phones write there: XMP as text, or the trailer of their JPEG files.
// Refused by Limits are each picture (the tiles of a large one among them, and the whole), and the
// samples of a sequence as frames, judged at the end of their track. Sequences in fragments are
// refused, and so are data references that lead to another file.
//
// Which bytes belong to which picture is not looked at, and nothing is decoded. At most 96 bytes
// are kept.
type HEIF struct {
	Limits Limits

	boxes
	frames
	begun bool
	sized bool
	media bool
	track heifTrack

	trailer trailer // of a phone, behind the last box
	start   int64   // of the trailer
}

// heifTrack is what the boxes of a track say of it, in whatever order they stand.
type heifTrack struct {
	end           int64 // offset behind it, 0 outside
	entriesEnd    int64 // offset behind its list of sample entries
	width, height int64 // the largest of its header and its sample entries
	samples       int64
}

// The pieces of a HEIF file.
const (
	heifExtent = boxPieces + iota
	heifHeader
	heifSamples
	heifEntry
	heifTrailer // whatever follows, all of it payload
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
func (g *HEIF) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (g *HEIF) Verdict() error { return g.verdict(g) }

func (g *HEIF) piece(p []byte) {
	switch g.state {
	case heifExtent:
		g.size(int64(binary.BigEndian.Uint32(p[4:])), int64(binary.BigEndian.Uint32(p[8:])))
		g.leave(12)
	case heifHeader: // width and height stand last and have 16 bits behind the point
		n := len(p)
		g.picture(int64(binary.BigEndian.Uint16(p[n-8:])), int64(binary.BigEndian.Uint16(p[n-4:])))
		g.leave(int64(n))
	case heifEntry:
		g.picture(int64(binary.BigEndian.Uint16(p[24:])), int64(binary.BigEndian.Uint16(p[26:])))
		g.leave(int64(len(p)))
	case heifSamples:
		g.track.samples += int64(binary.BigEndian.Uint32(p[8:]))
		g.leave(12)
	default:
		if g.track.end > 0 && g.off >= g.track.end {
			g.endTrack()
		}
		if g.state == boxHeader && g.follows(p) {
			return
		}
		if g.header(p) {
			g.box()
		}
	}
}

// follows reports whether the file goes on with what phones of Samsung write after the last box:
// XMP as a text, or the trailer that their JPEG files have.
func (g *HEIF) follows(p []byte) bool {
	if g.ascend(); len(g.ends) > 0 || !g.sized || !g.media {
		return false
	}
	switch {
	case string(p[:8]) == "<x:xmpme" || string(p[:8]) == "<?xpacke":
		text := &xmpText{}
		text.text.Within(g.budget)
		g.trailer = text
	case p[0] == 0 && p[1] == 0 && p[2] > 0 && !isBoxType([4]byte(p[4:8])):
		g.trailer = &samsung{budget: g.budget}
	default:
		return false
	}
	g.start = g.off
	g.pass(everything)
	g.expect(heifTrailer, 1)
	g.refuse(g.behind(g.trailer.write(p)))
	return true
}

// behind gives a fault of the trailer its place in the file.
func (g *HEIF) behind(fault *Error) *Error {
	if fault != nil && fault.Offset >= 0 {
		fault.Offset += g.start
	}
	return fault
}

func (g *HEIF) payload(p []byte) (int, bool) {
	if g.state == heifTrailer {
		g.refuse(g.behind(g.trailer.write(p)))
	}
	return g.boxes.payload(p)
}

// xmpText is XMP after a picture: text without markup that a browser would run.
type xmpText struct{ text Text }

func (x *xmpText) write(p []byte) *Error {
	x.text.read(p)
	return x.text.err
}

func (x *xmpText) end() *Error {
	x.text.end()
	return x.text.err
}

func (g *HEIF) box() {
	kind := string(g.kind[:])
	if isFirst := kind == "ftyp"; isFirst == g.begun {
		g.fail(CodeDamaged, "has a file type box that is out of place")
	}
	g.begun = true
	g.media = g.media || kind == "mdat" || kind == "idat"
	if kind == "trak" {
		if g.track.end > 0 {
			g.fail(CodeDamaged, boxMalformed)
		}
		g.track.end = g.boxEnd
	}
	switch {
	case g.off < g.track.entriesEnd && slices.Contains(pictureCodings, kind):
		g.read(heifEntry, 28)
	case g.off < g.track.entriesEnd:
		g.skipBox()
	case kind == "moof":
		g.fail(CodeUnsupported, "is an image sequence in fragments")
	case g.outside():
	default:
		g.inside(kind)
	}
}

// pictureCodings are the sample entries of what image sequences are coded in.
var pictureCodings = []string{"av01", "hvc1", "hev1", "avc1", "avc3", "vvc1", "vvi1", "mjpg", "jpeg"}

// inside walks boxes that say how large pictures are, and how many there are.
func (g *HEIF) inside(kind string) {
	switch kind {
	case "iprp", "ipco", "moov", "stbl":
		g.descend(0)
	case "ispe":
		g.read(heifExtent, 12)
	case "tkhd":
		if n := g.content(); n == 84 || n == 96 { // versions 0 and 1
			g.read(heifHeader, int(n))
			return
		}
		g.fail(CodeDamaged, boxMalformed)
	case "stsd":
		g.track.entriesEnd = g.boxEnd
		g.descend(8)
	case "stsz", "stz2":
		g.read(heifSamples, 12)
	default:
		g.skipBox()
	}
}

func (g *HEIF) size(width, height int64) {
	g.sized = true
	g.refuse(g.Limits.size(width, height))
}

// picture takes in a size that a track has. Those of a track without pictures are 0.
func (g *HEIF) picture(width, height int64) {
	if width > 0 || height > 0 {
		g.size(width, height)
	}
	g.track.width, g.track.height = max(g.track.width, width), max(g.track.height, height)
}

// endTrack judges the frames of a track. A second one has the same frames, such as their alpha, and
// paints them as well.
func (g *HEIF) endTrack() {
	t := g.track
	g.track = heifTrack{}
	g.n = 0
	g.refuse(g.count(g.Limits, t.samples))
	if g.err == nil {
		g.refuse(g.paint(g.Limits, t.samples*t.width, t.height))
	}
}

func (g *HEIF) end() {
	if g.track.end > 0 && g.off >= g.track.end {
		g.endTrack()
	}
	switch {
	case g.state == heifTrailer:
		g.refuse(g.behind(g.trailer.end()))
	case !g.whole():
		g.cutOff()
	case !g.sized || !g.media:
		g.fail(CodeDamaged, "has no picture, or one of no size")
	}
}
