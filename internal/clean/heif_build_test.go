package clean_test

import "strings"

const (
	typeHEIC  = "image/heic"
	isRDF     = "application/rdf+xml\x00"
	coded     = "pixels of a picture, which no test decodes"
	ispeSize  = "ispe\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x0c" // 20 x 12
	hvcConfig = "hvcC\x01decoder"
)

// heifItem is an item of a file. Its ID is its place in the list, from 1 on.
type heifItem struct {
	kind, words string   // its type, and what stands after it
	pieces      []string // of its data
	how         int      // 0 for the file, 1 for its metadata box
	lost        bool     // its place is zeros
	gap         string   // before its data
	has         []int    // properties, with 0x80 for an essential one
}

// heifFile is a file made of items.
type heifFile struct {
	items      []heifItem
	properties []string
	relations  []string
	more       []string // further boxes in the metadata box
	first      []string // boxes after the metadata box
	last       string   // bytes after all boxes
	late       bool     // the metadata box follows the media
}

// bytes returns the file.
func (f heifFile) bytes() []byte {
	head := atom("ftyp", "heic", n32(0), "mif1heic")
	at := len(head)
	first := strings.Join(f.first, "")
	if !f.late {
		at += len(f.meta(0)) + len(first)
	}
	media := atom("mdat", f.media(0))
	parts := []string{head, f.meta(at + 8), first, media, f.last}
	if f.late {
		parts = []string{head, media, f.meta(at + 8), first, f.last}
	}
	return []byte(strings.Join(parts, ""))
}

// media returns the data of items in the file, or in their metadata box.
func (f heifFile) media(how int) (all string) {
	for _, i := range f.items {
		if i.how == how {
			all += i.gap + strings.Join(i.pieces, "")
		}
	}
	return all
}

// meta returns the metadata box of a file whose media begins at an offset.
func (f heifFile) meta(at int) string {
	var entries, places, has string
	offsets := map[int]int{0: at}
	for i, item := range f.items {
		entries += atom("infe", "\x02\x00\x00\x00", n16(i+1), n16(0), item.kind, item.words)
		places += n16(i+1) + n16(item.place(item.how)) + n16(0) + n32(0) + n16(len(item.pieces))
		offsets[item.how] += len(item.gap)
		for _, piece := range item.pieces {
			places += n32(item.place(offsets[item.how])) + n32(item.place(len(piece)))
			offsets[item.how] += len(piece)
		}
		has += n16(i+1) + string([]byte{byte(len(item.has))})
		for _, n := range item.has {
			has += string([]byte{byte(n)})
		}
	}
	boxes := make([]string, len(f.properties))
	for i, p := range f.properties {
		boxes[i] = atom(p[:4], p[4:])
	}
	full := "\x00\x00\x00\x00"
	return atom("meta", full, atom("hdlr", full, n32(0), "pict", zeros(13)), atom("pitm", full, n16(1)),
		atom("iloc", "\x01\x00\x00\x00\x44\x40", n16(len(f.items)), places),
		atom("iinf", full, n16(len(f.items)), entries), atom("iref", full, strings.Join(f.relations, "")),
		atom("iprp", atom("ipco", boxes...), atom("ipma", full, n32(len(f.items)), has)),
		atom("idat", f.media(1)), strings.Join(f.more, ""))
}

// place returns n, and 0 for an item whose place is zeros.
func (i heifItem) place(n int) int {
	if i.lost {
		return 0
	}
	return n
}
