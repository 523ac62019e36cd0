package clean

import (
	"encoding/binary"
	"slices"
)

// heifMeta is a metadata box that is held.
type heifMeta struct {
	*heifFile
	primary    uint32 // ID of the item that is shown
	info, loca []byte // the boxes with the items, and with the places of their data
	idat       []byte // data within the metadata box
	properties []heifProperty
	associated [][]byte // the boxes with the associations of items and properties
	items      map[uint32]*heifItem
	exif       bool     // an item with Exif is kept
	inFile     []extent // data of items
	inMeta     []extent // in idat
}

const heifBadMeta = "has a malformed metadata box"

// meta cleans the content of the metadata box.
func (f *heifFile) meta(b []byte) {
	f.described = true
	m := &heifMeta{heifFile: f, items: map[uint32]*heifItem{}}
	if len(b) >= 4 && binary.BigEndian.Uint32(b) == 0 { // version and flags, which QuickTime leaves out
		b = b[4:]
	}
	m.each(b, m.child)
	m.associate()
	m.list()
	m.places()
	m.inside()
	m.ahead()
}

// each walks over the boxes that fill b. see has the whole box, and its content.
func (m *heifMeta) each(b []byte, see func(kind string, whole, content []byte)) {
	for len(b) > 0 {
		whole, rest, ok := cutBox(b)
		if !ok {
			m.fail(filmMalformed)
		}
		see(string(whole[4:8]), whole, contentOf(whole))
		b = rest
	}
}

// cutBox cuts b after the box at its front, and returns false if that is not whole.
func cutBox(b []byte) (whole, rest []byte, ok bool) {
	if len(b) < 8 || !isBoxType(b[4:]) {
		return nil, nil, false
	}
	least, size := uint64(8), uint64(binary.BigEndian.Uint32(b))
	if size == 1 && len(b) >= 16 {
		least, size = 16, binary.BigEndian.Uint64(b[8:])
	}
	if size < least || size > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}

// heifFields reads the fields of a box from its front.
type heifFields struct {
	*heifMeta
	version byte
	flags   uint32
	rest    []byte // after the fields that were read
}

// fields returns the fields of a box after its version and flags.
func (m *heifMeta) fields(content []byte) *heifFields {
	f := &heifFields{heifMeta: m, rest: content}
	head := uint32(f.number(4)) //nolint:gosec // its size
	f.version, f.flags = byte(head>>24), head&0xffffff
	return f
}

// number reads a number of 0 to 8 bytes.
func (f *heifFields) number(size int) (n uint64) {
	if len(f.rest) < size {
		f.fail(heifBadMeta)
	}
	for _, b := range f.rest[:size] {
		n = n<<8 | uint64(b)
	}
	f.rest = f.rest[size:]
	return n
}

// child cleans a box of the metadata box.
func (m *heifMeta) child(kind string, whole, content []byte) {
	switch kind {
	case "hdlr":
		if len(content) > 12 {
			clear(content[4:8])
			clear(content[12:]) // after its type: reserved fields, and a name
		}
	case "pitm":
		m.once(m.primary != 0)
		m.shown(content)
	case "iinf":
		m.once(m.info != nil)
		m.info = content
	case "iloc":
		m.once(m.loca != nil)
		m.loca = content
	case "idat":
		m.once(m.idat != nil)
		m.idat = content
	case "iprp":
		m.once(m.properties != nil)
		m.each(content, m.property)
	case "iref":
		m.relations(content)
	case "grpl":
		m.each(content, m.group)
	case "dinf":
		m.each(content, m.sources)
	default:
		freed(whole, len(whole))
	}
}

// once refuses what readers understand in different ways.
func (m *heifMeta) once(again bool) {
	if again {
		m.fail("has two boxes in a metadata box of which it may have one")
	}
}

// shown reads which item is the primary one.
func (m *heifMeta) shown(content []byte) {
	f := m.fields(content)
	if f.version == 0 {
		m.primary = uint32(f.number(2)) //nolint:gosec // its size
	} else {
		m.primary = uint32(f.number(4)) //nolint:gosec // its size
	}
	clear(f.rest)
}

// heifReferences are the relations of items (ISO/IEC 23008-12; ISO/IEC 14496-12, 8.11.12).
var heifReferences = []string{"thmb", "auxl", "cdsc", "dimg", "base", "prem", "tbas", "exbl", "pred", "dpnd", "mask", "iloc"}

// relations cleans the relations of items. It keeps their IDs.
func (m *heifMeta) relations(content []byte) {
	f := m.fields(content)
	idSize := 2
	if f.version > 0 {
		idSize = 4
	}
	m.each(f.rest, func(kind string, whole, content []byte) {
		f := heifFields{heifMeta: m, rest: content}
		f.number(idSize)
		for range f.number(2) {
			f.number(idSize)
		}
		clear(f.rest)
		if !slices.Contains(heifReferences, kind) {
			copy(whole[4:], "free")
		}
	})
}

// group cleans a group of items. Kept are those that say which of them to show.
func (m *heifMeta) group(kind string, whole, content []byte) {
	if kind != "altr" && kind != "ster" && kind != "eqiv" {
		freed(whole, len(whole))
		return
	}
	f := m.fields(content)
	f.number(4) // its ID
	for range f.number(4) {
		f.number(4)
	}
	clear(f.rest)
}

// sources cleans the list of files with the data of items. The inspector has made sure that all are
// this file, which needs no address.
func (m *heifMeta) sources(kind string, whole, content []byte) {
	if kind != "dref" {
		freed(whole, len(whole))
		return
	}
	f := m.fields(content)
	f.number(4) // of entries
	m.each(f.rest, func(kind string, whole, content []byte) {
		if kind != "url " && kind != "urn " {
			copy(whole[4:], "url ")
		}
		clear(m.fields(content).rest)
	})
}
