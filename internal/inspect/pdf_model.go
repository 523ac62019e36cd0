package inspect

import "encoding/binary"

// pdfModel walks a model in U3D (ECMA-363). It passes if all its blocks have types that name no
// other file. A file reference names one, a texture may, and a new type of objects needs an
// extension of the viewer.
//
// A chain of modifiers holds its own blocks, which are walked like the others, but no other chain.
// Its name must be printable ASCII, since viewers measure it after decoding it.
type pdfModel struct {
	off   int64
	part  modelPart
	field [12]byte
	have  int   // bytes of the field that have come
	name  int64 // bytes of a chain's name that come before the field
	skip  int64 // bytes to skip before the field
	chain int64 // end of the current chain, 0 for none
	start int64 // offset of the chain's data
	bad   bool
}

// modelPart is a field that comes next.
type modelPart uint8

const (
	modelBlock modelPart = iota // its type, the size of its data, and the size of its metadata
	modelName                   // the length of a chain's name
	modelChain                  // the type of a chain, and which bounds it has
)

var modelSizes = [...]int{modelBlock: 12, modelName: 2, modelChain: 8}

const (
	u3dHeader = 0x00443355
	u3dChain  = 0xffffff14
)

// u3dTypes are the types of blocks that pass, in addition to the header and chains.
var u3dTypes = map[uint32]bool{
	0xffffff15: true,                                                       // priority
	0xffffff21: true, 0xffffff22: true, 0xffffff23: true, 0xffffff24: true, // nodes: group, model, light, view
	0xffffff31: true, 0xffffff3b: true, 0xffffff3c: true, // meshes
	0xffffff36: true, 0xffffff3e: true, 0xffffff37: true, 0xffffff3f: true, // points and lines
	0xffffff41: true, 0xffffff42: true, 0xffffff43: true, 0xffffff44: true, 0xffffff45: true, 0xffffff46: true, // modifiers
	0xffffff51: true, 0xffffff52: true, 0xffffff53: true, 0xffffff54: true, 0xffffff56: true, // light, view, shader, material, motion
}

func (m *pdfModel) read(p []byte) {
	for len(p) > 0 && !m.bad {
		n := 0
		switch {
		case m.name > 0:
			n = int(min(m.name, int64(len(p))))
			m.name -= int64(n)
			m.bad = !isPrintable(p[:n])
		case m.skip > 0:
			n = int(min(m.skip, int64(len(p))))
			m.skip -= int64(n)
		default:
			n = copy(m.field[m.have:modelSizes[m.part]], p)
			m.have += n
		}
		p = p[n:]
		m.off += int64(n)
		if m.have == modelSizes[m.part] {
			m.have = 0
			m.next()
		}
	}
}

func isPrintable(p []byte) bool {
	for _, c := range p {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// next reads a complete field.
func (m *pdfModel) next() {
	first, second := binary.LittleEndian.Uint32(m.field[:]), binary.LittleEndian.Uint32(m.field[4:])
	switch m.part {
	case modelBlock:
		m.block(first, int64(second), int64(binary.LittleEndian.Uint32(m.field[8:])))
	case modelName:
		m.name = int64(binary.LittleEndian.Uint16(m.field[:]))
		m.part = modelChain
	case modelChain:
		m.part = modelBlock
		m.skip = padded(m.off-m.start) - (m.off - m.start) + 4 // and the number of blocks
		if second&1 != 0 {
			m.skip += 16 // a sphere
		}
		if second&2 != 0 {
			m.skip += 24 // a box
		}
		m.bad = first > 1 || second > 3 || m.off+m.skip > m.chain // only chains of nodes and of models pass
	}
}

// block begins a block with data bytes of data, and said bytes of metadata after them.
func (m *pdfModel) block(kind uint32, data, said int64) {
	at := m.off - int64(len(m.field))
	if m.chain == at {
		m.chain = 0
	}
	end := m.off + padded(data) + padded(said)
	isChain := kind == u3dChain && m.chain == 0 && data%4 == 0 && said == 0
	switch {
	case (kind == u3dHeader) != (at == 0), m.chain != 0 && end > m.chain, kind != u3dHeader && !isChain && !u3dTypes[kind]:
		m.bad = true
	case isChain:
		m.chain, m.start, m.part = end, m.off, modelName
	default:
		m.skip = end - m.off
	}
}

// padded returns the size of a part of a block with the zeros after it.
func padded(n int64) int64 { return (n + 3) &^ 3 }

// whole reports whether the model passes. A line end may stand after it.
func (m *pdfModel) whole() bool {
	ended := m.off > int64(m.have) && m.part == modelBlock && m.name == 0 && m.skip == 0 && (m.chain == 0 || m.chain == m.off-int64(m.have))
	for _, c := range m.field[:m.have] {
		ended = ended && isEOL(c)
	}
	return ended && !m.bad && m.have <= len("\r\n")
}
