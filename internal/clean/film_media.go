package clean

import "encoding/binary"

func (f *film) mediaInformation(t *filmTrack, b filmBox) {
	switch string(b.kind[:]) {
	case "vmhd", "smhd", "hmhd", "nmhd", "sthd":
		f.keep(b.left(f.walk))
	case "gmhd":
		f.small(b, baseHeader)
	case "hdlr":
		f.small(b, nameless)
	case "dinf":
		f.inside(b.end, f.references)
	case "stbl":
		f.inside(b.end, func(b filmBox) { f.sampleTable(t, b) })
	default:
		f.free(b)
	}
}

// baseHeader keeps gmin, text and tmcd of the header that QuickTime gives media that are neither
// pictures nor sound (gmhd). It clears the name of the font of a time code.
func baseHeader(p []byte) {
	heldBoxes(p, func(kind, content []byte) bool {
		if string(kind) != "tmcd" {
			return string(kind) == "gmin" || string(kind) == "text"
		}
		heldBoxes(content, func(kind, content []byte) bool {
			if string(kind) == "tcmi" && len(content) > 24 {
				clear(content[24:])
			}
			return string(kind) == "tcmi"
		})
		return true
	})
}

// references keeps the statement that samples are in the same file, and refuses any other.
func (f *film) references(b filmBox) {
	if !b.is("dref") {
		f.free(b)
		return
	}
	f.fields(b, 8)
	f.inside(b.end, func(b filmBox) {
		if p := f.fields(b, 4); p[3]&1 == 0 {
			f.fail("takes data from another file")
		}
		f.flush()
		f.blankTo(b.end)
	})
}

// sampleTable walks a box of the tables of a track.
func (f *film) sampleTable(t *filmTrack, b filmBox) {
	switch string(b.kind[:]) {
	case "stsd":
		version := f.fields(b, 8)[0]
		f.inside(b.end, func(b filmBox) {
			f.small(b, func(p []byte) { sampleEntry(t.handler, string(b.kind[:]), version, p) })
			if t.width == 0 && f.looked >= 36 { // the header of the track may leave it out
				t.width, t.height = int64(binary.BigEndian.Uint16(f.held()[32:])), int64(binary.BigEndian.Uint16(f.held()[34:]))
				f.size(t)
			}
		})
	case "stsz", "stz2":
		if p := f.more(min(12, b.left(f.walk))); len(p) == 12 && t.moves() && f.facts.Frames == 0 && !f.embedded {
			f.facts.Frames = int64(binary.BigEndian.Uint32(p[8:]))
		}
		f.keep(b.left(f.walk))
	case "stts", "ctts", "cslg", "stsc", "stco", "co64", "stss", "stsh", "stps", "stdp", "sdtp", "sbgp", "sgpd", "subs", "saiz", "saio", "padb", "senc":
		f.keep(b.left(f.walk))
	default:
		f.free(b)
	}
}

// extended keeps a box of an extended type that says how a film is protected (PIFF). Of one that
// says that a film is spherical, only listed properties stay. Others become free space.
func (f *film) extended(b filmBox) {
	if b.left(f.walk) < 16 {
		f.free(b)
		return
	}
	switch string(f.more(16)) {
	case "\xd0\x8a\x4f\x18\x10\xf3\x4a\x82\xb6\xc8\x32\xd8\xab\xa1\x83\xd3", // protection system
		"\x89\x74\xdb\xce\x7b\xe7\x4c\x51\x84\xf9\x71\x48\xf9\x88\x25\x54", // track encryption
		"\xa2\x39\x4f\x52\x5a\x9b\x4f\x14\xa2\x44\x6c\x42\x7c\x64\x8d\xf4": // sample encryption
		f.keep(b.left(f.walk))
	case "\xff\xcc\x82\x63\xf8\x55\x4a\x93\x88\x14\x58\x7a\x02\x52\x1f\xdd": // Spherical Video V1
		f.small(b, func(p []byte) {
			if !f.xmp(p) {
				clear(p)
			}
		})
	default:
		f.free(b)
	}
}

// nameless blanks what a handler box says of the program that wrote it.
func nameless(p []byte) {
	if len(p) > 12 {
		clear(p[12:])
	}
}
