package clean

import "slices"

// The ways in which the place of an item's data is given (ISO/IEC 14496-12, 8.11.3).
const (
	heifInFile = 0
	heifInMeta = 1 // in its idat box
)

// maxExtents is the number of pieces in which the data of all items may lie.
const maxExtents = 16 << 10

// places cleans the places of items' data. Those of items that are not kept become zeros.
func (m *heifMeta) places() {
	if m.loca == nil {
		return
	}
	f := m.fields(m.loca)
	sizes := f.number(2)
	p := heifPlaces{idSize: 2, offset: int(sizes >> 12), length: int(sizes >> 8 & 15), base: int(sizes >> 4 & 15)}
	if f.version > 0 {
		p.method, p.index = 2, int(sizes&15)
	}
	if f.version > 1 {
		p.idSize = 4
	}
	if max(p.offset, p.length, p.base, p.index) > 8 {
		m.fail(heifBadMeta)
	}
	for range f.number(p.idSize) {
		p.read(f)
		m.place(p)
	}
	clear(f.rest)
}

// heifPlaces are the sizes of the fields of a place, and the place that was read last.
type heifPlaces struct {
	idSize, method, base, index, offset, length int

	id      uint32
	how     uint64
	extents []extent // of no length if they are malformed
	fields  []byte   // all fields but the ID
	counted int      // the bytes of fields before the extents, with their number
}

// read reads the next place.
func (p *heifPlaces) read(f *heifFields) {
	p.id = uint32(f.number(p.idSize)) //nolint:gosec // its size
	p.fields, p.extents = f.rest, nil
	p.how = f.number(p.method) & 15
	f.number(2) // of the file
	base := f.number(p.base)
	count := f.number(2)
	p.counted = len(p.fields) - len(f.rest)
	if count > 1 && p.offset+p.length == 0 {
		f.fail(heifBadMeta)
	}
	for range count {
		f.number(p.index)
		from, length := base+f.number(p.offset), f.number(p.length)
		if from > everything || length > everything-from {
			length = 0
		}
		p.extents = append(p.extents, extent{from: int64(min(from, everything)), to: int64(min(from, everything) + length)}) //nolint:gosec // limited
	}
	p.fields = p.fields[:len(p.fields)-len(f.rest)]
}

// whole reports whether all data has a place, and a length.
func (p *heifPlaces) whole() bool {
	return p.how <= heifInMeta && !slices.ContainsFunc(p.extents, func(e extent) bool { return e.to == e.from })
}

// forget makes zeros of the place, except for the number of its pieces.
func (p *heifPlaces) forget() {
	clear(p.fields[:p.counted-2])
	clear(p.fields[p.counted:])
}

// place decides about the data of an item: pictures are kept, and others only if they are in one
// piece that is still to come.
func (m *heifMeta) place(p heifPlaces) {
	item := m.items[p.id]
	if item == nil {
		item = &heifItem{}
	}
	if item.placed {
		m.fail("has an item with two places")
	}
	item.placed = true
	ahead := p.whole() && len(p.extents) == 1 && (p.how == heifInMeta || p.extents[0].from >= m.pos())
	switch {
	case item.use == heifPicture && !p.whole(),
		item.use == heifJPEG && !(ahead && p.how == heifInFile):
		m.fail("has a picture whose place is not clear")
	case item.use == heifExif && (!ahead || m.exif), item.use == heifXMP && !ahead:
		item.forget()
	}
	m.exif = m.exif || item.use == heifExif
	if len(m.inFile)+len(m.inMeta)+len(p.extents) > maxExtents {
		m.fail("has too many pieces of data")
	}
	for _, e := range p.extents {
		if e.use = item.use; p.how == heifInMeta {
			m.inMeta = append(m.inMeta, e)
		} else if p.how == heifInFile && e.from < e.to {
			m.inFile = append(m.inFile, e)
		}
	}
	if item.use == heifNothing {
		p.forget()
	}
}

// inside cleans the data within the metadata box.
func (m *heifMeta) inside() {
	at := int64(0)
	for _, e := range m.order(m.inMeta) {
		if e.to > int64(len(m.idat)) {
			if e.use == heifNothing {
				continue
			}
			m.fail(heifOutside)
		}
		data := m.idat[e.from:e.to]
		switch e.use {
		case heifExif:
			heifBlock(data)
		case heifXMP:
			heifPacket(data)
		case heifNothing, heifJPEG:
			clear(data)
		case heifPicture:
		}
		clear(m.idat[at:e.from])
		at = e.to
	}
	clear(m.idat[at:])
}

// ahead notes the extents of the file that are still to come, and blanks those that have passed and
// are not kept.
func (m *heifMeta) ahead() {
	for _, e := range m.order(m.inFile) {
		switch {
		case e.use == heifNothing:
			m.blankPassed(e)
			m.extents = append(m.extents, e)
		case e.from >= m.pos():
			m.extents = append(m.extents, e)
		case !slices.ContainsFunc(m.media, func(media span) bool { return media.start <= e.from && e.to <= media.end }):
			m.fail(heifOutside)
		}
	}
	m.extents = m.order(m.extents)
}

func (m *heifMeta) blankPassed(e extent) {
	for _, media := range m.media {
		from, to := max(e.from, media.start), min(e.to, media.end)
		if from < to {
			m.late(from, to-from)
		}
	}
}
