package inspect

import "math/bits"

// ebml reads the headers of EBML elements (RFC 8794): an identifier of 1 to 4 bytes and a size of 1
// to 8, whose first bytes give their lengths. Formats embed it.
type ebml struct {
	stream
	id   uint32
	size int64 // of the content, or unknownSize
}

// The pieces of an element's header; formats number their own pieces from ebmlPieces.
const (
	ebmlID   = 1 + iota // the first byte of the identifier
	ebmlSize            // the rest of the identifier, and the first byte of the size
	ebmlSizeRest
	ebmlPieces
)

const (
	ebmlHeader        = 0x1a45dfa3
	ebmlDocType       = 0x4282
	ebmlMaxIDLength   = 0x42f2
	ebmlMaxSizeLength = 0x42f3
	ebmlVoid          = 0xec
	ebmlCRC           = 0xbf
)

const unknownSize = -1

// header judges the pieces of a header. ready means that id and size are those of a new element.
func (e *ebml) header(p []byte) (ready bool) {
	switch e.state {
	case 0:
		e.expect(ebmlID, 1)
	case ebmlID:
		e.id = uint32(p[0])
		if p[0] < 0x10 {
			e.fail(CodeDamaged, "has no Matroska element")
			return false
		}
		e.expect(ebmlSize, 1+bits.LeadingZeros8(p[0]))
	case ebmlSize:
		last := len(p) - 1
		for _, c := range p[:last] {
			e.id = e.id<<8 | uint32(c)
		}
		n := bits.LeadingZeros8(p[last])
		if n == 8 {
			e.fail(CodeDamaged, "has a Matroska element without a size")
			return false
		}
		e.size = int64(p[last] & (0x7f >> n))
		if n == 0 {
			e.size = sizeOf(e.size, 1)
			return true
		}
		e.expect(ebmlSizeRest, n)
	case ebmlSizeRest:
		for _, c := range p {
			e.size = e.size<<8 | int64(c)
		}
		e.size = sizeOf(e.size, 1+len(p))
		return true
	}
	return false
}

// sizeOf returns the meaning of a size with that many bytes: all ones make it unknown.
func sizeOf(size int64, length int) int64 {
	if size == 1<<(7*length)-1 {
		return unknownSize
	}
	return size
}

// nextElement cuts the first element off p, which is not empty. It reports whether the element's
// header is valid, its size is known, and p has all of it.
func nextElement(p []byte) (id uint32, content, rest []byte, ok bool) {
	n := 1 + bits.LeadingZeros8(p[0])
	if n > 4 || len(p) <= n {
		return 0, nil, nil, false
	}
	for _, c := range p[:n] {
		id = id<<8 | uint32(c)
	}
	p = p[n:]
	n = 1 + bits.LeadingZeros8(p[0])
	if n > 8 || len(p) < n {
		return 0, nil, nil, false
	}
	size := int64(p[0]) & (0xff >> n)
	for _, c := range p[1:n] {
		size = size<<8 | int64(c)
	}
	if p = p[n:]; sizeOf(size, n) == unknownSize || size > int64(len(p)) {
		return 0, nil, nil, false
	}
	return id, p[:size], p[size:], true
}
