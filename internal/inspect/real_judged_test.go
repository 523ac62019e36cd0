package inspect_test

// judged lists real files that are refused, by the last elements of their path, and the reason that
// this is right. Many are test data of programs that read such files.
var judged = []struct{ pattern, verdict string }{
	// Go and its modules.
	{"png/testdata/invalid-*.png", "broken on purpose"},
	{"fasthttp@*/testdata/test.png", "one byte"},
	{"fs/img/fiberpng.jpeg", "a PNG picture under another name"},

	// Programs and their documentation.
	{"html/cargo/favicon-*.png", "an icon (ICO) under another name"},
	{"idlelib/Icons/tk.gif", "bytes of another picture after the trailer"},
	{"idlelib/Icons/minusnode.gif", "no trailer"},
	{"backgrounds/mate/nature/Wood.jpg", "22 KB of an older picture after the end, without a start of their own"},
	{"tuxmath/sounds/buzz.wav", "4 KB of zeros after the end"},
	{"tuxmath/sounds/pop.wav", "the RIFF header says 36 bytes"},
	{"data/sounds/letsgo.wav", "the RIFF header is 4 bytes short"},
	{"plants/flowers/a*_desc_ml.ogg", "cut off: the last page does not end the stream"},

	// Pictures over 67 megapixels, or over 16,384 pixels a side: clip art drawn for print.
	{"food/*/*_mateya_01.png", "168 megapixels"},
	{"png/computer/microchip_v.2_havok_redh_01.png", "231 megapixels"},
	{"roadsigns/stop_sign_right_font_mig_.png", "20,990 x 29,700"},
	{"signs_and_symbols/stop_sign_miguel_s_nchez_.png", "20,990 x 29,700"},
	{"united_states/kansasflag_dave_reckonin_01.png", "105 megapixels"},

	// Sources of giflib, libpng, libheif, Pillow, jhead.
	{"pic/porsche.gif", "filled up with 0x1a, as CP/M did"},
	{"testpngs/crashers/*.png", "broken on purpose"},
	{"fuzzing/corpus/*.heic", "found by fuzzing"},
	{"images/apng/chunk_*.png", "broken on purpose"},
	{"images/apng/sequence_*.png", "broken on purpose"},
	{"images/apng/syntax_*.png", "broken on purpose"},
	{"images/apng/fctl_actl.png", "a frame before the animation's header"},
	{"images/*broken*", "broken on purpose"},
	{"images/truncated_*", "cut off on purpose"},
	{"images/no_palette*.gif", "no colours"},
	{"images/*_extents.gif", "a frame outside of the canvas"},
	{"images/decompression_bomb*.gif", "a bomb"},
	{"images/issue_2811.gif", "pixels of 11 bits, and GIF has 8 at most"},
	{"images/jpeg_ff00_header.jpg", "0xff00 between segments"},
	{"images/junk_jpeg_header.jpg", "a word between segments"},
	{"images/tRNS_null_1x1.png", "a line feed after the end, put there by hand"},
	{"fuzztest_past_fails/*.jpg", "found by fuzzing"},
	{"expected-txt/*.jpg", "text under another name"},
	{"*/iptc3.jpg", "a disk block's old bytes after the end"},
	{"strange-jpegs/thumbnail-place-error.jpg", "bytes of another picture after the end"},
	{"strange-jpegs/truncated*.jpg", "cut off on purpose"},
	{"strange-jpegs/pentax-optio-230.jpg", "no end: the camera's file was cut off"},

	// LaTeX's beamer, LyX, and others.
	{"a-lecture/beamerexample-lecture-pic?.jpg", "no end: cut off"},
	{"lyx/images/busy.gif", "nine zeros after the end"},
	{"testdata/images/arithmetic.jpg", "arithmetic coding, which browsers do not show"},

	// Sources of Exiv2, ExifTool, TagLib: most are cut down to the metadata that the tests read, or
	// found by fuzzing.
	{"test/data/issue_*", "found by fuzzing"},
	{"test/data/poc*", "found by fuzzing"},
	{"test/data/cve_*", "found by fuzzing"},
	{"test/data/exiv2-bug*", "cut off or damaged on purpose"},
	{"test/data/1-string-format.jpg", "cut down"},
	{"test/data/test_issue_1472.jpg", "another format under that name"},
	{"test/data/IMGP0006-min.jpg", "cut down"},
	{"test/data/table.jpg", "tables without a picture"},
	{"preview/exiv2-canon-eos-d30-preview1.jpg", "taken out of a raw file with the bytes after it"},
	{"t/images/MP3.mp3", "cut down"},
	{"t/images/Vorbis.ogg", "cut down"},
	{"t/images/RIFF.wav", "cut down"},
	{"t/images/FLAC.*", "cut down"},
	{"t/images/Matroska.mkv", "cut down"},
	{"t/images/PhotoMechanic.jpg", "an archivist's program appends its own block"},
	{"t/images/AFCP.jpg", "an archivist's program appends its own block"},
	{"t/images/FotoStation.jpg", "an archivist's program appends its own block"},
	{"t/images/ExifTool.jpg", "blocks of six programs after the end"},
	{"tests/data/*.mp3", "cut down"},
	{"tests/data/segfault.*", "found by fuzzing"},
	{"tests/data/infloop.*", "found by fuzzing"},
	{"tests/data/zero-size-chunk.wav", "broken on purpose"},
	{"tests/data/empty-seektable.flac", "cut down"},
	{"tests/data/lowercase-fields.ogg", "changed by hand, and its checksum is not"},
	{"tests/data/ilst-is-last.m4a", "cut down"},
	{"tests/data/64bit.mp4", "cut down: boxes without media"},
}
