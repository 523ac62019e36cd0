package clean

import (
	"bytes"
	"slices"
)

// heifPictures are the types of items that are pictures: coded ones, and those that are composed of
// others.
var heifPictures = []string{
	"hvc1", "hev1", "lhv1", "hvt1", "avc1", "vvc1", "vvt1", "evc1", "evt1", "av01", "j2k1", "unci", "mski", "tili",
	"grid", "iovl", "iden", "tmap",
}

const heifXMPType = "application/rdf+xml\x00"

// heifBlank is the type of an item that was blanked. It has no place.
const heifBlank = "free"

// heifItem is an item of a metadata box.
type heifItem struct {
	use    heifUse
	entry  []byte // its type and what follows it, in the list of items
	placed bool   // it has a place
}

// forget blanks an entry.
func (i *heifItem) forget() {
	i.use = heifNothing
	if i.entry != nil {
		clear(i.entry[copy(i.entry, heifBlank):])
	}
}

// list cleans the list of items, and finds out what becomes of their data.
func (m *heifMeta) list() {
	if m.info == nil {
		return
	}
	f := m.fields(m.info)
	if f.version == 0 {
		f.number(2)
	} else {
		f.number(4)
	}
	m.each(f.rest, func(kind string, whole, content []byte) {
		if kind != "infe" {
			freed(whole, len(whole))
			return
		}
		id, item := m.item(content)
		if m.items[id] != nil {
			m.fail("has two items of one ID")
		}
		m.items[id] = item
	})
}

// item cleans the entry of an item. It takes names, and of a type of media what is not XMP.
func (m *heifMeta) item(content []byte) (id uint32, item *heifItem) {
	f := m.fields(content)
	idSize := 2
	if f.version > 2 {
		idSize = 4
	}
	id = uint32(f.number(idSize)) //nolint:gosec // its size
	f.number(2)                   // how it is protected
	if f.version < 2 {            // it has no type
		clear(f.rest)
		return id, &heifItem{}
	}
	if len(f.rest) < 4 {
		m.fail(heifBadMeta)
	}
	kind, words := string(f.rest[:4]), f.rest[4:]
	item = &heifItem{entry: f.rest}
	_, mime, _ := bytes.Cut(words, []byte("\x00")) // after the name
	isXMP := kind == "mime" && bytes.HasPrefix(mime, []byte(heifXMPType))
	clear(words)
	switch {
	case slices.Contains(heifPictures, kind):
		item.use = heifPicture
	case kind == "jpeg":
		item.use = heifJPEG
	case kind == "Exif":
		item.use = heifExif
	case isXMP:
		copy(words[1:], heifXMPType)
		item.use = heifXMP
	default:
		item.forget()
	}
	return id, item
}
