package corpus

import "strings"

func badMP4() []row {
	whole := sample("plain.mp4")
	ftyp := box("ftyp", "isom"+be32(0)+"isommp41")
	moov := func(flags int) string { return box("moov", box("trak", box("mdia", box("minf", dinf(flags))))) }
	return []row{
		{"MP4 cut off", "cut.mp4", content, cut(whole, 1)},
		{"MP4 without a movie box", "nomovie.mp4", content, ftyp + box("mdat", "media")},
		{"MP4 without media", "nomedia.mp4", content, ftyp + moov(1)},
		{"MP4 with two movie boxes", "movies.mp4", content, ftyp + moov(1) + moov(1)},
		{"MP4 with two types", "types.mp4", content, ftyp + ftyp + moov(1)},
		{"MP4 with HTML after it", "html.mp4", content, whole + htmlPage},
		{"MP4 with a ZIP archive after it", "zip.mp4", content, whole + zipFile},
		{"MP4 with a track larger than its movie", "nested.mp4", content, ftyp + box("moov", be32(1000)+"trak"+"data")},
		{"MP4 with a box of 7 bytes", "tiny.mp4", content, ftyp + moov(1) + be32(7) + "free"},
		{"MP4 with a box without a size", "open.mp4", content, ftyp + moov(1) + be32(0) + "free" + phpCode},
		{"MP4 with a box of 2^63 bytes", "overflow.mp4", content, ftyp + moov(1) + be32(1) + "mdat" + "\x80" + strings.Repeat("\x00", 7)},
		{"MP4 with a fragment before its movie", "fragment.mp4", content, ftyp + box("moof", "data") + moov(1)},
		{"MP4 with its media on another server", "remote.mp4", content, ftyp + moov(0) + box("mdat", "media")},
		{"MP4 whose metadata is on another server", "meta.mp4", content, ftyp + box("meta", be32(0), dinf(0)) + moov(1)},
		{"MP4 whose movie has metadata on another server", "moviemeta.mp4", content, ftyp + box("moov", box("meta", be32(0), box("hdlr", be32(0)), dinf(0)))},
		{"MP4 whose track has metadata on another server", "trackmeta.mp4", content, ftyp + box("moov", box("trak", box("meta", be32(0), dinf(0))))},
		{"MP4 with references without their box", "baredref.mp4", content, ftyp + box("moov", box("trak", box("mdia", dref("url ", 0))))},
		{"MP4 with a name of another file", "urn.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", dref("urn ", 0))))))},
		{"MP4 with its own media and others'", "both.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", box("dref", be32(0)+be32(2)+box("url ", be32(1))+box("alis", be32(0)))))))) + box("mdat", "m")},
		{"MP4 whose fragment has metadata on another server", "moof.mp4", content, ftyp + moov(1) + box("mdat", "m") + box("moof", box("meta", be32(0), dinf(0)))},
		{"MP4 whose fragment has a track elsewhere", "traf.mp4", content, ftyp + moov(1) + box("mdat", "m") + box("moof", box("traf", dinf(0)))},
		{"MP4 with references with a 64-bit size", "large.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", be32(1)+"dref"+be64(16+8+12)+be32(0)+be32(1)+box("url ", be32(0)))))))},
		{"QuickTime whose metadata has no version", "qtmeta.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("meta", box("hdlr", be32(0)+be32(0)), dinf(0)))},
		{"QuickTime with an alias of another file", "alias.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("trak", box("mdia", box("minf", box("dinf", dref("alis", 0))))))},
		{"M4A with a track elsewhere", "remote.m4a", content, branded(ftyp, "M4A ") + moov(0) + box("mdat", "m")},
		{"3GP with a track elsewhere", "remote.3gp", content, branded(ftyp, "3gp5") + moov(0) + box("mdat", "m")},
		{"QuickTime that is a list of movies elsewhere", "reference.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("rmra", box("rmda", box("rdrf", be32(0)+"url "+be32(23)+"http://169.254.169.254/"))))},
		{"QuickTime with a movie elsewhere and none of its own", "rmda.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("rmda", "data"))},
		{"QuickTime whose movie is compressed", "cmov.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("cmov", box("dcom", "zlib"), box("cmvd", "data")))},
		{"MP4 with zeros and HTML after it", "zeros.mp4", content, whole + strings.Repeat("\x00", 64) + htmlPage},
		{"QuickTime with its media in another file", "remote.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + moov(0)},
	}
}

func badWebM() []row {
	whole := sample("film.webm")
	return []row{
		{"WebM cut off", "cut.webm", content, cut(whole, 1)},
		{"WebM with a ZIP archive after it", "zip.webm", content, whole + zipFile},
		{"WebM with HTML after it", "html.webm", content, whole + htmlPage},
		{"WebM of unknown size with HTML after it", "live.webm", content, sample("live.webm") + htmlPage},
		{"WebM of unknown size, cut off within a block", "livecut.webm", content, cut(sample("live.webm"), 1)},
		{"an EBML file of another type with the word webm in its tracks", "doc.webm", typeNotAllowed, webmHead("exe\x00") + element(mkvSegment, element(tracks, "webm"))},
		{"WebM with attached files", "attached.webm", content, webm("webm", element(tracks, "t"), element(attachments, "setup.exe"))},
		{"Matroska with attached files", "attached.mkv", content, webm("matroska", element(tracks, "t"), element(attachments, "setup.exe"))},
		{"WebM with a cluster before its tracks", "order.webm", content, webm("webm", element(cluster, "c"), element(tracks, "t"))},
		{"WebM without tracks", "notracks.webm", content, webm("webm", element("\xec", "void"))},
		{"WebM with an unknown element", "unknown.webm", content, webm("webm", element(tracks, "t"), element("\x1f\x43\xb6\x76", "c"))},
		{"WebM with an element beyond its segment", "beyond.webm", content, webm("webm", element(tracks, "t"), cluster+"\x01"+be64(1000)[1:])},
		{"WebM with tracks of unknown size", "size.webm", content, webm("webm", tracks+unknown+"t")},
		{"WebM with an unknown element in a cluster", "incluster.webm", content, recorded("\xe7\x81\x00", "\x42\x42\x81x")},
		{"WebM with a block of unknown size", "block.webm", content, recorded("\xa3\xffabcd")},
		{"WebM with a header of 2 KiB", "header.webm", content, element(ebmlHead, element("\x42\x82", "webm")+element("\xec", strings.Repeat("x", 2000)))},
		{"WebM without a segment", "alone.webm", content, webmHead("webm")},
		{"WebM with another element for its segment", "segment.webm", content, webmHead("webm") + element(cluster, "c")},
		{"WebM with an identifier of 5 bytes", "id.webm", content, webm("webm", "\x08\x00\x00\x00\x00\x80")},
		{"WebM with a size of 9 bytes", "nine.webm", content, webm("webm", tracks+"\x00"+be64(1))},
		{"WebM with long identifiers", "long.webm", content, element(ebmlHead, element("\x42\xf2", "\x08")+element("\x42\x82", "webm")) + element(mkvSegment, element(tracks, "t"))},
	}
}
