package clean_test

import (
	"encoding/binary"
	"strings"
)

const (
	typeHEIC  = "image/heic"
	isRDF     = "application/rdf+xml\x00"
	coded     = "pixels of a picture, which no test decodes"
	ispeSize  = "ispe\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x0c" // 20 x 12
	hvcConfig = "hvcC\x01decoder"
)

// boxOf returns a box of a type and what follows it.
func boxOf(kind string, content ...string) string {
	all := kind + strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(4+len(all)))) + all
}

// number returns a number of so many bytes.
func number(size, n int) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))[8-size:]) }

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
	more       []string // boxes of the metadata box
	first      []string // boxes before the media
	last       string   // what follows
	late       bool     // the metadata box follows the media
}

// bytes returns the file.
func (f heifFile) bytes() []byte {
	head := boxOf("ftyp", "heic", number(4, 0), "mif1heic")
	at := len(head)
	first := strings.Join(f.first, "")
	if !f.late {
		at += len(f.meta(0)) + len(first)
	}
	media := boxOf("mdat", f.media(0))
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
		entries += boxOf("infe", "\x02\x00\x00\x00", number(2, i+1), number(2, 0), item.kind, item.words)
		places += number(2, i+1) + number(2, item.place(item.how)) + number(2, 0) + number(4, 0) + number(2, len(item.pieces))
		offsets[item.how] += len(item.gap)
		for _, piece := range item.pieces {
			places += number(4, item.place(offsets[item.how])) + number(4, item.place(len(piece)))
			offsets[item.how] += len(piece)
		}
		has += number(2, i+1) + number(1, len(item.has))
		for _, n := range item.has {
			has += number(1, n)
		}
	}
	var boxes string
	for _, p := range f.properties {
		boxes += boxOf(p)
	}
	full := "\x00\x00\x00\x00"
	return boxOf("meta", full, boxOf("hdlr", full, number(4, 0), "pict", zeros(13)), boxOf("pitm", full, number(2, 1)),
		boxOf("iloc", "\x01\x00\x00\x00\x44\x40", number(2, len(f.items)), places),
		boxOf("iinf", full, number(2, len(f.items)), entries), boxOf("iref", full, strings.Join(f.relations, "")),
		boxOf("iprp", boxOf("ipco", boxes), boxOf("ipma", full, number(4, len(f.items)), has)),
		boxOf("idat", f.media(1)), strings.Join(f.more, ""))
}

// place returns n, and 0 for an item whose place is zeros.
func (i heifItem) place(n int) int {
	if i.lost {
		return 0
	}
	return n
}
