package clean

// heifFile walks the boxes of a High Efficiency Image File (ISO/IEC 23008-12).
type heifFile struct {
	*walk
	described bool     // the metadata box has passed
	extents   []extent // of the items that are kept, in the file's order, without those that have passed
	media     []extent // the media that stood before the metadata box
}

// extent is a span of a file, or of the data within its metadata box.
type extent struct {
	from, to int64
	use      heifUse
}

// heifUse says what becomes of the data of an item.
type heifUse uint8

const (
	heifNothing heifUse = iota // it is blanked
	heifPicture                // coded pixels, or how a picture is composed of others
	heifJPEG                   // a JPEG file
	heifExif
	heifXMP
)

// maxHEIFMedia is the number of media boxes that may stand before the metadata box.
const maxHEIFMedia = 64

const heifOutside = "has an item whose data is not in its media"

// heif keeps the pictures of a file and what shows them: their items, with the properties that
// decoders need, their relations and their data. The first Exif item is written anew, see exif. XMP
// keeps its list, see xmp. Other items lose type, name, place and data. Other properties and boxes
// become free boxes of zeros, and the media has zeros wherever it has no item. What follows the last
// box becomes zeros.
func heif(w *walk) {
	f := &heifFile{walk: w}
	w.hold(boxHead)
	if x := w.box(everything); x.kind != "ftyp" || x.open() {
		w.fail("is not a HEIF image")
	} else {
		w.keep(x.size - int64(x.head))
	}
	for f.more() {
		f.box()
	}
	if len(f.extents) > 0 {
		f.fail(heifOutside)
	}
}

// more holds the beginning of the next box. It returns false if there is none: at the end, and
// before zeros and what Samsung phones write after their pictures, which is XMP as text or the
// trailer of their JPEG files.
func (f *heifFile) more() bool {
	head := f.tryHold(boxHead)
	switch {
	case isZero(head):
		return false
	case len(head) < boxHead:
		f.cutOff()
	case string(head) == "<x:xmpme", string(head) == "<?xpacke",
		head[0] == 0 && head[1] == 0 && head[2] > 0 && !isBoxType(string(head[4:])):
		clear(head)
		return false
	}
	return true
}

// box walks over a box of the file, whose header is held in part.
func (f *heifFile) box() {
	x := f.walk.box(everything)
	switch {
	case x.kind == "moov" || x.kind == "moof":
		f.fail("is an image sequence, which cannot be cleaned")
	case x.kind == "ftyp", x.open() && x.kind != "mdat":
		f.fail("has a misplaced box")
	case x.kind == "mdat":
		f.mdat(x)
	case x.kind == "meta" && !f.described && x.size <= maxHeld:
		f.meta(f.holdMore(int(x.size) - x.head)[x.head:])
	case x.kind == "meta" && !f.described:
		f.fail("has metadata that is too large to be looked into")
	default:
		f.free(x)
	}
}

// free makes a free box of zeros of a box whose header is held.
func (f *heifFile) free(x box) {
	if x.kind != "skip" {
		setKind(f.held, boxFree)
	}
	clear(f.held[x.head-len(x.uuid):])
	f.blank(x.size - int64(x.head))
}

// mdat keeps the data of items in a media box.
func (f *heifFile) mdat(x box) {
	from, to := f.off+int64(x.head), min(f.off+x.size, everything)
	if !f.described {
		if f.media = append(f.media, extent{from: from, to: to}); len(f.media) > maxHEIFMedia {
			f.fail("has too many media boxes")
		}
		if x.open() { // and what describes it is missing
			f.cutOff()
		}
		f.keep(to - from)
		return
	}
	for len(f.extents) > 0 && f.extents[0].from < to {
		e := f.extents[0]
		f.extents = f.extents[1:]
		if e.from < f.pos() || e.to > to {
			f.fail(heifOutside)
		}
		f.blank(e.from - f.pos())
		f.data(e)
	}
	if x.open() {
		f.blankRest()
		return
	}
	f.blank(to - f.pos())
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
