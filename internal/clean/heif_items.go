package clean

import (
	"bytes"
	"cmp"
	"slices"
)

// heifUse says what becomes of data.
type heifUse uint8

const (
	heifNothing heifUse = iota // it is blanked
	heifPicture                // coded pixels, or how a picture is composed of others
	heifJPEG                   // a JPEG file
	heifExif
	heifXMP
)

// heifPictures are the types of items that are pictures: coded ones, and those that are composed of
// others.
var heifPictures = []string{
	"hvc1", "hev1", "lhv1", "hvt1", "avc1", "vvc1", "vvt1", "evc1", "evt1", "av01", "j2k1", "unci", "mski", "tili",
	"grid", "iovl", "iden", "tmap",
}

const heifXMPType = "application/rdf+xml\x00"

// heifBlank is the type that a blanked item gets.
const heifBlank = "free"

// heifItems are the items of a metadata box that is held, in the order of their IDs.
type heifItems []heifItem

// of returns an item by its ID, or nil. It first looks where the item is if the IDs have no gaps.
func (h heifItems) of(id uint32) *heifItem {
	if len(h) > 0 && id >= h[0].id {
		if at := id - h[0].id; int64(at) < int64(len(h)) && h[at].id == id {
			return &h[at]
		}
	}
	at, found := slices.BinarySearchFunc(h, id, func(i heifItem, id uint32) int { return cmp.Compare(i.id, id) })
	if !found {
		return nil
	}
	return &h[at]
}

// heifItem is an item of a metadata box.
type heifItem struct {
	id     uint32
	use    heifUse
	entry  []byte // its type and what follows it, in the list of items
	placed bool   // heifData.place has read where its data is
}

const (
	itemMemory = 100 // bytes that are taken for an item and an extent of its data
	leastItem  = 16  // bytes of the shortest entry of an item
)

// forget blanks an entry.
func (i *heifItem) forget() {
	i.use = heifNothing
	if i.entry != nil {
		clear(i.entry[copy(i.entry, heifBlank):])
	}
}

// itemsOf cleans a list of items, and finds out what becomes of their data.
func (w *walk) itemsOf(list []byte) heifItems {
	f := w.fieldsOf(list)
	count := uint64(0)
	if f.version == 0 {
		count = f.number(2)
	} else {
		count = f.number(4)
	}
	most := min(count, uint64(len(f.rest)/leastItem))
	w.afford(int(most) * itemMemory) //nolint:gosec // of a box that is held
	items := make(heifItems, 0, most)
	w.eachBox(f.rest, func(kind string, whole, content []byte) {
		if kind != "infe" {
			freed(whole, len(whole))
			return
		}
		if len(items) >= int(most) { //nolint:gosec // as above
			w.afford(itemMemory)
		}
		items = append(items, w.itemOf(content))
	})
	slices.SortFunc(items, func(a, b heifItem) int { return cmp.Compare(a.id, b.id) })
	for i := range items {
		if i > 0 && items[i].id == items[i-1].id {
			w.fail("has two items of one ID")
		}
	}
	return items
}

// itemOf cleans the entry of an item. It removes names, and media types other than that of XMP.
func (w *walk) itemOf(content []byte) (item heifItem) {
	f := w.fieldsOf(content)
	idSize := 2
	if f.version > 2 {
		idSize = 4
	}
	item.id = f.id(idSize)
	f.number(2)        // how it is protected
	if f.version < 2 { // it has no type
		clear(f.rest)
		return item
	}
	if len(f.rest) < 4 {
		w.fail(heifBadMeta)
	}
	kind, words := string(f.rest[:4]), f.rest[4:]
	item.entry = f.rest
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
	return item
}
