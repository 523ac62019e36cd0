package clean

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// handlersKept are the kinds of tracks that are always kept: picture, also depth and transparency,
// sound, picture with sound (MPEG), time code and closed captions.
var handlersKept = []string{"vide", "auxv", "pict", "soun", "MPEG", "tmcd", "clcp"}

// Cameras and drones write positions as subtitles. So a track of subtitles is kept only if the name
// of its handler is one that editors write.
var (
	handlersOfText = []string{"sbtl", "subt", "subp"}
	editorsOfText  = []string{"SubtitleHandler", "Core Media Subtitle", "Apple Subtitle Media Handler", "GPAC Streaming Text Handler"}
)

// track holds a track until the box that says of which kind it is. A track that is not kept becomes
// free space.
func (f *film) track(b filmBox) {
	t := &filmTrack{dropped: true}
	head := f.looked
	media, ok := f.find("mdia", b.end, func(box []byte) { f.trackPart(t, box) })
	if ok {
		handler, ok := f.find("hdlr", media.end, f.mediaPart)
		if ok {
			f.small(handler, func(p []byte) { t.dropped = !t.handled(p) })
		}
	}
	f.announce(t)
	if t.dropped {
		copy(f.held()[4:], "free")
		clear(f.held()[head:])
		if ok {
			f.drop(media.end)
		}
		f.inside(b.end, func(b filmBox) { // readers disagree about which of two boxes of media counts
			if b.is("mdia") {
				f.fail(filmMisplaced)
			}
			clear(f.held())
			f.flush()
			f.blankTo(b.end)
		})
		return
	}
	f.shown = true
	f.size(t)
	f.inside(media.end, func(b filmBox) { f.mediaBox(t, b) })
	f.inside(b.end, func(b filmBox) { f.trackBox(t, b) })
}

// announce notes under its number what becomes of a track, for its fragments.
func (f *film) announce(t *filmTrack) {
	if t.id == 0 {
		return
	}
	known := f.trackOf(t.id)
	known.headed = true
	known.dropped = known.dropped || t.dropped
}

// find holds the boxes up to the header of one of that kind, and calls each with those before it.
// They may not include the tables of a track's samples, which are too large to be held.
func (f *film) find(kind string, end int64, each func(box []byte)) (filmBox, bool) {
	for f.pos() < end {
		if end-f.pos() < 8 {
			clear(f.more(end - f.pos()))
			break
		}
		start := f.pos()
		if size := f.more(8)[:4]; isZero(size) {
			clear(f.held()[f.looked-8:])
			clear(f.more(end - f.pos()))
			break
		}
		b := f.begin(start, end)
		switch string(b.kind[:]) {
		case kind:
			return b, true
		case "minf":
			f.fail("has a track whose kind comes after its samples")
		}
		f.more(b.left(f.walk))
		each(f.held()[f.looked-int(b.end-b.start):])
	}
	return filmBox{}, false
}

// trackPart cleans a box of a track, which is held whole.
func (f *film) trackPart(t *filmTrack, box []byte) {
	switch content := contentOf(box); string(box[4:8]) {
	case "tkhd":
		if !undated(content, 72) {
			f.fail(filmMalformed)
		}
		t.header(content)
	case "tref": // without references to chapters, whose titles are not kept
		keptBoxes(content, "tmcd", "sync", "hint", "vdep", "vplx", "auxl", "subt", "folw", "fall", "forc", "thmb", "dpnd")
	case "edts":
		keptBoxes(content, "elst")
	case "tapt":
		keptBoxes(content, "clef", "prof", "enof")
	case "trgr":
		keptBoxes(content, "msrc", "ster")
	case "meta":
		f.items(content)
		freed(box, len(box))
	default:
		freed(box, len(box))
	}
}

