package clean

import (
	"bytes"
	"encoding/binary"
)

// isCodingBox reports whether a box of a sample entry is one by which decoders are set up, or that
// says how pictures and sound are to be shown.
func isCodingBox(kind []byte) bool {
	switch string(kind) {
	case "avcC", "avcE", "svcC", "mvcC", "hvcC", "hvcE", "lhvC", "vvcC", "evcC", "av1C", "vpcC", "dvcC", "dvvC", "dvwC", "dvcE",
		"apvC", "dvc1", "av3c", "j2kH", "uncC", "cmpd", "esds", "m4ds", "d263", "glbl", "SMI ", "strf", "jp2h", "jpgC", "mjqt", "mjht", "ACLR", "ARES", "APRG", "ADHR", "alph",
		"btrt", "colr", "pasp", "clap", "fiel", "gama", "mdcv", "clli", "cclv", "amve", "SmDm", "CoLL", "ccst", "auxi", "alfa",
		"st3d", "vexu", "hfov",
		"wave", "chan", "chnl", "srat", "pcmC", "dac3", "dec3", "dac4", "dmlp", "ddts", "udts", "dOps", "alac", "damr", "dawp", "dqcp", "devc", "dsmv", "dapa",
		"mhaC", "mhaP", "SA3D", "iacb", "dfLa",
		"ftab", "vttC", "txtC", "mime", "blnk":
		return true
	}
	return false
}

// sampleEntry cleans the content of an entry that describes the samples of a track.
func sampleEntry(handler, kind string, version byte, p []byte) {
	switch {
	case len(p) < 8:
	case handler == "soun":
		soundEntry(version, p)
	case handler == "tmcd":
		entryBoxes(p, 26)
	case handler == "clcp":
		entryBoxes(p, 8)
	case kind == "tx3g":
		entryBoxes(p, 38)
	case kind == "wvtt", kind == "mp4s", kind == "c608", kind == "c708":
		entryBoxes(p, 8)
	case kind == "stpp", kind == "sbtt", kind == "stxt":
		textEntry(p)
	case kind == "text": // QuickTime's stays: it ends in the name of a font
	default:
		pictureEntry(p)
	}
}

// textEntry cleans the boxes after the two or three strings of an entry: the namespaces of a text,
// or its encoding and type (ISO/IEC 14496-30).
func textEntry(p []byte) {
	at := 8
	for range 3 {
		n := bytes.IndexByte(p[at:], 0)
		if n < 0 {
			return
		}
		at += n + 1
		if tileBoxes(p[at:]) {
			entryBoxes(p, at)
			return
		}
	}
}

// entryBoxes cleans the boxes of an entry that begin at an offset.
func entryBoxes(p []byte, at int) {
	if at > len(p) {
		return
	}
	heldBoxes(p[at:], func(kind, content []byte) bool {
		switch string(kind) {
		case "esds", "glbl", "wave":
			vorbisIn(content)
		case "dfLa":
			flacBlocks(content)
		case "damr", "dawp": // AMR, with its vendor and version
			clear(content[:min(5, len(content))])
		case "sv3d":
			sphere(content)
			return true
		case "sinf", "rinf":
			protection(content)
			return true
		}
		return isCodingBox(kind)
	})
}

// sphere keeps a projection (Spherical Video V2), without the name of the program that wrote it.
func sphere(p []byte) {
	heldBoxes(p, func(kind, content []byte) bool {
		switch string(kind) {
		case "svhd":
			clear(content[min(4, len(content)):])
		case "proj":
			keptBoxes(content, "prhd", "equi", "cbmp", "mshp")
		default:
			return false
		}
		return true
	})
}

// protection keeps how samples are protected, but not for whom: shops write the names of buyers.
func protection(p []byte) {
	heldBoxes(p, func(kind, content []byte) bool {
		if string(kind) == "schi" {
			keptBoxes(content, "tenc", "uuid")
		}
		return string(kind) == "frma" || string(kind) == "schm" || string(kind) == "schi"
	})
}

// pictureEntry blanks the names of vendor and compressor, and cleans the boxes.
func pictureEntry(p []byte) {
	const fields = 78
	if len(p) < fields {
		return
	}
	clear(p[12:16])
	clear(p[42:74])
	at := fields
	depth, table := binary.BigEndian.Uint16(p[74:]), binary.BigEndian.Uint16(p[76:])
	if (depth == 1 || depth == 2 || depth == 4 || depth == 8) && table == 0 && !tileBoxes(p[at:]) && len(p) >= at+8 {
		at += 8 + 8*(int(binary.BigEndian.Uint16(p[at+6:]))+1) // colours of QuickTime
	}
	entryBoxes(p, at)
}

// soundEntry blanks the name of the vendor, and cleans the boxes. QuickTime has more fields in
// versions 1 and 2. In ISO files version 1 has another meaning.
func soundEntry(version byte, p []byte) {
	const fields = 28
	if len(p) < fields {
		return
	}
	clear(p[12:16])
	ats := []int{fields}
	switch v := binary.BigEndian.Uint16(p[8:]); {
	case v == 1 && version == 0:
		ats = []int{fields + 16, fields}
	case v == 1:
		ats = []int{fields, fields + 16}
	case v == 2:
		ats = []int{fields + 36, fields}
	}
	for _, at := range ats {
		if at <= len(p) && tileBoxes(p[at:]) {
			entryBoxes(p, at)
			return
		}
	}
	entryBoxes(p, ats[0])
}
