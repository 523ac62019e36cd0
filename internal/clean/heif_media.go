package clean

import (
	"cmp"
	"slices"
)

// extent is a span of a file, or of the data within its metadata box.
type extent struct {
	from, to int64
	use      heifUse
}

// heifUse says what becomes of data.
type heifUse uint8

const (
	heifNothing heifUse = iota // it is blanked
	heifPicture                // coded pixels, or how a picture is composed of others
	heifJPEG                   // a JPEG file
	heifExif
	heifXMP
)

const heifOutside = "has an item whose data is not in its media"

// order sorts extents, and joins those that overlap. It refuses data of two uses.
func (f *heifFile) order(extents []extent) []extent {
	slices.SortFunc(extents, func(a, b extent) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	joined := extents[:0]
	for _, e := range extents {
		last := len(joined) - 1
		switch {
		case last < 0 || e.from >= joined[last].to:
			joined = append(joined, e)
		case e.use != joined[last].use, e.use > heifPicture && e != joined[last]:
			f.fail("has an item that shares its data with another")
		default:
			joined[last].to = max(joined[last].to, e.to)
		}
	}
	return joined
}

// mdat keeps the data of items in a media box, and that of an image sequence.
func (f *heifFile) mdat(b filmBox) {
	f.flush()
	between := f.clear
	if f.described && !f.sequence {
		f.stills = true
	} else {
		between = nil
	}
	if !f.described || !f.film.movie {
		f.passes(b)
	}
	for e, ok := f.next(b.end); ok; e, ok = f.next(b.end) {
		f.each(e.from-f.pos(), between)
		f.data(e)
	}
	if !f.film.upTo(b.end, between) && b.size != 0 {
		f.cutOff()
	}
}

// passes notes media that passes before all that describes it is known.
func (f *heifFile) passes(b filmBox) {
	if len(f.film.before)+len(f.media) >= maxFilmMedia {
		f.fail("has too many parts of media data")
	}
	if !f.film.movie {
		f.film.before = append(f.film.before, span{f.pos(), b.end})
	}
	if !f.described {
		f.media = append(f.media, span{f.pos(), b.end})
	}
}

// next returns the next data with a use of its own that lies before end.
func (f *heifFile) next(end int64) (e extent, ok bool) {
	for len(f.extents) > 0 && f.extents[0].from < end {
		e = f.extents[0]
		if e.use != heifNothing && (e.from < f.pos() || e.to > end) {
			f.fail(heifOutside)
		}
		if f.extents[0].from = end; e.to <= end {
			f.extents = f.extents[1:]
		}
		e.from, e.to = max(e.from, f.pos()), min(e.to, end)
		if e.from < e.to {
			return e, true
		}
	}
	return extent{}, false
}

// data cleans the data of an item.
func (f *heifFile) data(e extent) {
	held := int(min(e.to-e.from, maxHeld))
	switch e.use {
	case heifExif:
		heifBlock(f.hold(held))
	case heifXMP:
		heifPacket(f.hold(held))
	case heifJPEG:
		f.jpeg(e.to)
	case heifPicture:
		f.keep(e.to - e.from)
	case heifNothing:
	}
	f.blank(e.to - f.pos())
}

// jpeg cleans a JPEG file that ends before to.
func (f *heifFile) jpeg(to int64) {
	if string(f.hold(2)) != "\xff\xd8" {
		f.fail("has an item that is not a JPEG image")
	}
	j := jpegFile{walk: f.walk, pictures: 1} // the orientation is not that of the first
	if j.picture(); f.pos() > to {
		f.fail("has a JPEG image that goes on after its item")
	}
}
