package inspect

import (
	"bytes"
	"fmt"
)

// sampled judges the components of a frame: their numbers differ, and their sampling factors are among those that
// encoders use.
func (g *JPEG) sampled(p []byte) bool {
	for i := 0; i < len(p); i += 3 {
		for j := 0; j < i; j += 3 {
			if p[i] == p[j] {
				return false
			}
		}
		if h, v := p[i+1]>>4, p[i+1]&15; !isSampling(h) || !isSampling(v) || p[i+2] > 3 {
			return false
		}
	}
	switch g.parts {
	case 3:
		h, v := p[1]>>4, p[1]&15
		return v < 4 && p[4] == p[7] && h%(p[4]>>4) == 0 && v%(p[4]&15) == 0
	case 4:
		return (p[1] == 0x11 || p[1] == 0x22) && p[4] == 0x11 && p[7] == 0x11 && (p[10] == p[1] || p[10] == 0x11)
	}
	return true
}

func isSampling(n byte) bool { return n == 1 || n == 2 || n == 4 }

// scan begins the entropy-coded bytes behind a scan header.
func (g *JPEG) scan() {
	if g.scans++; g.scans > maxJPEGScans {
		g.refuse(beyond(CodeComplex, maxJPEGScans, fmt.Sprintf("has more than %d JPEG scans", maxJPEGScans)))
	}
	g.pass(everything)
	g.expect(jpegScan, 2)
}

// payload looks at entropy-coded bytes, which end at the first marker, at zero bytes after the end, and at trailers. It does
// not look at the data of segments, except that one without a marker may not seem to have one.
func (g *JPEG) payload(p []byte) (int, bool) {
	switch {
	case g.state == jpegScan:
		return entropyCoded(p)
	case g.state == jpegEnded:
		n, more := zeros(p)
		g.padding += n
		return n, more
	case g.state == jpegTrailer:
		g.refuse(g.behind(g.trailer.write(p)))
	case g.state == jpegMarker && g.marker == 0 && bytes.IndexByte(p, 0xff) >= 0:
		g.fail(CodeDamaged, jpegBetween)
	}
	return skip(p)
}

// entropyCoded returns how many bytes of p belong to a scan, and whether that may be more of them.
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

// inScan reports whether 0xff and m stand for a byte of a scan or for a restart, and not for the scan's end.
func inScan(m byte) bool { return m == 0 || markerRST0 <= m && m <= markerRST7 }

// resume judges the byte behind 0xff in a scan.
func (g *JPEG) resume(m byte) {
	if inScan(m) {
		g.pass(everything)
		g.expect(jpegScan, 2)
		return
	}
	g.mark(m, jpegScanFill)
}

// ended takes in the end of a picture.
func (g *JPEG) ended() {
	if g.scans == 0 {
		g.fail(CodeDamaged, "has no JPEG scan")
	}
	g.pictures++
	g.more()
}

// more looks at what follows the end.
func (g *JPEG) more() {
	g.padding = 0
	g.pass(everything)
	g.expect(jpegEnded, 1)
}

// ends judges a byte after the end of a picture: the next one's first, padding, or one of a trailer.
func (g *JPEG) ends(c byte) {
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
func (g *JPEG) next(c byte) {
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

// follow judges the first bytes of a trailer after g.marker, which came after zeros.
func (g *JPEG) follow(p []byte) {
	first := append([]byte{0, 0, 0, g.marker}, p...)
	switch {
	case string(p) == "ftyp" && g.padding >= 3:
		if !g.MotionPhotos {
			f := faultAt(CodeTrailing, behindEnd, g.start)
			f.Params = Params{"kind": KindMedia}
			g.refuse(f)
			return
		}
		g.begins(newMotionPhoto(g.budget), first, 3)
	case g.marker == '{' || g.marker == vivoMark[0]:
		g.begins(&vivo{}, first[3:], 0)
	case g.padding >= 2:
		g.begins(&samsung{films: g.MotionPhotos, budget: g.budget}, first[1:], 2)
	default:
		g.failAt(CodeTrailing, behindEnd, g.start)
	}
}

// begins shows a trailer its first bytes, of which some came before g.start.
func (g *JPEG) begins(t trailer, first []byte, before int64) {
	g.trailer = t
	g.start -= before
	g.pass(everything)
	g.expect(jpegTrailer, 1)
	g.refuse(g.behind(t.write(first)))
}

// behind gives a fault of the trailer its place in the file.
func (g *JPEG) behind(fault *Error) *Error {
	if fault != nil && fault.Offset >= 0 {
		fault.Offset += g.start
	}
	return fault
}