// header reads the number and the size of a track.
func (t *filmTrack) header(p []byte) {
	at, n := 12, 84
	if p[0] == 1 {
		at, n = 20, 96
	}
	t.id = binary.BigEndian.Uint32(p[at:])
	t.width, t.height = int64(binary.BigEndian.Uint32(p[n-8:])>>16), int64(binary.BigEndian.Uint32(p[n-4:])>>16)
	matrix := p[n-8-36:]
	if isZero(matrix[:4]) && isZero(matrix[16:20]) && !isZero(matrix[4:8]) { // a quarter turn
		t.width, t.height = t.height, t.width
	}
}

// mediaPart cleans a box of the media of a track, which is held whole.
func (f *film) mediaPart(box []byte) {
	switch content := contentOf(box); string(box[4:8]) {
	case "mdhd":
		if !undated(content, 8) {
			f.fail(filmMalformed)
		}
	case "elng":
		if len(content) < 4 || !isLanguage(content[4:]) {
			freed(box, len(box))
		}
	default:
		freed(box, len(box))
	}
}

// isLanguage reports whether p is a language (BCP 47, 2.1), and zeros after it: two or three
// letters, then perhaps an extended language subtag, a script and a region, in this order. It may
// also be empty.
func isLanguage(p []byte) bool {
	p = bytes.TrimRight(p, "\x00")
	tag, rest, more := bytes.Cut(p, []byte("-"))
	if len(tag) < 2 || len(tag) > 3 || !isAlphabetic(tag) {
		return len(p) == 0
	}
	for stage := 0; more; {
		tag, rest, more = bytes.Cut(rest, []byte("-"))
		letters := isAlphabetic(tag)
		switch n := len(tag); {
		case n == 3 && letters && stage < 1:
			stage = 1
		case n == 4 && letters && stage < 2:
			stage = 2
		case (n == 2 && letters || n == 3 && isNumeric(tag)) && stage < 3:
			stage = 3
		default:
			return false
		}
	}
	return true
}

func isAlphabetic(p []byte) bool {
	return !slices.ContainsFunc(p, func(c byte) bool { return c|0x20 < 'a' || c|0x20 > 'z' })
}

func isNumeric(p []byte) bool {
	return !slices.ContainsFunc(p, func(c byte) bool { return c < '0' || c > '9' })
}

// handled blanks the name of a handler, except that of subtitles that are kept. It reports whether
// the track is kept.
func (t *filmTrack) handled(p []byte) bool {
	if len(p) < 12 {
		return false
	}
	t.handler = string(p[8:12])
	name := handlerName(p)
	subtitles := slices.Contains(handlersOfText, t.handler) && slices.Contains(editorsOfText, name)
	nameless(p)
	if subtitles { // so that cleaning again keeps the track
		copy(p[24:], name)
	}
	return subtitles || slices.Contains(handlersKept, t.handler)
}

// handlerName returns the name in a handler box. QuickTime writes the name's length before it.
func handlerName(p []byte) string {
	if len(p) < 25 {
		return ""
	}
	name := p[24:]
	if n := int(name[0]); n < 32 && n < len(name) {
		name = name[1 : 1+n]
	}
	n := slices.Index(name, 0)
	if n < 0 {
		n = len(name)
	}
	return string(name[:n])
}

// trackBox walks a box of a track after its media.
func (f *film) trackBox(t *filmTrack, b filmBox) {
	switch string(b.kind[:]) {
	case "mdia":
		f.fail(filmMisplaced)
	case "tkhd", "tref", "edts", "tapt", "trgr":
		f.more(b.left(f.walk))
		f.trackPart(t, f.held())
		f.announce(t)
		f.size(t)
	case "uuid":
		f.extended(b)
	case "meta":
		f.metadata(b)
	default:
		f.free(b)
	}
}

// mediaBox walks a box of the media of a track after its handler.
func (f *film) mediaBox(t *filmTrack, b filmBox) {
	switch string(b.kind[:]) {
	case "minf":
		f.inside(b.end, func(b filmBox) { f.mediaInformation(t, b) })
	case "hdlr":
		f.fail(filmMisplaced)
	case "mdhd", "elng":
		f.more(b.left(f.walk))
		f.mediaPart(f.held())
	default:
		f.free(b)
	}
}
