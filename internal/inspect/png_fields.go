package inspect

import "encoding/binary"

const pngAPNG = "has a PNG animation with invalid frames"

// pngPicture is the description of the picture in the chunks of a PNG file.
type pngPicture struct {
	stream
	frames
	depth     byte
	colour    byte
	width     int64
	height    int64
	animated  bool   // there is an acTL chunk
	announced uint32 // frames, according to acTL
	controls  uint32 // frame control chunks, seen
	sequence  uint32 // number of the next fcTL or fdAT chunk
}

// fields judges the data of a chunk, or its beginning.
func (g *pngPicture) fields(chunk string, l Limits, p []byte) {
	switch chunk {
	case "IHDR":
		g.imageHeader(l, p)
	case "acTL":
		g.animated = true
		g.announced = binary.BigEndian.Uint32(p)
		if g.announced == 0 {
			g.fail(CodeDamaged, pngAPNG)
		}
		g.refuse(g.count(l, int64(g.announced)))
	case "fcTL":
		g.frameControl(l, p)
	case "fdAT":
		g.next(p)
		if g.controls == 0 {
			g.fail(CodeDamaged, pngAPNG)
		}
	}
}

func (g *pngPicture) imageHeader(l Limits, p []byte) {
	w, h := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
	g.width, g.height, g.depth, g.colour = int64(w), int64(h), p[8], p[9]
	if !pngDepths[g.colour&7][g.depth&31] || g.colour > 6 || g.depth > 16 || p[10] != 0 || p[11] != 0 || p[12] > 1 {
		g.fail(CodeDamaged, "has a PNG header with values that PNG does not have")
	}
	g.refuse(l.size(g.width, g.height))
}

// pngDepths holds the bits per sample of each colour type.
var pngDepths = [8][32]bool{
	0: {1: true, 2: true, 4: true, 8: true, 16: true}, // grey
	2: {8: true, 16: true},                            // colour
	3: {1: true, 2: true, 4: true, 8: true},           // palette
	4: {8: true, 16: true},                            // grey and alpha
	6: {8: true, 16: true},                            // colour and alpha
}

// frameControl judges the header of an animation's frame, which must lie within the picture.
func (g *pngPicture) frameControl(l Limits, p []byte) {
	g.next(p)
	g.controls++
	w, h := int64(binary.BigEndian.Uint32(p[4:])), int64(binary.BigEndian.Uint32(p[8:]))
	x, y := int64(binary.BigEndian.Uint32(p[12:])), int64(binary.BigEndian.Uint32(p[16:]))
	if w == 0 || h == 0 || x+w > g.width || y+h > g.height || p[24] > 2 || p[25] > 1 || g.controls > g.announced {
		g.fail(CodeDamaged, pngAPNG)
	}
	g.refuse(g.paint(l, w, h))
}

// next judges the sequence number at the front of fcTL and fdAT chunks.
func (g *pngPicture) next(p []byte) {
	if binary.BigEndian.Uint32(p) != g.sequence {
		g.fail(CodeDamaged, pngAPNG)
	}
	g.sequence++
}
