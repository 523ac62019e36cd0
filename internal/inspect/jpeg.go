package inspect

import "encoding/binary"

// JPEG checks that a stream is one whole JPEG picture (ITU-T T.81) and nothing else. The zero value
// is ready, with the default Limits.
//
// It accepts the JPEG that browsers show: sequential and progressive Huffman coding with 8 bits a
// sample, in grey, colour or CMYK, with any metadata. After the end it accepts data that cameras
// write:
//
//   - up to 15 further pictures, such as previews and the gain map of a high dynamic range photo,
//     each walked like the first;
//   - the notes of Samsung, vivo and OPPO phones, see samsung and vivo;
//   - bytes that are 0 or 255, and line breaks that do not directly follow a 255;
//   - with MotionPhotos, the film of a motion photo, which is walked like any other.
//
// It refuses other bytes after the end: they may be cropped parts, or remains of a disk. It also
// refuses a file that is cut off, misplaced segments, and malformed headers of frames and scans. It
// refuses arithmetic, lossless and hierarchical coding, and a height that only follows the pixels.
// Each picture must be within Limits, and may have 100 scans: a decoder may need one pass for each.
//
// It does not decode pixels. The standard library's jpeg.DecodeConfig opens every accepted file,
// except for CMYK whose chroma and black are subsampled. It keeps at most 10 KiB.
type JPEG struct {
	Limits Limits

	// MotionPhotos accepts a film after the picture (MP4), as Pixel, Samsung and Xiaomi phones
	// write it.
	MotionPhotos bool

	// Scanned may change with each Write. With nil the inspector searches every byte itself.
	Scanned *Scanned

	jpegScans
	length int64 // of the segment's data
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (g *JPEG) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole picture, and the fault, an *Error, if
// not. The stream must have ended.
func (g *JPEG) Verdict() error { return g.verdict(g) }

func (g *JPEG) end() {
	switch g.state {
	case jpegEnded, jpegNext:
	case jpegTrailer:
		g.refuse(g.trailerFault(g.trailer.end()))
	case jpegBehind:
		g.failAt(CodeTrailing, behindEnd, g.start)
	default:
		g.cutOff()
	}
}

func (g *JPEG) piece(p []byte) {
	switch g.state {
	case 0:
		g.expect(jpegStart, 2)
	case jpegStart:
		if p[0] != 0xff || p[1] != markerSOI {
			g.fail(CodeDamaged, "is not a JPEG image")
		}
		g.expect(jpegMarker, 2)
	case jpegEnded:
		g.ends(p[0])
	case jpegNext:
		g.next(p[0])
	case jpegBehind:
		g.follow(p, g.MotionPhotos)
	case jpegMarker:
		switch {
		case p[0] == 0xff:
			g.mark(p[1], jpegMarkerFill)
		case p[0] == 0 && p[1] == markerAPP1:
			g.expect(jpegOdd, 2)
		default:
			g.fail(CodeDamaged, jpegBetween)
		}
	case jpegMarkerFill:
		g.mark(p[0], jpegMarkerFill)
	case jpegScan:
		g.resume(p[1])
	case jpegScanFill:
		g.resume(p[0])
	default:
		g.segment(p)
	}
}

// payload looks at entropy-coded bytes, which end at the first marker, and at other bytes outside
// of segments.
func (g *JPEG) payload(p []byte) (int, bool) {
	if g.state != jpegScan {
		return g.jpegScans.payload(p)
	}
	known := g.Scanned.known(p, g.off)
	if known == len(p) {
		return known, true
	}
	n, more := entropyCoded(p[known:])
	return known + n, more
}

// resume judges the byte after 0xff in a scan.
func (g *JPEG) resume(m byte) {
	if inScan(m) {
		g.pass(everything)
		g.expect(jpegScan, 2)
		return
	}
	g.mark(m, jpegScanFill)
}

// mark judges a marker outside of entropy-coded bytes.
func (g *JPEG) mark(m byte, fill int) {
	g.marker = m
	switch {
	case m == 0xff:
		g.expect(fill, 1)
	case m == markerEOI:
		g.ended()
	case m == markerSOS && !g.framed, g.framed && markerSOF0 <= m && m <= markerSOF2:
		g.fail(CodeDamaged, jpegPlace)
	case markerSOF0 <= m && m <= markerSOF2, m == markerDHT, markerSOS <= m && m <= markerDRI && m != markerDNL,
		markerAPP0 <= m && m <= markerAPP15, m == markerCOM:
		g.expect(jpegLength, 2)
	case 0xc0 < m && m < 0xd0, m == markerDNL, m == markerDHP, m == markerEXP:
		g.fail(CodeUnsupported, jpegUnsupported)
	default:
		g.fail(CodeDamaged, jpegPlace)
	}
}

// segment judges the data after the marker of a segment.
func (g *JPEG) segment(p []byte) {
	switch g.state {
	case jpegLength:
		g.begin(int64(binary.BigEndian.Uint16(p)) - 2)
	case jpegFrame:
		g.frame(p)
		g.expect(jpegMarker, 2)
	case jpegScanHeader:
		if n := int64(p[0]); n < 1 || n > 4 || g.length != 4+2*n {
			g.fail(CodeDamaged, jpegMalformed)
		}
		g.scan()
	case jpegOdd: // the emulator of Pixel phones writes one, and decoders skip it
		g.pass(int64(binary.BigEndian.Uint16(p)) - 2)
		g.marker = 0
		g.expect(jpegMarker, 2)
	}
}

// begin chooses the way to read the data of a segment.
func (g *JPEG) begin(length int64) {
	g.length = length
	switch m := g.marker; {
	case length < 0:
		g.fail(CodeDamaged, jpegMalformed)
	case m <= markerSOF2:
		if length != 6+3*1 && length != 6+3*3 && length != 6+3*4 {
			g.fail(CodeUnsupported, jpegUnsupported)
			return
		}
		g.expect(jpegFrame, int(length))
	case m == markerSOS:
		if length < 6 || length > 4+2*4 {
			g.fail(CodeDamaged, jpegMalformed)
			return
		}
		g.expect(jpegScanHeader, int(length))
	default:
		g.pass(length)
		g.expect(jpegMarker, 2)
	}
}

// frame judges a frame header: size, precision and components.
func (g *JPEG) frame(p []byte) {
	g.framed = true
	if len(p) != 6+3*int(p[5]) {
		g.fail(CodeDamaged, jpegMalformed)
		return
	}
	if p[0] != 8 || !isSampled(p[6:]) {
		g.fail(CodeUnsupported, jpegUnsupported)
	}
	g.refuse(g.Limits.size(int64(binary.BigEndian.Uint16(p[3:])), int64(binary.BigEndian.Uint16(p[1:]))))
}

// isSampled reports whether a frame's components have different identifiers, sampling factors that
// encoders use, and quantization tables among the four of T.81.
func isSampled(p []byte) bool {
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
	switch len(p) / 3 {
	case 3:
		h, v := p[1]>>4, p[1]&15
		return v < 4 && p[4] == p[7] && h%(p[4]>>4) == 0 && v%(p[4]&15) == 0
	case 4:
		return (p[1] == 0x11 || p[1] == 0x22) && p[4] == 0x11 && p[7] == 0x11 && (p[10] == p[1] || p[10] == 0x11)
	}
	return true
}

func isSampling(n byte) bool { return n == 1 || n == 2 || n == 4 }
