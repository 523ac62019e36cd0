package inspect

import "encoding/binary"

// JPEG checks that a stream is one whole JPEG picture (ITU-T T.81) and nothing else. The zero value is ready, with the
// default Limits.
//
// It accepts what browsers show: sequential and progressive Huffman coding with 8 bits a sample, in grey, colour or CMYK,
// with any metadata. Behind the end may follow what cameras write there: the further pictures that a Multi-Picture Format
// segment (CIPA DC-007) announces, such as the gain map of a high dynamic range photo, each walked like the first; the
// small directory of notes of Samsung phones (see jpegTrailer); and bytes that are 0 or 255. Any other bytes behind the end are
// Malformed, a film behind a "motion photo" among them, and so are a file that is cut off, segments out of place, fields
// that T.81 does not have, arithmetic and lossless coding, and a height that only follows the pixels. TooLarge is what
// passes Limits, for each of the pictures, and more than 100 scans, of which a decoder may need one pass each.
//
// Pixels are not decoded. The standard library's jpeg.DecodeConfig opens what is accepted. At most 5 KiB are kept.
type JPEG struct {
	Limits Limits

	stream
	marker  byte
	length  int64 // of the segment's data
	framed  bool  // there is a frame header
	parts   int   // components, by the frame header
	scans   int
	second  bool   // this picture is not the first one
	further uint32 // pictures that may follow this one
	trailer jpegTrailer
}

// The pieces of a JPEG file.
const (
	jpegStart = 1 + iota
	jpegMarker
	jpegMarkerFill // a marker behind fill bytes
	jpegLength
	jpegFrame
	jpegScanHeader
	jpegScan // what ends a run of entropy-coded bytes
	jpegScanFill
	jpegApp2
	jpegMPF
	jpegEnded // one byte behind the end, not zero
	jpegNext  // the byte behind 0xff there
)

// The markers that are told apart.
const (
	markerSOF0  = 0xc0
	markerSOF2  = 0xc2
	markerDHT   = 0xc4
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDRI   = 0xdd
	markerAPP0  = 0xe0
	markerAPP2  = 0xe2
	markerAPP15 = 0xef
	markerCOM   = 0xfe
)

const (
	maxJPEGScans    = 100 // progressive encoders write 10 or so
	maxMPFBytes     = 4096
	maxMPFPictures  = 16
	jpegMalformed   = "has a malformed JPEG segment"
	jpegPlace       = "has a JPEG segment that is out of place"
	jpegUnsupported = "is coded in a way of JPEG that browsers do not show"
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (g *JPEG) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole picture, and the fault, an *Error, if not. The stream must
// have ended.
func (g *JPEG) Verdict() error { return g.verdict(g) }

func (g *JPEG) end() {
	switch {
	case g.state != jpegEnded && g.state != jpegNext:
		g.cutOff()
	case len(g.trailer.bytes) > 0 && !g.trailer.whole():
		g.failAt(CodeTrailing, behindEnd, g.trailer.start)
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
	case jpegNext:
		g.next(p[0])
	case jpegMarker:
		if p[0] != 0xff {
			g.fail(CodeDamaged, "has bytes between JPEG segments")
			return
		}
		g.mark(p[1], jpegMarkerFill)
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
	case markerSOF0 <= m && m <= markerSOF2, m == markerDHT, markerSOS <= m && m <= markerDRI && m != 0xdc,
		markerAPP0 <= m && m <= markerAPP15, m == markerCOM:
		g.expect(jpegLength, 2)
	case 0xc0 < m && m < 0xd0, m == 0xdc:
		g.fail(CodeUnsupported, jpegUnsupported)
	default:
		g.fail(CodeDamaged, jpegPlace)
	}
}

// segment judges what follows the marker of a segment.
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
	case jpegApp2:
		g.expect(jpegMarker, 2)
		if string(p) == "MPF\x00" && !g.second && g.length > 4 && g.length <= maxMPFBytes {
			g.expect(jpegMPF, int(g.length)-len(p))
			return
		}
		g.pass(g.length - int64(len(p)))
	case jpegMPF:
		g.further = mpfPictures(p) - 1
		g.expect(jpegMarker, 2)
	case jpegEnded:
		g.behind(p[0])
	}
}

// begin chooses how the data of a segment is read.
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
	case m == markerAPP2 && length > 4:
		g.expect(jpegApp2, 4)
	default:
		g.pass(length)
		g.expect(jpegMarker, 2)
	}
}

// frame judges a frame header: size, precision and components.
func (g *JPEG) frame(p []byte) {
	g.framed = true
	g.parts = int(p[5])
	if len(p) != 6+3*g.parts {
		g.fail(CodeDamaged, jpegMalformed)
		return
	}
	if p[0] != 8 || !g.sampled(p[6:]) {
		g.fail(CodeUnsupported, jpegUnsupported)
	}
	g.refuse(g.Limits.size(int64(binary.BigEndian.Uint16(p[3:])), int64(binary.BigEndian.Uint16(p[1:]))))
}
