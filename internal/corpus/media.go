package corpus

import "strings"

// Media returns sound and films in MP4, QuickTime, WebM, Matroska, MP3, WAV, Ogg and FLAC.
func Media() []File {
	return files(goodMedia(), badMP4(), filmsFromElsewhere(), badWebM(), badMP3(), badWAV(), badOgg(), badFLAC())
}

// goodMedia were written by encoders, but for the last ones.
func goodMedia() []row {
	mp3 := sample("vbr.mp3")
	return []row{
		{"MP4 by FFmpeg", "film.mp4", "", sample("plain.mp4")},
		{"MP4 with its movie box in front", "fast.mp4", "", sample("fast.mp4")},
		{"MP4 in fragments", "fragments.mp4", "", sample("frag.mp4")},
		{"QuickTime", "film.mov", "", sample("film.mov")},
		{"M4A", "sound.m4a", "", sample("sound.m4a")},
		{"WebM by FFmpeg", "film.webm", "", sample("film.webm")},
		{"WebM of unknown size", "live.webm", "", sample("live.webm")},
		{"Matroska by mkvmerge", "film.mkv", "", sample("merge.mkv")},
		{"MP3 of a constant bit rate, with two tags", "cbr.mp3", "", sample("cbr.mp3")},
		{"MP3 of a variable bit rate by LAME", "vbr.mp3", "", mp3},
		{"MP3 of MPEG 2.5", "low.mp3", "", sample("mpeg25.mp3")},
		{"MP3 with a picture", "cover.mp3", "", sample("cover.mp3")},
		{"WAV of 8 bits and metadata", "eight.wav", "", sample("odd.wav")},
		{"WAV with a byte of padding", "padded.wav", "", sample("sox.wav")},
		{"WAV of 24 bits", "wide.wav", "", sample("wide.wav")},
		{"WAV in floating point", "float.wav", "", sample("float.wav")},
		{"Ogg Vorbis", "sound.ogg", "", sample("vorbis.ogg")},
		{"Ogg Opus", "sound.opus", "", sample("opus.opus")},
		{"Ogg FLAC", "sound.oga", "", sample("flac.oga")},
		{"Ogg Theora", "film.ogv", "", sample("theora.ogv")},
		{"Ogg, one behind another", "chain.ogg", "", sample("chain.ogg")},
		{"FLAC with a picture", "sound.flac", "", sample("tagged.flac")},
		{"MP4 whose media goes to the end", "open.mp4", "", insert(sample("fast.mp4"), be32(len(mediaOf(sample("fast.mp4")))), be32(0)+"mdat")},
		{"MP4 of 64-bit sizes", "large.mp4", "", sample("fast.mp4") + be32(1) + "free" + be64(20) + "data"},
		{"MP3 with an APE tag", "ape.mp3", "", mp3 + apeTag},
		{"WAV without its byte of padding", "unpadded.wav", "", patch(cut(sample("sox.wav"), 1), 4, le32(117))},
		{"MP3 with a tag that has a footer", "footer.mp3", "", "ID3\x04\x00\x10\x00\x00\x00\x02ab3DI\x04\x00\x10\x00\x00\x00\x02" + mp3},
		{"M4A by an Android phone", "voice.m4a", "", branded(sample("sound.m4a"), "mp42")},
		{"M4A by yt-dlp", "dash.m4a", "", branded(sample("sound.m4a"), "dash")},
		{"M4A of the base format", "iso5.m4a", "", branded(sample("sound.m4a"), "iso5")},
		{"MP4 by a Sony camera", "sony.mp4", "", branded(sample("plain.mp4"), "MSNV")},
		{"MP4 that calls itself QuickTime", "renamed.mp4", "", branded(sample("plain.mp4"), "qt  ")},
		{"MP4 that calls itself sound", "rewrapped.mp4", "", branded(sample("plain.mp4"), "M4A ")},
		{"QuickTime that calls itself MP4", "mp42.mov", "", branded(sample("film.mov"), "mp42")},
		{"3GP", "old.3gp", "", branded(sample("plain.mp4"), "3gp5")},
		{"MP4 with zeros behind it", "zeros.mp4", "", sample("plain.mp4") + strings.Repeat("\x00", 1001)},
		{"MP4 whose movie goes to the end", "openmovie.mp4", "", openMovie(sample("plain.mp4"))},
		{"MP4 with metadata that is its own", "meta.mp4", "", sample("fast.mp4") + box("meta", be32(0), dinf(1))},
		{"MP3 with zeros behind its tag", "pad.mp3", "", "ID3\x03\x00\x00\x00\x00\x00\x02ab" + strings.Repeat("\x00", 333) + mp3},
		{"MP3 with zeros behind its frames", "zeros.mp3", "", mp3 + strings.Repeat("\x00", 300)},
		{"MP3 with lyrics", "lyrics.mp3", "", mp3 + "LYRICSBEGININD0000200LYR00005hello000045LYRICS200" + id3v1},
		{"MP3 with an APE tag that has no header", "apefooter.mp3", "", mp3 + apeItems("Title", "hello", "Artist", "x")},
		{"MP3 with an APE tag that has no header, and another", "apetag.mp3", "", mp3 + apeItems("Title", "hello") + id3v1},
		{"MP3 with two tags at its end", "twotags.mp3", "", mp3 + id3v1 + id3v1},
		{"MP3 with an extended tag", "extended.mp3", "", mp3 + "TAG+" + strings.Repeat("\x00", 223) + id3v1},
		{"MP3 with a short last frame", "short.mp3", "", cut(mp3, 1)},
		{"WAV by Recorder.js", "recorderjs.wav", "", patch(sample("wide.wav"), 4, le32(len(sample("wide.wav"))-12))},
		{"WAV whose size is 8 too large", "rtc.wav", "", patch(sample("wide.wav"), 4, le32(len(sample("wide.wav"))))},
		{"WAV whose size is 16 too small", "small.wav", "", patch(sample("wide.wav"), 4, le32(len(sample("wide.wav"))-24))},
		{"WAV of no size", "unpatched.wav", "", patch(sample("wide.wav"), 4, le32(0))},
		{"WAV of a pipe", "pipe.wav", "", patch(riffFile("WAVE", wavFormat)+"data\xff\xff\xff\xffsamples", 4, le32(0))},
		{"WAV of a pipe, with its size", "pipes.wav", "", patch(riffFile("WAVE", wavFormat)+"data\xff\xff\xff\xffsamples", 4, le32(1<<32-1))},
		{"WAV of a recorder that was stopped", "stopped.wav", "", riffFile("WAVE", wavFormat, riffChunk("data", "")) + "samples"},
		{"WAV whose samples count the header", "header.wav", "", patch(riffFile("WAVE", wavFormat, riffChunk("data", "samples!")), 40, le32(8+44))},
		{"WAV of a pipe, by a program that adds to no size", "minus.wav", "", patch(riffFile("WAVE", wavFormat)+"data\x9b\xff\xff\xffsamples", 4, "\xbf\xff\xff\xff")},
		{"WAV of a pipe by LAME", "lame.wav", "", patch(riffFile("WAVE", wavFormat)+"data\xff\xff\xff\x7fsamples", 4, le32(1<<31-1+36))},
		{"WAV of a pipe by SoX", "sox.wav", "", patch(riffFile("WAVE", wavFormat)+"data\x00\xf0\xff\x7fsamples", 4, le32(0x7ffff000+36))},
		{"WAV of 64-bit sizes by FFmpeg", "rf64.wav", "", wideWAV("RF64", 8, riffChunk("junk", "odd"))},
		{"WAV of 64-bit sizes of broadcasters", "bw64.wav", "", wideWAV("BW64", 8)},
		{"WAV of 64-bit sizes, of a pipe", "rf64pipe.wav", "", patch(wideWAV("RF64", 0), 20, be64(0))},
		{"WAV of 64-bit sizes that are not needed", "rf64small.wav", "", patch(patch(wideWAV("RF64", 8), 4, le32(80)), 20, le64(1080))},
		{"WAV of the other byte order by SoX", "rifx.wav", "", "RIFX" + be32(44) + "WAVEfmt " + be32(16) + be16(1) + be16(1) + be32(8000) + be32(8000) + be16(1) + be16(8) + "data" + be32(7) + "samples\x00"},
		{"Ogg Vorbis with a skeleton by oggenc", "skeleton.ogg", "", skeleton + sample("vorbis.ogg")},
		{"Ogg Theora by the older name", "film.ogg", "", sample("theora.ogv")},
		{"QuickTime of a camera, without a file type", "camera.mov", "", patch(sample("film.mov"), 4, "mdat")},
		{"QuickTime whose first box is to be passed over", "wide.mov", "", patch(sample("film.mov"), 4, "skip")},
		{"Ogg that does not say that it ends", "telegram.ogg", "", unended(sample("opus.opus"))},
		{"FLAC behind an ID3 tag", "id3.flac", "", "ID3\x03\x00\x00\x00\x00\x00\x05hello" + sample("tagged.flac")},
		{"FLAC behind a large ID3 tag", "cover.flac", "", "ID3\x03\x00\x00\x00\x00\x40\x00" + strings.Repeat("\x00", 8192) + sample("tagged.flac")},
		{"WebM as browsers record it", "recorded.webm", "", recorded("\xe7\x81\x00", "\xa3\x84abcd")},
		{"WebM whose name has a zero behind it", "zero.webm", "", webm("webm\x00", element(tracks, "t"), element(cluster, "c"))},
	}
}

