package inspect

import (
	"encoding/binary"
	"slices"
)

// HEIF checks that a stream is one whole High Efficiency Image File (ISO/IEC 23008-12): AVIF, HEIC
// and HEIF pictures and sequences. The zero value is ready, with the default Limits.
//
// It walks the boxes from the first to the last, and down to those that declare the sizes of
// pictures. It refuses boxes that do not fit, a file type that does not come first, and a file
// without media or the size of a picture. It refuses a file that is cut off, and bytes after the
// end that form no box. It accepts zeros there, and data that Samsung phones write: XMP as text, or
// the trailer of their JPEG files. Limits apply to each picture (the tiles of a large one, and the
// whole). The samples of a track count as frames, judged at the end of the track. It refuses
// sequences in fragments, and data references that lead to another file.
//
// It does not check which bytes belong to which picture, and decodes nothing. It keeps at most 96
// bytes, and 2 KiB for the data of Samsung phones.
type HEIF struct {
	Limits Limits

	boxes
	frames
	begun bool
	sized bool
	media bool
	track heifTrack

	trailer trailer // of a phone, after the last box
	start   int64   // of the trailer
}

// heifTrack is what the boxes of a track declare, in any order.
type heifTrack struct {
	end           int64 // offset after it, 0 outside
	entriesEnd    int64 // offset after its list of sample entries
	width, height int64 // the largest of its header and its sample entries
	samples       int64
}

// The pieces of a HEIF file.
const (
	heifExtent = boxPieces + iota
	heifHeader
	heifSamples
	heifEntry
	heifTrailer // the rest, all of it payload
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (g *HEIF) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (g *HEIF) Verdict() error { return g.verdict(g) }

func (g *HEIF) piece(p []byte) {
	switch g.state {
	case heifExtent:
		g.size(int64(binary.BigEndian.Uint32(p[4:])), int64(binary.BigEndian.Uint32(p[8:])))
		g.leave(12)
	case heifHeader: // width and height stand last and have 16 bits after the point
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

// follows reports whether the file continues with data that Samsung phones write after the last
// box: XMP as text, or the trailer of their JPEG files. It begins to read the data.
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
	g.refuse(g.trailerFault(g.trailer.write(p)))
	return true
}

// trailerFault moves a fault of the trailer to its offset in the file.
func (g *HEIF) trailerFault(fault *Error) *Error {
	if fault != nil && fault.Offset >= 0 {
		fault.Offset += g.start
	}
	return fault
}

func (g *HEIF) payload(p []byte) (int, bool) {
	if g.state == heifTrailer {
		g.refuse(g.trailerFault(g.trailer.write(p)))
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
		g.fail(CodeDamaged, "has a misplaced file type box")
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

// pictureCodings lists the sample entries of the codings of image sequences.
var pictureCodings = []string{"av01", "hvc1", "hev1", "avc1", "avc3", "vvc1", "vvi1", "mjpg", "jpeg"}

// inside walks boxes that declare the size and the number of pictures.
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

// picture records a size that a track declares. Those of a track without pictures are 0.
func (g *HEIF) picture(width, height int64) {
	if width > 0 || height > 0 {
		g.size(width, height)
	}
	g.track.width, g.track.height = max(g.track.width, width), max(g.track.height, height)
}

// endTrack judges the frames of a track. Frames count for each track alone, since a second track,
// such as one with their alpha, has the same frames. Pixels count for all tracks together.
func (g *HEIF) endTrack() {
	t := g.track
	g.track = heifTrack{}
	g.n = 0
	g.refuse(g.count(g.Limits, t.samples))
	if g.err == nil {
		g.refuse(g.paintAll(g.Limits, t.samples, t.width, t.height))
	}
}

func (g *HEIF) end() {
	if g.track.end > 0 && g.off >= g.track.end {
		g.endTrack()
	}
	switch {
	case g.state == heifTrailer:
		g.refuse(g.trailerFault(g.trailer.end()))
	case !g.whole():
		g.cutOff()
	case !g.sized || !g.media:
		g.fail(CodeDamaged, "has no picture, or one without a size")
	}
}
