package inspect

import (
	"bytes"
	"fmt"
)

// jpegScans reads the scans of the JPEG pictures of a file, and the data after the pictures.
type jpegScans struct {
	stream
	marker   byte
	framed   bool // there is a frame header
	scans    int
	pictures int // that have ended
	padding  int // zeros just before the current byte after the end
	trailer  trailer
	start    int64 // of the trailer
}

// trailer is data that may follow a picture. The offsets of its faults count from its start.
type trailer interface {
	write(p []byte) *Error
	end() *Error
}

// scan begins the entropy-coded bytes after a scan header.
func (g *jpegScans) scan() {
	if g.scans++; g.scans > maxJPEGScans {
		g.refuse(beyond(CodeComplex, maxJPEGScans, fmt.Sprintf("has more than %d JPEG scans", maxJPEGScans)))
	}
	g.pass(everything)
	g.expect(jpegScan, 2)
}

// payload looks at zero bytes after the end, and at trailers. It does not look at the data of
// segments, except that data without a marker must not look like a segment.
func (g *jpegScans) payload(p []byte) (int, bool) {
	switch {
	case g.state == jpegEnded:
		n, more := zeros(p)
		g.padding += n
		return n, more
	case g.state == jpegTrailer:
		g.refuse(g.trailerFault(g.trailer.write(p)))
	case g.state == jpegMarker && g.marker == 0 && bytes.IndexByte(p, 0xff) >= 0:
		g.fail(CodeDamaged, jpegBetween)
	}
	return skip(p)
}

// entropyCoded returns the number of bytes of p before the first 0xff that may end the scan. more
// is true if p has none.
func entropyCoded(p []byte) (n int, more bool) {
	for n < len(p) {
		if p[n] != 0xff {
			i := bytes.IndexByte(p[n:], 0xff)
			if i < 0 {
				break
			}
			n += i
		}
		if n+1 == len(p) || !inScan(p[n+1]) {
			return n, false
		}
		n += 2
	}
	return len(p), true
}

// inScan reports whether 0xff and m are a byte of a scan or a restart, and not the scan's end.
func inScan(m byte) bool { return m == 0 || markerRST0 <= m && m <= markerRST7 }

// ended records the end of a picture.
func (g *jpegScans) ended() {
	if g.scans == 0 {
		g.fail(CodeDamaged, "has no JPEG scan")
	}
	g.pictures++
	g.more()
}

// more goes on to the bytes after the end.
func (g *jpegScans) more() {
	g.padding = 0
	g.pass(everything)
	g.expect(jpegEnded, 1)
}

// ends judges a byte after the end of a picture: the first byte of the next picture, padding, or a
// byte of a trailer.
func (g *jpegScans) ends(c byte) {
	switch c {
	case 0xff:
		g.expect(jpegNext, 1)
	case '\r', '\n':
		g.more()
	default:
		g.marker = c
		g.start = g.off
		g.expect(jpegBehind, 4)
	}
}

// next judges the byte after 0xff after the end: the start of another picture, or padding.
func (g *jpegScans) next(c byte) {
	switch {
	case c == markerSOI && g.pictures < maxJPEGPictures:
		g.framed, g.scans = false, 0
		g.expect(jpegMarker, 2)
	case c == 0xff:
		g.expect(jpegNext, 1)
	case c == 0:
		g.more()
		g.padding = 1
	default:
		g.failAt(CodeTrailing, behindEnd, g.off-1)
	}
}

// follow judges the first bytes of a trailer after g.marker, before which g.padding zeros came.
// films allows a film.
func (g *jpegScans) follow(p []byte, films bool) {
	first := append([]byte{0, 0, 0, g.marker}, p...) // with as many zeros as any trailer needs
	switch {
	case string(p) == "ftyp" && g.padding >= 3:
		if !films {
			f := faultAt(CodeTrailing, behindEnd, g.start)
			f.Params = Params{"kind": KindMedia}
			g.refuse(f)
			return
		}
		g.begins(newMotionPhoto(g.budget), first, 3)
	case g.marker == '{' || g.marker == vivoMark[0]:
		g.begins(&vivo{}, first[3:], 0)
	case g.padding >= 2:
		g.begins(&samsung{films: films, budget: g.budget}, first[1:], 2)
	default:
		g.failAt(CodeTrailing, behindEnd, g.start)
	}
}

// begins writes the first bytes of a trailer to t. before is the number of them that came before
// g.start.
func (g *jpegScans) begins(t trailer, first []byte, before int64) {
	g.trailer = t
	g.start -= before
	g.pass(everything)
	g.expect(jpegTrailer, 1)
	g.refuse(g.trailerFault(t.write(first)))
}

// trailerFault moves a fault of the trailer to its offset in the file.
func (g *jpegScans) trailerFault(fault *Error) *Error {
	if fault != nil && fault.Offset >= 0 {
		fault.Offset += g.start
	}
	return fault
}