// wideWAV returns a WAV file of 64-bit sizes (EBU Tech 3306), with these chunks in front of 8 bytes of samples.
func wideWAV(kind string, samples int, chunks ...string) string {
	body := wavFormat + strings.Join(chunks, "") + "data\xff\xff\xff\xffsamples!"
	sizes := riffChunk("ds64", le64(4+36+len(body))+le64(samples)+le64(samples)+le32(0))
	return kind + "\xff\xff\xff\xffWAVE" + sizes + body
}

// skeleton is an Ogg stream of one page, which names what is in the others (Ogg Skeleton).
var skeleton = func() string {
	packet := "fishead\x00" + strings.Repeat("\x00", 56)
	page := "OggS\x00\x06" + be64(0) + le32(7) + le32(0) + le32(0) + "\x01\x40" + packet
	return patch(page, 22, le32(oggChecksum(page)))
}()

// mediaOf returns the media box of a file in which it is the last.
func mediaOf(mp4 string) string {
	return mp4[strings.Index(mp4, "mdat")-4:]
}

var apeTag = "APETAGEX" + le32(2000) + le32(32) + le32(0) + le32(0xa0000000) + be64(0) +
	"APETAGEX" + le32(2000) + le32(32) + le32(0) + le32(0x80000000) + be64(0)

