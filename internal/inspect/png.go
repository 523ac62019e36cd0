package inspect

import (
	"encoding/binary"
	"hash/crc32"
)

// PNG checks that a stream is one whole PNG or APNG picture (PNG Specification, third edition) and
// nothing else. The zero value is ready, with the default Limits.
//
// It accepts every depth and colour type of the specification, interlaced or not, and any ancillary
// chunk, of which it judges only those of transparency and animation. It refuses a wrong checksum,
// a critical or judged chunk out of order or with a wrong length, a second one where only one may
// be, and values of fields that the specification does not have. It refuses unknown critical
// chunks, a file that is cut off, and bytes after IEND. It refuses a picture or an animation's
// frames beyond Limits.
//
// It inflates neither pixels nor compressed text nor colour profiles. So it does not check whether
// the pixels would be as many as the header declares. It keeps at most 26 bytes. The standard
// library's png.DecodeConfig opens every accepted file.
type PNG struct {
	Limits Limits

	pngPicture
	chunk   pngChunk
	length  int64 // of the chunk's data
	crc     uint32
	stage   pngStage
	hasData bool // there are bytes of pixels
}

type pngChunk [4]byte

func (c pngChunk) critical() bool { return c[0]&0x20 == 0 }

// pngStage is the progress through the chunks that have an order.
type pngStage uint8

const (
	pngNothing pngStage = iota
	pngHasHeader
	pngHasPalette
	pngHasTransparency
	pngInPixels
	pngBehindPixels
)

// The pieces of a PNG file.
const (
	pngSignature = 1 + iota
	pngChunkHeader
	pngFields // of a chunk whose data is judged
	pngChecksum
)

const pngSignatureBytes = "\x89PNG\r\n\x1a\n"

const (
	pngOrder  = "has a misplaced PNG chunk"
	pngLength = "has a PNG chunk with a wrong length"
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (g *PNG) Write(p []byte) (int, error) { return g.write(g, p) }

// Verdict returns nil if all that was written is one whole picture, and the fault, an *Error, if
// not. The stream must have ended.
func (g *PNG) Verdict() error { return g.verdict(g) }

func (g *PNG) end() { g.cutOff() }

func (g *PNG) payload(p []byte) (int, bool) {
	g.crc = crc32.Update(g.crc, crc32.IEEETable, p)
	return len(p), true
}

func (g *PNG) piece(p []byte) {
	switch g.state {
	case 0:
		g.expect(pngSignature, len(pngSignatureBytes))
	case pngSignature:
		if string(p) != pngSignatureBytes {
			g.fail(CodeDamaged, "is not a PNG image")
			return
		}
		g.expect(pngChunkHeader, 8)
	case pngChunkHeader:
		g.header(p)
	case pngFields:
		g.crc = crc32.Update(g.crc, crc32.IEEETable, p)
		g.fields(string(g.chunk[:]), g.Limits, p)
		g.pass(g.length - int64(len(p)))
		g.expect(pngChecksum, 4)
	case pngChecksum:
		g.checksum(p)
	}
}

// header judges length and type of a chunk, and its place among the others.
func (g *PNG) header(p []byte) {
	g.length = int64(binary.BigEndian.Uint32(p))
	g.chunk = pngChunk(p[4:8])
	g.crc = crc32.ChecksumIEEE(p[4:8])
	switch {
	case !isPNGType(p[4:8]):
		g.fail(CodeDamaged, "has a PNG chunk without a type")
	case g.length > 1<<31-1:
		g.fail(CodeDamaged, pngLength)
	case !g.inOrder():
		g.fail(CodeDamaged, pngOrder)
	case !g.fits():
		g.fail(CodeDamaged, pngLength)
	}
	if n := pngFieldBytes(string(p[4:8])); n > 0 {
		g.expect(pngFields, n)
		return
	}
	g.pass(g.length)
	g.expect(pngChecksum, 4)
}

func isPNGType(p []byte) bool {
	for _, c := range p {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// pngFieldBytes returns the number of bytes of a chunk's data to look at.
func pngFieldBytes(chunk string) int {
	switch chunk {
	case "IHDR":
		return 13
	case "acTL":
		return 8
	case "fcTL":
		return 26
	case "fdAT":
		return 4
	}
	return 0
}

// inOrder reports whether the chunk may stand at its place, and records it.
func (g *PNG) inOrder() bool {
	if g.stage == pngNothing {
		g.stage = pngHasHeader
		return string(g.chunk[:]) == "IHDR"
	}
	paletted := g.colour == 3
	before := g.stage
	if before == pngInPixels {
		g.stage = pngBehindPixels
	}
	switch string(g.chunk[:]) {
	case "PLTE":
		g.stage = pngHasPalette
		return before == pngHasHeader && g.colour&2 != 0
	case "tRNS":
		g.stage = pngHasTransparency
		return g.colour&4 == 0 && (before == pngHasPalette || before == pngHasHeader && !paletted)
	case "IDAT":
		g.stage = pngInPixels
		g.hasData = g.hasData || g.length > 0
		return before <= pngInPixels && !(paletted && before == pngHasHeader)
	case "IEND":
		return before >= pngInPixels && g.hasData
	case "acTL":
		return before < pngInPixels && !g.animated
	case "fdAT":
		return before >= pngInPixels
	}
	return !g.chunk.critical()
}

// fits reports whether the type may have the length.
func (g *PNG) fits() bool {
	switch string(g.chunk[:]) {
	case "IHDR", "acTL", "fcTL":
		return g.length == int64(pngFieldBytes(string(g.chunk[:])))
	case "PLTE":
		return g.length > 0 && g.length%3 == 0 && g.length <= 3<<min(g.depth, 8)
	case "tRNS":
		return g.length <= 256 && g.colour == 3 || g.length == 2 && g.colour == 0 || g.length == 6 && g.colour == 2
	case "IEND":
		return g.length == 0
	case "fdAT":
		return g.length >= 4
	}
	return true
}

func (g *PNG) checksum(p []byte) {
	if binary.BigEndian.Uint32(p) != g.crc {
		g.fail(CodeDamaged, "has a PNG chunk with a wrong checksum")
	}
	if string(g.chunk[:]) != "IEND" {
		g.expect(pngChunkHeader, 8)
		return
	}
	if g.controls != g.announced {
		g.fail(CodeDamaged, pngAPNG)
	}
	g.finish()
}
