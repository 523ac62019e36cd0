package clean

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// heifMedia walks the media of a file, in which the data of its items and of its image sequence
// lies.
type heifMedia struct {
	*walk
	film      *film    // the image sequence
	sequence  bool     // there is one, or the type of the file announces one
	stills    bool     // media has passed of which only the data of items was kept
	described bool     // the metadata box has passed
	extents   []extent // data of items that is cleaned, kept or blanked, in the file's order
	kept      []extent // data of items that is kept, and has passed or may be a sequence's, too
	unclaimed []span   // media that has passed, belongs to no item, and is not zeros
	before    []span   // media that stood before the metadata box
}

// mdat keeps the data of items in a media box, and that of an image sequence.
func (f *heifMedia) mdat(b filmBox) {
	f.flush()
	f.film.media = true
	if f.described && !f.sequence {
		f.stills = true
	}
	if !f.described || !f.film.movie {
		f.passes(b)
	}
	for e, ok := f.next(b.end); ok; e, ok = f.next(b.end) {
		if !f.between(e.from) {
			f.cutOff()
		}
		f.data(e)
	}
	if !f.between(b.end) && b.size != 0 {
		f.cutOff()
	}
}

// between walks over media up to end that belongs to no item. It returns false if the file ends
// before. A movie may still come to which the media belongs.
func (f *heifMedia) between(end int64) bool {
	switch {
	case !f.described || f.film.movie:
		return f.film.upTo(end, nil)
	case !f.sequence:
		return f.film.upTo(end, f.clear)
	}
	start, silent := f.pos(), true
	more := f.film.upTo(end, func(p []byte) int {
		silent = silent && isZero(p)
		return len(p)
	})
	if !silent {
		f.afford(spanMemory)
		f.unclaimed = append(f.unclaimed, span{start, f.pos()})
	}
	return more
}

// hasPassed reports whether data of an item that is kept has been handed on, and overlaps with s.
func (f *heifMedia) hasPassed(s span) bool {
	at, _ := slices.BinarySearchFunc(f.kept, s.start, func(e extent, start int64) int { return cmp.Compare(e.to, start+1) })
	return at < len(f.kept) && f.kept[at].from < min(s.end, f.pos())
}

// passes notes media that passes before both the metadata and a movie have come.
func (f *heifMedia) passes(b filmBox) {
	if len(f.film.before)+len(f.before) >= maxFilmMedia {
		f.fail("has too many parts of media data")
	}
	if !f.film.movie {
		f.afford(spanMemory)
		f.film.before = append(f.film.before, span{f.pos(), b.end})
	}
	if !f.described {
		f.afford(spanMemory)
		f.before = append(f.before, span{f.pos(), b.end})
	}
}

// next returns the next extent up to end, or the part of it that lies before end.
func (f *heifMedia) next(end int64) (e extent, ok bool) {
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
func (f *heifMedia) data(e extent) {
	held := int(min(e.to-e.from, maxHeld))
	switch e.use {
	case heifExif:
		heifBlock(f.hold(held))
	case heifXMP:
		f.packet(f.hold(held))
	case heifJPEG:
		f.jpeg(e.to)
	case heifPicture:
		f.keep(e.to - e.from)
	case heifNothing:
	}
	f.blank(e.to - f.pos())
}

// jpeg cleans a JPEG file that must not reach beyond to.
func (f *heifMedia) jpeg(to int64) {
	if string(f.hold(2)) != "\xff\xd8" {
		f.fail("has an item that is not a JPEG image")
	}
	j := jpegFile{walk: f.walk, pictures: 1} // not the first, whose orientation counts
	if j.picture(); f.pos() > to {
		f.fail("has a JPEG image that goes on after its item")
	}
}

// heifBlock cleans the data of an Exif item: the offset of its block, and the block. A block that
// is too short becomes one without tags, if the data has room for that.
func heifBlock(b []byte) {
	if len(b) < 4 {
		clear(b)
		return
	}
	block := b[4:]
	if at := binary.BigEndian.Uint32(b); int64(at) > int64(len(block)) {
		clear(b[:4])
	} else if int(at) != len(exifMark) || !bytes.HasPrefix(block, []byte(exifMark)) {
		clear(block[:at])
		block = block[at:]
	}
	if exif(block) == 0 && len(b) >= 4+len(tiffEmpty) {
		clear(b[:4])
		copy(b[4:], tiffEmpty)
	}
}

// packet cleans the data of an XMP item. One that is too short for an empty packet, or comes after
// maxXMP others, becomes spaces.
func (f *heifMedia) packet(b []byte) {
	if f.xmp(b) {
		return
	}
	for i := range b {
		b[i] = ' '
	}
}
