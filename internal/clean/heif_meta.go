package clean

import "slices"

// heifMeta is a metadata box that is held.
type heifMeta struct {
	heifShown
	data heifData
}

// meta cleans the content of the metadata box.
func (f *heifMedia) meta(content []byte) {
	f.described = true
	m := &heifMeta{heifShown{walk: f.walk}, heifData{heifMedia: f}}
	m.eachBox(metaBoxes(content), m.child)
	m.associate()
	m.data.find()
	m.data.inside()
	m.data.ahead()
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
		m.item(content)
	case "iinf":
		m.once(&m.data.list, content)
	case "iloc":
		m.once(&m.data.places, content)
	case "idat":
		m.once(&m.data.idat, content)
	case "iprp":
		m.eachBox(content, m.property)
	case "iref":
		m.relations(content)
	case "grpl":
		m.eachBox(content, m.group)
	case "dinf":
		m.eachBox(content, m.sources)
	default:
		freed(whole, len(whole))
	}
}

// once notes a box of which there may be at most one. Readers disagree about which of two counts.
func (m *heifMeta) once(box *[]byte, content []byte) {
	if *box != nil {
		m.fail(heifTwice)
	}
	*box = content
}

// heifReferences are the relations of items that are kept (ISO/IEC 23008-12; ISO/IEC 14496-12,
// 8.11.12).
var heifReferences = []string{"thmb", "auxl", "cdsc", "dimg", "base", "prem", "tbas", "exbl", "pred", "dpnd", "mask", "iloc"}

// relations cleans the relations of items. It keeps the IDs of the items, also in a relation that
// becomes free space.
func (m *heifMeta) relations(content []byte) {
	f := m.fieldsOf(content)
	idSize := 2
	if f.version > 0 {
		idSize = 4
	}
	m.eachBox(f.rest, func(kind string, whole, content []byte) {
		f := heldFields{walk: m.walk, rest: content}
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

// group cleans a group of items. It keeps the groups that say which of their items to show.
func (m *heifMeta) group(kind string, whole, content []byte) {
	if kind != "altr" && kind != "ster" && kind != "eqiv" {
		freed(whole, len(whole))
		return
	}
	f := m.fieldsOf(content)
	f.number(4) // its ID
	for range f.number(4) {
		f.number(4)
	}
	clear(f.rest)
}

// sources cleans the list of files with the data of items. The inspector refuses other files than
// this one, which needs no address.
func (m *heifMeta) sources(kind string, whole, content []byte) {
	if kind != "dref" {
		freed(whole, len(whole))
		return
	}
	f := m.fieldsOf(content)
	f.number(4) // of entries
	m.eachBox(f.rest, func(kind string, whole, content []byte) {
		if kind != "url " && kind != "urn " {
			copy(whole[4:], "url ")
		}
		clear(m.fieldsOf(content).rest)
	})
}
