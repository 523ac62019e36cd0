package inspect

import "encoding/binary"

func (g *PNG) fields(p []byte) {
	switch string(g.chunk[:]) {
	case "IHDR":
		g.imageHeader(p)
	case "acTL":
		g.animated = true
		g.announced = binary.BigEndian.Uint32(p)
		if g.announced == 0 {
			g.fail(CodeDamaged, pngAPNG)
		}
		g.refuse(g.count(g.Limits, int64(g.announced)))
	case "fcTL":
		g.frameControl(p)
	case "fdAT":
		g.next(p)
		if g.controls == 0 {
			g.fail(CodeDamaged, pngAPNG)
		}
	}
}

func (g *PNG) imageHeader(p []byte) {
	w, h := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
	g.width, g.height, g.depth, g.colour = int64(w), int64(h), p[8], p[9]
	if !pngDepths[g.colour&7][g.depth&31] || g.colour > 6 || g.depth > 16 || p[10] != 0 || p[11] != 0 || p[12] > 1 {
		g.fail(CodeDamaged, "has a PNG header with fields that PNG does not have")
	}
	g.refuse(g.Limits.size(g.width, g.height))
}

// pngDepths holds the bits per sample of each colour type.
var pngDepths = [8][32]bool{
	0: {1: true, 2: true, 4: true, 8: true, 16: true}, // grey
	2: {8: true, 16: true},                            // colour
	3: {1: true, 2: true, 4: true, 8: true},           // palette
	4: {8: true, 16: true},                            // grey and alpha
	6: {8: true, 16: true},                            // colour and alpha
}

// frameControl judges the header of an animation's frame, which lies within the picture.
func (g *PNG) frameControl(p []byte) {
	g.next(p)
	g.controls++
	w, h := int64(binary.BigEndian.Uint32(p[4:])), int64(binary.BigEndian.Uint32(p[8:]))
	x, y := int64(binary.BigEndian.Uint32(p[12:])), int64(binary.BigEndian.Uint32(p[16:]))
	if w == 0 || h == 0 || x+w > g.width || y+h > g.height || p[24] > 2 || p[25] > 1 || g.controls > g.announced {
		g.fail(CodeDamaged, pngAPNG)
	}
	g.refuse(g.paint(g.Limits, w, h))
}

// next judges the sequence number that fcTL and fdAT chunks begin with.
func (g *PNG) next(p []byte) {
	if binary.BigEndian.Uint32(p) != g.sequence {
		g.fail(CodeDamaged, pngAPNG)
	}
	g.sequence++
}