// branded returns the file with another major brand.
func branded(file, brand string) string { return patch(file, 8, brand) }

// openMovie returns a file whose movie box comes last, with a size that goes to the end.
func openMovie(mp4 string) string {
	at := strings.Index(mp4, "moov") - 4
	return patch(mp4, at, be32(0))
}

var (
	id3v1     = "TAG" + strings.Repeat("\x00", 125)
	wavFormat = riffChunk("fmt ", le16(1)+le16(1)+le32(8000)+le32(8000)+le16(1)+le16(8))
)

// apeItems returns an APE tag without a header, with these names and values.
func apeItems(pairs ...string) (tag string) {
	for i := 0; i < len(pairs); i += 2 {
		tag += le32(len(pairs[i+1])) + le32(0) + pairs[i] + "\x00" + pairs[i+1]
	}
	return tag + "APETAGEX" + le32(2000) + le32(32+len(tag)) + le32(len(pairs)/2) + le32(0) + be64(0)
}

// unended returns an Ogg file whose last page does not say that it is the last one.
func unended(ogg string) string {
	last := strings.LastIndex(ogg, "OggS")
	page := patch(patch(ogg[last:], 5, "\x00"), 22, le32(0))
	return ogg[:last] + patch(page, 22, le32(oggChecksum(page)))
}

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
		{"MP4 with HTML behind it", "html.mp4", content, whole + htmlPage},
		{"MP4 with a ZIP archive behind it", "zip.mp4", content, whole + zipFile},
		{"MP4 with a track larger than its movie", "nested.mp4", content, ftyp + box("moov", be32(1000)+"trak"+"data")},
		{"MP4 with a box of 7 bytes", "tiny.mp4", content, ftyp + moov(1) + be32(7) + "free"},
		{"MP4 with a box of no size", "open.mp4", content, ftyp + moov(1) + be32(0) + "free" + phpCode},
		{"MP4 with a box of 2^63 bytes", "overflow.mp4", content, ftyp + moov(1) + be32(1) + "mdat" + "\x80" + strings.Repeat("\x00", 7)},
		{"MP4 with a fragment in front of its movie", "fragment.mp4", content, ftyp + box("moof", "data") + moov(1)},
		{"MP4 from another server", "remote.mp4", content, ftyp + moov(0) + box("mdat", "media")},
		{"MP4 whose metadata is on another server", "meta.mp4", content, ftyp + box("meta", be32(0), dinf(0)) + moov(1)},
		{"MP4 whose movie has metadata on another server", "moviemeta.mp4", content, ftyp + box("moov", box("meta", be32(0), box("hdlr", be32(0)), dinf(0)))},
		{"MP4 whose track has metadata on another server", "trackmeta.mp4", content, ftyp + box("moov", box("trak", box("meta", be32(0), dinf(0))))},
		{"MP4 with references without their box", "baredref.mp4", content, ftyp + box("moov", box("trak", box("mdia", dref("url ", 0))))},
		{"MP4 with a name of another file", "urn.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", dref("urn ", 0))))))},
		{"MP4 with its own media and others'", "both.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", box("dref", be32(0)+be32(2)+box("url ", be32(1))+box("alis", be32(0)))))))) + box("mdat", "m")},
		{"MP4 whose fragment has metadata on another server", "moof.mp4", content, ftyp + moov(1) + box("mdat", "m") + box("moof", box("meta", be32(0), dinf(0)))},
		{"MP4 whose fragment has a track elsewhere", "traf.mp4", content, ftyp + moov(1) + box("mdat", "m") + box("moof", box("traf", dinf(0)))},
		{"MP4 with references of a 64-bit size", "large.mp4", content, ftyp + box("moov", box("trak", box("mdia", box("minf", box("dinf", be32(1)+"dref"+be64(16+8+12)+be32(0)+be32(1)+box("url ", be32(0)))))))},
		{"QuickTime whose metadata has no version", "qtmeta.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("meta", box("hdlr", be32(0)+be32(0)), dinf(0)))},
		{"QuickTime with an alias of another file", "alias.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("trak", box("mdia", box("minf", box("dinf", dref("alis", 0))))))},
		{"M4A with a track elsewhere", "remote.m4a", content, branded(ftyp, "M4A ") + moov(0) + box("mdat", "m")},
		{"3GP with a track elsewhere", "remote.3gp", content, branded(ftyp, "3gp5") + moov(0) + box("mdat", "m")},
		{"QuickTime that is a list of movies elsewhere", "reference.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("rmra", box("rmda", box("rdrf", be32(0)+"url "+be32(23)+"http://169.254.169.254/"))))},
		{"QuickTime with a movie elsewhere and none of its own", "rmda.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("rmda", "data"))},
		{"QuickTime whose movie is compressed", "cmov.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + box("moov", box("cmov", box("dcom", "zlib"), box("cmvd", "data")))},
		{"MP4 with zeros and HTML behind it", "zeros.mp4", content, whole + strings.Repeat("\x00", 64) + htmlPage},
		{"QuickTime from another file", "remote.mov", content, box("ftyp", "qt  "+be32(0)+"qt  ") + moov(0)},
	}
}

// The elements of WebM.
const (
	ebmlHead    = "\x1a\x45\xdf\xa3"
	mkvSegment  = "\x18\x53\x80\x67"
	tracks      = "\x16\x54\xae\x6b"
	cluster     = "\x1f\x43\xb6\x75"
	attachments = "\x19\x41\xa4\x69"
	unknown     = "\x01\xff\xff\xff\xff\xff\xff\xff"
)

func webmHead(docType string) string {
	return element(ebmlHead, element("\x42\xf2", "\x04")+element("\x42\xf3", "\x08")+element("\x42\x82", docType))
}

func webm(docType string, parts ...string) string {
	return webmHead(docType) + element(mkvSegment, strings.Join(parts, ""))
}

// recorded returns a file of unknown size with these elements in each of two clusters of unknown size.
func recorded(elements ...string) string {
	one := cluster + unknown + strings.Join(elements, "")
	return webmHead("webm") + "\xec\x82ab" + mkvSegment + unknown + element(tracks, "t") + one + one
}

func badWebM() []row {
	whole := sample("film.webm")
	return []row{
		{"WebM cut off", "cut.webm", content, cut(whole, 1)},
		{"WebM with a ZIP archive behind it", "zip.webm", content, whole + zipFile},
		{"WebM with HTML behind it", "html.webm", content, whole + htmlPage},
		{"WebM of unknown size with HTML behind it", "live.webm", content, sample("live.webm") + htmlPage},
		{"WebM of unknown size, cut off within a block", "livecut.webm", content, cut(sample("live.webm"), 1)},
		{"WebM that nests another name", "doc.webm", typeNotAllowed, webmHead("exe\x00") + element(mkvSegment, element(tracks, "webm"))},
		{"WebM with attached files", "attached.webm", content, webm("webm", element(tracks, "t"), element(attachments, "setup.exe"))},
		{"Matroska with attached files", "attached.mkv", content, webm("matroska", element(tracks, "t"), element(attachments, "setup.exe"))},
		{"WebM with a cluster in front of its tracks", "order.webm", content, webm("webm", element(cluster, "c"), element(tracks, "t"))},
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

func badMP3() []row {
	whole := sample("vbr.mp3")
	frame := "\xff\xfb\x90\x00"
	return []row{
		{"MP3 cut off within a tag", "cut.mp3", content, cut(whole+id3v1, 1)},
		{"MP3 with PHP behind zeros", "phpzeros.mp3", content, whole + strings.Repeat("\x00", 64) + phpCode},
		{"MP3 with frames behind its last tag", "frames.mp3", content, whole + id3v1 + whole},
		{"MP3 with lyrics that do not end", "lyrics.mp3", content, whole + "LYRICSBEGINLYR00005hello" + htmlPage},
		{"MP3 with an APE tag whose footer says otherwise", "apefooter.mp3", content, whole + patch(apeItems("Title", "hello"), -20, le32(999))},
		{"MP3 with HTML behind it", "html.mp3", content, whole + htmlPage},
		{"MP3 with a ZIP archive behind it", "zip.mp3", content, whole + zipFile},
		{"MP3 of a tag alone", "tag.mp3", content, "ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00"},
		{"MP3 with a tag longer than the file", "beyond.mp3", content, "ID3\x03\x00\x00\x7f\x7f\x7f\x7fTIT2" + whole},
		{"MP3 with PHP behind its tag", "php.mp3", content, "ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00" + phpCode},
		{"MP3 with bytes behind its last tag", "behind.mp3", content, whole + id3v1 + "x"},
		{"MP3 whose second frame has no rate", "rate.mp3", content, frame + strings.Repeat("\x00", 413) + "\xff\xfb\xf0\x00"},
	}
}

func badWAV() []row {
	whole := sample("wide.wav")
	format := wavFormat
	samples := riffChunk("data", "samples!")
	return []row{
		{"WAV cut off", "cut.wav", content, cut(whole, 1)},
		{"WAV with HTML behind it", "html.wav", content, whole + htmlPage},
		{"WAV with a ZIP archive behind it", "zip.wav", content, whole + zipFile},
		{"WAV without samples", "nodata.wav", content, riffFile("WAVE", format)},
		{"WAV with samples in front of its format", "order.wav", content, riffFile("WAVE", samples, format)},
		{"WAV with two formats", "formats.wav", content, riffFile("WAVE", format, format, samples)},
		{"WAV of 64-bit sizes without them", "nods64.wav", content, "RF64\xff\xff\xff\xffWAVE" + format + "data\xff\xff\xff\xffsamples!"},
		{"WAV of 64-bit sizes twice", "twods64.wav", content, wideWAV("RF64", 8, riffChunk("ds64", strings.Repeat("\x00", 28)))},
		{"WAV of a 64-bit size beyond the file", "beyond64.wav", content, wideWAV("RF64", 1000)},
		{"WAV of a negative 64-bit size", "negative64.wav", content, patch(wideWAV("RF64", 8), 28, "\xff\xff\xff\xff\xff\xff\xff\xff")},
		{"WAV of a negative 64-bit size of the file", "negative.wav", content, patch(wideWAV("RF64", 8), 20, "\xff\xff\xff\xff\xff\xff\xff\xff")},
		{"WAV of 64-bit sizes with HTML behind it", "html64.wav", content, wideWAV("RF64", 8) + htmlPage},
		{"WAV of 64-bit sizes, cut off", "cut64.wav", content, cut(wideWAV("RF64", 8), 1)},
		{"WAV of the other byte order with HTML behind it", "rifxhtml.wav", content, "RIFX" + be32(44) + "WAVEfmt " + be32(16) + be16(1) + be16(1) + be32(8000) + be32(8000) + be16(1) + be16(8) + "data" + be32(8) + "samples!" + htmlPage},
		{"WAV with samples twice", "twice.wav", content, riffFile("WAVE", format, samples, samples)},
		{"WAV with a short format", "short.wav", content, riffFile("WAVE", riffChunk("fmt ", "\x01\x00"), samples)},
		{"WAV of no channels", "channels.wav", content, riffFile("WAVE", patch(format, 10, "\x00"), samples)},
		{"WAV with a chunk beyond its end", "beyond.wav", content, riffFile("WAVE", format, patch(samples, 4, le32(9999)))},
		{"WAV whose size is 100 too small", "size.wav", content, patch(whole, 4, le32(len(whole)-108))},
		{"WAV whose size is 100 too large", "toolarge.wav", content, patch(whole, 4, le32(len(whole)+92))},
		{"WAV with half a chunk behind its samples", "chunk.wav", content, riffFile("WAVE", format, samples) + "LIST\x04"},
		{"WAV of no size with HTML behind it", "htmlpipe.wav", content, patch(whole, 4, le32(0)) + htmlPage},
	}
}

// manyStreams returns the first pages of 17 logical streams.
func manyStreams() (s string) {
	for i := range 17 {
		s += oggPage(i)
	}
	return s
}

func badOgg() []row {
	whole := sample("vorbis.ogg")
	first := whole[:58] // the page of the identification header
	return []row{
		{"Ogg cut off", "cut.ogg", content, cut(whole, 1)},
		{"Ogg Theora with HTML behind it", "html.ogv", content, sample("theora.ogv") + htmlPage},
		{"Ogg with HTML behind it", "html.ogg", content, whole + htmlPage},
		{"Ogg with a ZIP archive behind it", "zip.ogg", content, whole + zipFile},
		{"Ogg with a changed packet", "changed.ogg", content, patch(whole, -10, "\x55\xaa")},
		{"Ogg of one page that ends nothing", "page.ogg", content, first},
		{"Ogg with a page twice", "twice.ogg", content, first + whole},
		{"Ogg without its first page", "middle.ogg", content, first + whole[58:][:27] + whole},
		{"Ogg with its first page alone and another stream", "mixed.ogg", content, first + sample("opus.opus")},
		{"Ogg of 17 streams at a time", "many.ogg", content, manyStreams()},
		{"Ogg that does not say that it ends, cut off within a page", "cutpage.ogg", content, cut(unended(sample("opus.opus")), 1)},
		{"Ogg of another version", "version.ogg", content, whole + patch(whole, 4, "\x01")},
	}
}

func badFLAC() []row {
	whole := sample("tagged.flac")
	audio := whole[:4] + "\x80" + whole[5:42] // says that the first block is the last one
	return []row{
		{"FLAC cut off", "cut.flac", content, cut(whole, 1)},
		{"FLAC with HTML behind it", "html.flac", content, whole + htmlPage},
		{"FLAC with a ZIP archive behind it", "zip.flac", content, whole + zipFile},
		{"FLAC with a changed sample", "changed.flac", content, patch(whole, -20, "\x55\xaa")},
		{"FLAC behind two tags", "id3.flac", content, strings.Repeat("ID3\x03\x00\x00\x00\x00\x00\x05hello", 2) + whole},
		{"FLAC without frames", "noframes.flac", content, whole[:42] + "\x81\x00\x00\x00"},
		{"FLAC with PHP for frames", "php.flac", content, whole[:42] + "\x81\x00\x00\x00" + phpCode},
		{"FLAC with an invalid block", "block.flac", content, whole[:42] + "\x7f\x00\x00\x00" + audio[42:]},
		{"FLAC with two first blocks", "twice.flac", content, whole[:42] + whole[4:]},
		{"FLAC of no rate", "rate.flac", content, patch(whole, 18, "\x00\x00\x00")},
		{"FLAC with blocks of 1 sample", "blocks.flac", content, patch(whole, 8, "\x00\x01")},
		{"FLAC with a block longer than the file", "beyond.flac", content, whole[:42] + "\x01\xff\xff\xff"},
	}
}
