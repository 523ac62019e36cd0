package inspect

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// sampled judges the components of a frame: their numbers differ, and their sampling factors are among those that
// encoders use and the standard library decodes.
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
		return (p[1] == 0x11 || p[1] == 0x22) && p[4] == 0x11 && p[7] == 0x11 && p[10] == p[1]
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

// payload looks at entropy-coded bytes, which end at the first marker, at zero bytes behind the end, and does not look at
// the data of segments.
func (g *JPEG) payload(p []byte) (int, bool) {
	switch g.state {
	case jpegScan:
		return entropyCoded(p)
	case jpegEnded:
		n := len(p) - len(bytes.TrimLeft(p, "\x00"))
		return n, n == len(p)
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
	g.pass(everything)
	g.expect(jpegEnded, 1)
}

// behind judges a byte behind the end of a picture: the next one's first, or one of a trailer.
func (g *JPEG) behind(c byte) {
	if c == 0xff && len(g.trailer.bytes) == 0 {
		g.expect(jpegNext, 1)
		return
	}
	if len(g.trailer.bytes) == 0 {
		g.trailer.start = g.off
	}
	if !g.trailer.add(c) {
		g.failAt(CodeTrailing, behindEnd, g.trailer.start)
	}
	g.expect(jpegEnded, 1)
}

// next judges the byte behind 0xff behind the end: the start of another picture, or padding.
func (g *JPEG) next(c byte) {
	switch {
	case c == markerSOI && g.further > 0:
		g.further--
		g.second, g.framed, g.scans = true, false, 0
		g.expect(jpegMarker, 2)
	case c == 0xff:
		g.expect(jpegNext, 1)
	case c == 0:
		g.pass(everything)
		g.expect(jpegEnded, 1)
	default:
		g.failAt(CodeTrailing, behindEnd, g.off-1)
	}
}

// mpfPictures returns how many pictures a Multi-Picture Format segment announces, 1 if it cannot be read. Its data is an
// image file directory as in TIFF, and the number is its tag 0xb001.
func mpfPictures(p []byte) uint32 {
	if len(p) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(p[:4]) == "II*\x00" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(p[4:]))
	if at < 8 || at+2 > int64(len(p)) {
		return 1
	}
	entries := int(order.Uint16(p[at:]))
	for entry := p[at+2:]; entries > 0 && len(entry) >= 12; entry, entries = entry[12:], entries-1 {
		if order.Uint16(entry) == 0xb001 {
			return max(1, min(order.Uint32(entry[8:]), maxMPFPictures))
		}
	}
	return 1
}
