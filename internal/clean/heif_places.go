package clean

import "slices"

// The ways in which the place of an item's data is given (ISO/IEC 14496-12, 8.11.3).
const (
	heifInFile = 0
	heifInMeta = 1 // in its idat box
)

// heifPlace is the place of an item's data.
type heifPlace struct {
	sizes   heifPlaceSizes
	id      uint32
	how     uint64
	extents []extent // of no length if they are malformed; they change with the next place
	fields  []byte   // all fields except the ID
	counted int      // the bytes of fields before the extents, with their number
}

// heifPlaceSizes are the bytes of the fields of a place.
type heifPlaceSizes struct{ id, method, base, index, offset, length int }

// eachPlace reads a list of places.
func (w *walk) eachPlace(list []byte, see func(p *heifPlace)) {
	f := w.fieldsOf(list)
	packed := f.number(2)
	s := heifPlaceSizes{id: 2, offset: int(packed >> 12), length: int(packed >> 8 & 15), base: int(packed >> 4 & 15)}
	if f.version > 0 {
		s.method, s.index = 2, int(packed&15)
	}
	if f.version > 1 {
		s.id = 4
	}
	if max(s.offset, s.length, s.base, s.index) > 8 {
		w.fail(heifBadMeta)
	}
	p := &heifPlace{sizes: s}
	for range f.number(s.id) {
		p.read(&f)
		see(p)
	}
	clear(f.rest)
}

// read reads the next place.
func (p *heifPlace) read(f *heldFields) {
	s := p.sizes
	p.id = f.id(s.id)
	p.fields, p.extents = f.rest, p.extents[:0]
	p.how = f.number(s.method) & 15
	f.number(2) // of the file
	base := f.number(s.base)
	count := f.number(2)
	p.counted = len(p.fields) - len(f.rest)
	if count > 1 && s.offset+s.length == 0 {
		f.fail(heifBadMeta)
	}
	f.afford(max(0, int(count)-cap(p.extents)) * extentMemory) //nolint:gosec // 16 bits
	for range count {
		f.number(s.index)
		from, length := base+f.number(s.offset), f.number(s.length)
		if from > everything || length > everything-from {
			from, length = everything, 0
		}
		p.extents = append(p.extents, extent{from: int64(from), to: int64(from + length)})
	}
	p.fields = p.fields[:len(p.fields)-len(f.rest)]
}

// whole reports whether all data has a place, and a length.
func (p *heifPlace) whole() bool {
	return p.how <= heifInMeta && !slices.ContainsFunc(p.extents, func(e extent) bool { return e.to == e.from })
}

// forget makes zeros of the place, except for the number of its pieces.
func (p *heifPlace) forget() {
	clear(p.fields[:p.counted-2])
	clear(p.fields[p.counted:])
}
