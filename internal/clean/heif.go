package clean

import (
	"encoding/binary"
	"slices"
)

// heifFile walks the boxes of a High Efficiency Image File (ISO/IEC 23008-12).
type heifFile struct{ heifMedia }

// heifSequences are the brands of files with image sequences.
var heifSequences = []string{"msf1", "avis", "hevc", "hevx", "avcs", "vvis"}

// heif keeps the pictures of a file and what shows them: their items, with the properties that
// decoders need, their relations and their data. The first Exif item is rewritten, see exif. XMP
// keeps what is listed, see xmp. Exif and XMP in pieces are blanked whole. Other items lose type,
// name, place and data. Other properties and boxes become free boxes of zeros. Media without an
// item becomes zeros, unless the file has an image sequence. If the metadata follows the media,
// Exif and XMP in the media are blanked whole, and media without an item stays. An image sequence
// keeps the same as a film, see the function movie. Bytes after the last box become zeros.
func heif(w *walk) {
	f := &heifFile{heifMedia{walk: w, film: newFilm(w)}}
	w.hold(8)
	if string(w.held()[4:]) != "ftyp" {
		w.fail("is not a HEIF image")
	}
	f.brands(f.film.begin(0, everything))
	for f.goesOn() {
		f.box(f.film.begin(f.off, everything))
	}
	missing := slices.ContainsFunc(f.extents, func(e extent) bool { return e.use != heifNothing })
	switch {
	case missing, !f.described && !f.film.movie:
		f.cutOff()
	case !f.described && !f.film.media:
		f.fail("has an image sequence without media")
	}
	for _, s := range f.unclaimed {
		if !f.film.movie {
			f.late(s.start, s.end-s.start)
		}
	}
}

// brands keeps the first maxBrands bytes of the file's type, and blanks the rest.
func (f *heifFile) brands(b filmBox) {
	if b.size == 0 {
		f.fail(filmMalformed)
	}
	f.more(min(b.left(f.walk), maxBrands))
	f.sequence = announcesSequence(f.held())
	f.flush()
	f.film.blankTo(b.end)
}

// announcesSequence reports whether the type of a file, at the front of head, has a brand of image
// sequences.
func announcesSequence(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	size := max(8, int64(binary.BigEndian.Uint32(head)))
	for b := head[8:min(size, int64(len(head)))]; len(b) >= 4; b = b[4:] {
		if slices.Contains(heifSequences, string(b[:4])) {
			return true
		}
	}
	return false
}

// goesOn looks at the beginning of the next box. It returns false if no box follows: at the end,
// and before zeros and what Samsung phones write after their pictures, which is XMP as text or the
// trailer of their JPEG files.
func (f *heifFile) goesOn() bool {
	head := f.tryLook(8)
	switch {
	case isZero(head):
		return false
	case len(head) < 8:
		f.cutOff()
	case string(head) == "<x:xmpme", string(head) == "<?xpacke",
		head[0] == 0 && head[1] == 0 && head[2] > 0 && !isBoxType(head[4:]):
		clear(f.held())
		return false
	case !isBoxType(head[4:]):
		f.fail(filmMalformed)
	}
	return true
}

// box walks over a box of the file.
func (f *heifFile) box(b filmBox) {
	switch {
	case b.is("ftyp"), b.size == 0 && !b.is("mdat") && !b.is("moov"):
		f.fail(filmMisplaced)
	case b.is("moof"):
		f.fail("is an image sequence in fragments")
	case b.is("moov"):
		f.movie(b)
	case b.is("mdat"):
		f.mdat(b)
	case b.is("meta") && !f.described:
		f.meta(f.more(b.left(f.walk)))
	default:
		f.film.free(b)
	}
}

// movie cleans an image sequence.
func (f *heifFile) movie(b filmBox) {
	if f.stills {
		f.fail("has an image sequence that its type does not announce")
	}
	f.sequence = true
	f.facts.Frames = 0
	f.film.outermost(b)
	f.facts.Frames = max(1, f.facts.Frames)
	f.afford(sortedMemory * len(f.film.dropped))
	for _, s := range f.film.dropped {
		if f.hasPassed(s) {
			f.fail(heifShared)
		}
		f.extents = append(f.extents, extent{s.start, s.end, heifNothing})
	}
	f.extents = f.order(f.extents)
}
