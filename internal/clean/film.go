package clean

import "encoding/binary"

// movie keeps the boxes that say how picture and sound of a film are to be played, and media data.
// Other boxes become free space. So do tracks of other kinds than handlersKept and handlersOfText
// describe, and their samples become zeros, also those that were handed on before the movie box.
//
// Media data to which no sample refers stays, and so do messages within coded pictures.
func movie(w *walk) {
	f := newFilm(w)
	f.boxes()
	if !f.movie || !f.media {
		f.fail("has no movie or no media data")
	}
}

// boxes walks the outermost boxes, to the end of the file. A film after a picture may also end
// before bytes that begin no box, which are held then.
func (f *film) boxes() {
	for {
		f.flush()
		n := f.tryMore(8)
		switch {
		case n == 0, f.embedded && f.over(f.front()):
			return
		case n < 8 && isZero(f.front()):
			return
		case n < 8:
			f.cutOff()
		case isZero(f.front()):
			f.blankRest()
			return
		case !isBoxType(f.front()[4:]):
			f.fail(filmMalformed)
		}
		f.outermost(f.begin(f.off, everything))
		f.begun = true
	}
}

// over reports whether the film has all its parts, and no further box begins in head.
func (f *film) over(head []byte) bool {
	return f.movie && f.media && (len(head) < 8 || !isBoxType(head[4:]))
}

// outermost walks a box that lies in no other.
func (f *film) outermost(b filmBox) {
	switch {
	case b.size == 0 && !b.is("mdat") && !b.is("moov"):
		f.fail(filmMalformed)
	case b.is("ftyp") && f.begun, b.is("moov") && f.movie, b.is("moof") && !f.movie:
		f.fail(filmMisplaced)
	}
	switch string(b.kind[:]) {
	case "ftyp", "styp":
		f.keep(min(b.left(f.walk), maxBrands))
		f.blank(b.left(f.walk))
	case "moov":
		f.movie = true
		f.inside(b.end, f.movieBox)
		f.settle()
		if !f.shown {
			f.fail("has neither picture nor sound")
		}
	case "moof":
		f.fragment(b)
	case "mdat", "imda":
		f.media = true
		f.samples(b)
	case "mfra":
		f.inside(b.end, f.listed("tfra", "mfro"))
	case "sidx", "ssix", "pdin":
		f.keep(b.left(f.walk))
	default:
		f.free(b)
	}
}

// movieBox walks a box of the movie box.
func (f *film) movieBox(b filmBox) {
	switch string(b.kind[:]) {
	case "mvhd":
		f.small(b, f.movieHeader)
	case "trak":
		f.track(b)
	case "mvex":
		f.inside(b.end, f.extends)
	case "pssh", "ctab":
		f.keep(b.left(f.walk))
	case "uuid":
		f.extended(b)
	case "cmov":
		f.fail("has a compressed movie box")
	case "rmra", "rmda", "rdrf":
		f.fail("is a list of movies elsewhere")
	case "meta":
		f.metadata(b)
	default:
		f.free(b)
	}
}

// movieHeader blanks the dates of a movie, and reads its duration.
func (f *film) movieHeader(p []byte) {
	if !undated(p, 8) {
		f.fail(filmMalformed)
	}
	var unit, n uint64
	if p[0] == 1 {
		unit, n = uint64(binary.BigEndian.Uint32(p[20:])), binary.BigEndian.Uint64(p[24:])
	} else {
		unit, n = uint64(binary.BigEndian.Uint32(p[12:])), uint64(binary.BigEndian.Uint32(p[16:]))
		if n == 1<<32-1 { // unknown
			n = 0
		}
	}
	if f.embedded {
		return // the facts are those of the picture
	}
	f.facts.Milliseconds = milliseconds(n, unit)
}

// extends walks a box about the fragments of a movie.
func (f *film) extends(b filmBox) {
	switch string(b.kind[:]) {
	case "mehd", "leva":
		f.keep(b.left(f.walk))
	case "trex":
		f.small(b, func(p []byte) {
			if len(p) < 20 {
				f.fail(filmMalformed)
			}
			f.trackOf(binary.BigEndian.Uint32(p[4:])).sampleSize = int64(binary.BigEndian.Uint32(p[16:]))
		})
	default:
		f.free(b)
	}
}
