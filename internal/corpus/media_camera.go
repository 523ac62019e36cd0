package corpus

import "strings"

// CameraFilm returns a film as a camera writes it: picture is the sample of its video track, and
// place that of a metadata track. The index follows them, and repeats place.
func CameraFilm(picture, place string) []byte {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	start := box("ftyp", "qt  ", be32(0), "qt  ")
	track := func(id int, kind, entry string, at, size int) string {
		return box("trak", box("tkhd", be32(0), zeros(8), be32(id), zeros(4), be32(100), zeros(16), be32(1<<16), zeros(12), be32(1<<16), zeros(12), be32(1<<30), be32(64<<16), be32(48<<16)),
			box("mdia", box("mdhd", zeros(12), be32(1000), be32(100), zeros(4)), box("hdlr", be32(0), "mhlr", kind, zeros(12), "\x00"),
				box("minf", box("dinf", box("dref", be32(0), be32(1), box("url ", be32(1)))), box("stbl",
					box("stsd", be32(0), be32(1), entry), box("stts", be32(0), be32(1), be32(1), be32(100)), box("stsc", be32(0), be32(1), be32(1), be32(1), be32(1)),
					box("stsz", be32(0), be32(size), be32(1)), box("stco", be32(0), be32(1), be32(at))))))
	}
	at := len(start) + 8
	video := box("jpeg", zeros(6), "\x00\x01", zeros(16), "\x00\x40\x00\x30", zeros(14), zeros(32), "\x00\x18\xff\xff")
	return []byte(start + box("mdat", picture, place) + box("moov", box("mvhd", zeros(12), be32(1000), be32(2500), zeros(80)),
		track(1, "vide", video, at, len(picture)), track(2, "meta", box("mebx", zeros(6), "\x00\x01"), at+len(picture), len(place)),
		box("udta", "\x00\x00\x00\x20\xa9xyz"+place)))
}
