package clean

import "slices"

// maxExtents is the number of pieces in which the data of all items may lie.
const maxExtents = 16 << 10

// heifData finds and cleans the data of the items of a metadata box.
type heifData struct {
	*heifMedia
	list, places, idat []byte // the boxes with the items, with the places of their data, and with data
	items              heifItems
	exif               bool     // an item with Exif is kept
	inFile, inMeta     []extent // data of items, in the file and in idat
}

// find cleans the lists of items and of their places.
func (d *heifData) find() {
	if d.list != nil {
		d.items = d.itemsOf(d.list)
		d.inFile = make([]extent, 0, len(d.items))
	}
	if d.places != nil {
		d.eachPlace(d.places, d.place)
	}
}

// place decides about the data of an item: pictures are kept, and Exif and XMP only if they are in
// one piece, which is in the metadata box or still to come. Of such items with Exif only the first
// is kept. The places of items that are not kept become zeros.
func (d *heifData) place(p *heifPlace) {
	item := d.items.of(p.id)
	if item == nil {
		item = &heifItem{}
	}
	if item.placed {
		d.fail("has an item with two places")
	}
	item.placed = true
	ahead := p.whole() && len(p.extents) == 1 && (p.how == heifInMeta || p.extents[0].from >= d.pos())
	switch {
	case item.use == heifPicture && !p.whole(),
		item.use == heifJPEG && !(ahead && p.how == heifInFile):
		d.fail("has a picture whose place is not clear")
	case item.use == heifExif && (!ahead || d.exif), item.use == heifXMP && !ahead:
		item.forget()
	}
	d.exif = d.exif || item.use == heifExif
	if d.note(p, item.use); item.use == heifNothing {
		p.forget()
	}
}

// note keeps the extents of an item.
func (d *heifData) note(p *heifPlace, use heifUse) {
	if len(d.inFile)+len(d.inMeta)+len(p.extents) > maxExtents {
		d.fail("has too many pieces of data")
	}
	d.afford(sortedMemory * len(p.extents))
	for _, e := range p.extents {
		if e.use = use; p.how == heifInMeta {
			d.inMeta = append(d.inMeta, e)
		} else if p.how == heifInFile && e.from < e.to {
			d.inFile = append(d.inFile, e)
		}
	}
}

// inside cleans the data within the metadata box.
func (d *heifData) inside() {
	at := int64(0)
	for _, e := range d.order(d.inMeta) {
		switch {
		case e.use == heifNothing:
			continue
		case e.to > int64(len(d.idat)):
			d.fail(heifOutside)
		}
		switch data := d.idat[e.from:e.to]; e.use {
		case heifExif:
			heifBlock(data)
		case heifXMP:
			d.packet(data)
		case heifNothing, heifPicture, heifJPEG:
		}
		clear(d.idat[at:e.from])
		at = e.to
	}
	clear(d.idat[at:])
}

// ahead notes the extents of the file that are still to come, and blanks those that have passed and
// are not kept.
func (d *heifData) ahead() {
	all, others := d.order(d.inFile), d.extents
	d.extents = all[:0]
	for _, e := range all {
		passed := e.from < d.pos()
		if e.use != heifNothing && (passed || d.sequence) {
			d.kept = append(d.kept, e)
		}
		switch {
		case e.use == heifNothing:
			d.blankPassed(e)
			d.extents = append(d.extents, e)
		case !passed:
			d.extents = append(d.extents, e)
		case !slices.ContainsFunc(d.before, func(media span) bool { return media.start <= e.from && e.to <= media.end }):
			d.fail(heifOutside)
		}
	}
	if others != nil { // of an image sequence
		d.extents = d.order(append(d.extents, others...))
	}
}

func (d *heifData) blankPassed(e extent) {
	for _, media := range d.before {
		from, to := max(e.from, media.start), min(e.to, media.end)
		if from < to {
			d.late(from, to-from)
		}
	}
}
