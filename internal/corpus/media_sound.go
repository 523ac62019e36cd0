package corpus

import "strings"

func badMP3() []row {
	whole := sample("vbr.mp3")
	frame := "\xff\xfb\x90\x00"
	return []row{
		{"MP3 cut off within a tag", "cut.mp3", content, cut(whole+id3v1, 1)},
		{"MP3 with PHP after zeros", "phpzeros.mp3", content, whole + strings.Repeat("\x00", 64) + phpCode},
		{"MP3 with frames after its last tag", "frames.mp3", content, whole + id3v1 + whole},
		{"MP3 with lyrics that do not end", "lyrics.mp3", content, whole + "LYRICSBEGINLYR00005hello" + htmlPage},
		{"MP3 with an APE tag whose footer disagrees", "apefooter.mp3", content, whole + patch(apeItems("Title", "hello"), -20, le32(999))},
		{"MP3 with HTML after it", "html.mp3", content, whole + htmlPage},
		{"MP3 with a ZIP archive after it", "zip.mp3", content, whole + zipFile},
		{"MP3 with only a tag", "tag.mp3", content, "ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00"},
		{"MP3 with a tag longer than the file", "beyond.mp3", content, "ID3\x03\x00\x00\x7f\x7f\x7f\x7fTIT2" + whole},
		{"MP3 with PHP after its tag", "php.mp3", content, "ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00" + phpCode},
		{"MP3 with bytes after its last tag", "after.mp3", content, whole + id3v1 + "x"},
		{"MP3 whose second frame has no rate", "rate.mp3", content, frame + strings.Repeat("\x00", 413) + "\xff\xfb\xf0\x00"},
	}
}

func badWAV() []row {
	whole := sample("wide.wav")
	format := wavFormat
	samples := riffChunk("data", "samples!")
	return []row{
		{"WAV cut off", "cut.wav", content, cut(whole, 1)},
		{"WAV with HTML after it", "html.wav", content, whole + htmlPage},
		{"WAV with a ZIP archive after it", "zip.wav", content, whole + zipFile},
		{"WAV without samples", "nodata.wav", content, riffFile("WAVE", format)},
		{"WAV with samples before its format", "order.wav", content, riffFile("WAVE", samples, format)},
		{"WAV with two formats", "formats.wav", content, riffFile("WAVE", format, format, samples)},
		{"WAV that announces 64-bit sizes and has none", "nods64.wav", content, "RF64\xff\xff\xff\xffWAVE" + format + "data\xff\xff\xff\xffsamples!"},
		{"WAV with 64-bit sizes twice", "twods64.wav", content, wideWAV("RF64", 8, riffChunk("ds64", strings.Repeat("\x00", 28)))},
		{"WAV with a 64-bit size beyond the file", "beyond64.wav", content, wideWAV("RF64", 1000)},
		{"WAV with a negative 64-bit size", "negative64.wav", content, patch(wideWAV("RF64", 8), 28, "\xff\xff\xff\xff\xff\xff\xff\xff")},
		{"WAV with a negative 64-bit size of the file", "negative.wav", content, patch(wideWAV("RF64", 8), 20, "\xff\xff\xff\xff\xff\xff\xff\xff")},
		{"WAV with 64-bit sizes with HTML after it", "html64.wav", content, wideWAV("RF64", 8) + htmlPage},
		{"WAV with 64-bit sizes, cut off", "cut64.wav", content, cut(wideWAV("RF64", 8), 1)},
		{"WAV in the other byte order with HTML after it", "rifxhtml.wav", content, "RIFX" + be32(44) + "WAVEfmt " + be32(16) + be16(1) + be16(1) + be32(8000) + be32(8000) + be16(1) + be16(8) + "data" + be32(8) + "samples!" + htmlPage},
		{"WAV with samples twice", "twice.wav", content, riffFile("WAVE", format, samples, samples)},
		{"WAV with a short format", "short.wav", content, riffFile("WAVE", riffChunk("fmt ", "\x01\x00"), samples)},
		{"WAV without channels", "channels.wav", content, riffFile("WAVE", patch(format, 10, "\x00"), samples)},
		{"WAV with a chunk beyond its end", "beyond.wav", content, riffFile("WAVE", format, patch(samples, 4, le32(9999)))},
		{"WAV whose size is 100 too small", "size.wav", content, patch(whole, 4, le32(len(whole)-108))},
		{"WAV whose size is 100 too large", "toolarge.wav", content, patch(whole, 4, le32(len(whole)+92))},
		{"WAV with half a chunk after its samples", "chunk.wav", content, riffFile("WAVE", format, samples) + "LIST\x04"},
		{"WAV without a size with HTML after it", "htmlpipe.wav", content, patch(whole, 4, le32(0)) + htmlPage},
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
		{"Ogg Theora with HTML after it", "html.ogv", content, sample("theora.ogv") + htmlPage},
		{"Ogg with HTML after it", "html.ogg", content, whole + htmlPage},
		{"Ogg with a ZIP archive after it", "zip.ogg", content, whole + zipFile},
		{"Ogg with a changed packet", "changed.ogg", content, patch(whole, -10, "\x55\xaa")},
		{"Ogg of one page that ends nothing", "page.ogg", content, first},
		{"Ogg with a page twice", "twice.ogg", content, first + whole},
		{"Ogg whose second page is cut off", "middle.ogg", content, first + whole[58:][:27] + whole},
		{"Ogg with only its first page and another stream", "mixed.ogg", content, first + sample("opus.opus")},
		{"Ogg of 17 streams at a time", "many.ogg", content, manyStreams()},
		{"Ogg without an end mark, cut off within a page", "cutpage.ogg", content, cut(unended(sample("opus.opus")), 1)},
		{"Ogg of another version", "version.ogg", content, whole + patch(whole, 4, "\x01")},
	}
}

func badFLAC() []row {
	whole := sample("tagged.flac")
	return []row{
		{"FLAC cut off", "cut.flac", content, cut(whole, 1)},
		{"FLAC with HTML after it", "html.flac", content, whole + htmlPage},
		{"FLAC with a ZIP archive after it", "zip.flac", content, whole + zipFile},
		{"FLAC with a changed sample", "changed.flac", content, patch(whole, -20, "\x55\xaa")},
		{"FLAC after two tags", "id3.flac", content, strings.Repeat("ID3\x03\x00\x00\x00\x00\x00\x05hello", 2) + whole},
		{"FLAC without frames", "noframes.flac", content, whole[:42] + "\x81\x00\x00\x00"},
		{"FLAC with PHP for frames", "php.flac", content, whole[:42] + "\x81\x00\x00\x00" + phpCode},
		{"FLAC with an invalid block", "block.flac", content, whole[:42] + "\x7f\x00\x00\x00" + whole[42:]},
		{"FLAC with two first blocks", "twice.flac", content, whole[:42] + whole[4:]},
		{"FLAC without a rate", "rate.flac", content, patch(whole, 18, "\x00\x00\x00")},
		{"FLAC with blocks of 1 sample", "blocks.flac", content, patch(whole, 8, "\x00\x01")},
		{"FLAC with a block longer than the file", "beyond.flac", content, whole[:42] + "\x01\xff\xff\xff"},
	}
}
