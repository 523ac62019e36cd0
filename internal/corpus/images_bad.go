package corpus

import (
	"image"
	"strings"
)

func badPNG() []row {
	whole := goPNG(image.NewNRGBA(small))
	palette := ihdr(1, 1, 2, 3)
	long := strings.Repeat("\x00", 3*5)
	return []row{
		{"PNG signature only", "alone.png", content, pngSignature},
		{"PNG cut off within the pixels", "pixels.png", content, whole[:len(whole)/2]},
		{"PNG cut off before IEND", "noend.png", content, cut(whole, 12)},
		{"PNG cut off by one byte", "cut.png", content, cut(whole, 1)},
		{"PNG with a ZIP archive after it", "zip.png", content, whole + zipFile},
		{"PNG with HTML after it", "html.png", content, whole + htmlPage},
		{"PNG with PHP after it", "php.png", content, whole + phpCode},
		{"PNG with a PNG after it", "twice.png", content, whole + whole},
		{"PNG with a zero after it", "zero.png", content, whole + "\x00"},
		{"PNG with a wrong checksum of its header", "crc.png", content, patch(whole, 29, "\x00\x00\x00\x00")},
		{"PNG with a changed pixel", "pixel.png", content, patch(whole, -30, "\x55")},
		{"PNG of width 0", "thin.png", content, pngFile(ihdr(0, 1, 8, 0), dotPixels, iend)},
		{"PNG of height 0", "flat.png", content, pngFile(ihdr(1, 0, 8, 0), dotPixels, iend)},
		{"PNG of 50,000 x 50,000", "bomb.png", content, pngFile(ihdr(50_000, 50_000, 8, 6), dotPixels, iend)},
		{"PNG of 2^31-1 squared", "huge.png", content, pngFile(ihdr(1<<31-1, 1<<31-1, 8, 6), dotPixels, iend)},
		{"PNG of 2^32-1 squared", "negative.png", content, pngFile(ihdr(bits32, bits32, 8, 6), dotPixels, iend)},
		{"PNG of 16,385 x 1", "long.png", content, pngFile(ihdr(16_385, 1, 8, 0), dotPixels, iend)},
		{"PNG of 8192 x 8193", "row.png", content, pngFile(ihdr(8192, 8193, 8, 0), dotPixels, iend)},
		{"PNG of 3 bits", "depth.png", content, pngFile(ihdr(1, 1, 3, 0), dotPixels, iend)},
		{"PNG of colour type 5", "colour.png", content, pngFile(ihdr(1, 1, 8, 5), dotPixels, iend)},
		{"PNG with a palette and 16 bits", "palette16.png", content, pngFile(ihdr(1, 1, 16, 3), dotPixels, iend)},
		{"PNG with an unknown compression", "method.png", content, pngFile(pngChunk("IHDR", be32(1)+be32(1)+"\x08\x00\x01\x00\x00"), dotPixels, iend)},
		{"PNG with an unknown filter", "filter.png", content, pngFile(pngChunk("IHDR", be32(1)+be32(1)+"\x08\x00\x00\x01\x00"), dotPixels, iend)},
		{"PNG with an unknown interlacing", "interlace.png", content, pngFile(pngChunk("IHDR", be32(1)+be32(1)+"\x08\x00\x00\x00\x02"), dotPixels, iend)},
		{"PNG with a short header", "short.png", content, pngFile(pngChunk("IHDR", be32(1)+be32(1)), dotPixels, iend)},
		{"PNG without pixels", "nothing.png", content, pngFile(dot, iend)},
		{"PNG with an empty pixel chunk", "hollow.png", content, pngFile(dot, pngChunk("IDAT", ""), iend)},
		{"PNG only for iPhones", "cgbi.png", content, pngFile(pngChunk("CgBI", be32(0x50002002)), dot, dotPixels, iend)},
		{"PNG with two headers", "headers.png", content, pngFile(dot, ihdr(9, 9, 8, 0), dotPixels, iend)},
		{"PNG without its palette", "nopalette.png", content, pngFile(palette, dotPixels, iend)},
		{"PNG with a palette after the pixels", "late.png", content, pngFile(ihdr(1, 1, 8, 2), dotPixels, pngChunk("PLTE", "abc"), iend)},
		{"PNG with two palettes", "palettes.png", content, pngFile(palette, pngChunk("PLTE", "abc"), pngChunk("PLTE", "abc"), dotPixels, iend)},
		{"PNG with a palette in grey", "greypalette.png", content, pngFile(dot, pngChunk("PLTE", "abc"), dotPixels, iend)},
		{"PNG with more colours than its bits count", "colours.png", content, pngFile(palette, pngChunk("PLTE", long), dotPixels, iend)},
		{"PNG with half a colour", "half.png", content, pngFile(palette, pngChunk("PLTE", "abcd"), dotPixels, iend)},
		{"PNG with alpha and transparency", "alpha.png", content, pngFile(ihdr(1, 1, 8, 6), pngChunk("tRNS", "ab"), dotPixels, iend)},
		{"PNG with a wrong transparency", "trns.png", content, pngFile(dot, pngChunk("tRNS", "abc"), dotPixels, iend)},
		{"PNG with an unknown critical chunk", "critical.png", content, pngFile(dot, pngChunk("EVIL", "data"), dotPixels, iend)},
		{"PNG with a chunk of 2 GiB", "chunk.png", content, pngFile(dot) + be32(bit31) + "tEXt" + dotPixels + iend},
		{"PNG with a chunk longer than the file", "beyond.png", content, pngFile(dot) + be32(1<<20) + "tEXt" + dotPixels + iend},
		{"PNG with text between its pixels", "between.png", content, pngFile(dot, dotPixels, pngChunk("tEXt", "a\x00b"), dotPixels, iend)},
		{"PNG with an unprintable chunk", "binary.png", content, pngFile(dot, pngChunk("ab\x00d", ""), dotPixels, iend)},
		{"PNG with data in IEND", "iend.png", content, pngFile(dot, dotPixels, pngChunk("IEND", phpCode))},
	}
}

func badAPNG() []row {
	many := pngFile(ihdr(8192, 8192, 1, 0), acTL(17), dotPixels)
	for i := range 17 {
		many += fcTL(2*i, 8192, 8192, 0, 0) + fdAT(2*i+1)
	}
	return []row{
		{"APNG of 20,000 frames", "frames.png", content, pngFile(dot, acTL(20_000), fcTL(0, 1, 1, 0, 0), dotPixels, iend)},
		{"APNG of 17 x 64 megapixels", "flood.png", content, many + iend},
		{"APNG without frames", "noframes.png", content, pngFile(dot, acTL(0), dotPixels, iend)},
		{"APNG with a frame that leaves the canvas", "outside.png", content, pngFile(dot, acTL(1), dotPixels, fcTL(0, 1, 1, 1, 0), fdAT(1), iend)},
		{"APNG with a frame at 2^32-1", "overflow.png", content, pngFile(dot, acTL(1), dotPixels, fcTL(0, 1, 1, bits32, 0), fdAT(1), iend)},
		{"APNG with an empty frame", "void.png", content, pngFile(dot, acTL(1), dotPixels, fcTL(0, 0, 1, 0, 0), fdAT(1), iend)},
		{"APNG whose numbers repeat", "repeat.png", content, pngFile(dot, acTL(1), dotPixels, fcTL(0, 1, 1, 0, 0), fdAT(0), iend)},
		{"APNG with fewer frames than announced", "few.png", content, pngFile(dot, acTL(2), fcTL(0, 1, 1, 0, 0), dotPixels, iend)},
		{"APNG with more frames than announced", "more.png", content, pngFile(dot, acTL(1), fcTL(0, 1, 1, 0, 0), dotPixels, fcTL(1, 1, 1, 0, 0), fdAT(2), iend)},
		{"APNG with pixels outside of a frame", "orphan.png", content, pngFile(dot, acTL(1), dotPixels, fdAT(0), iend)},
		{"APNG announced after its pixels", "tardy.png", content, pngFile(dot, dotPixels, acTL(1), iend)},
	}
}

func badJPEG() []row {
	whole := goJPEG(image.NewNRGBA(small))
	frame := sof(0xc0, 8, 8, 8, "\x11")
	jpg := func(segments ...string) string { return "\xff\xd8" + strings.Join(segments, "") + "\xff\xd9" }
	return []row{
		{"JPEG without a frame", "alone.jpg", content, jpg(segment(0xe0, "JFIF\x00"))},
		{"JPEG without a scan", "noscan.jpg", content, jpg(frame)},
		{"JPEG cut off within the pixels", "pixels.jpg", content, cut(whole, len(whole)/4)},
		{"JPEG cut off within a segment", "segment.jpg", content, whole[:40]},
		{"JPEG cut off by one byte", "cut.jpg", content, cut(whole, 1)},
		{"JPEG of 65,500 x 65,500", "bomb.jpg", content, jpg(sof(0xc2, 8, 65_500, 65_500, "\x11"), scan)},
		{"JPEG of height 0", "flat.jpg", content, jpg(sof(0xc0, 8, 0, 8, "\x11"), scan)},
		{"JPEG of width 0", "thin.jpg", content, jpg(sof(0xc0, 8, 8, 0, "\x11"), scan)},
		{"JPEG of 16,385 x 1", "long.jpg", content, jpg(sof(0xc0, 8, 1, 16_385, "\x11"), scan)},
		{"JPEG of 12 bits", "twelve.jpg", content, jpg(sof(0xc1, 12, 8, 8, "\x11"), scan)},
		{"JPEG with arithmetic coding", "arithmetic.jpg", content, sample("arithmetic.jpg")},
		{"JPEG, lossless", "lossless.jpg", content, jpg(sof(0xc3, 8, 8, 8, "\x11"), scan)},
		{"JPEG, hierarchical", "differential.jpg", content, jpg(sof(0xc5, 8, 8, 8, "\x11"), scan)},
		{"JPEG with a header of several frames", "hierarchical.jpg", content, jpg(sof(0xde, 8, 8, 8, "\x11"), frame, scan)},
		{"JPEG with two frames", "frames.jpg", content, jpg(frame, frame, scan)},
		{"JPEG with a scan before its frame", "order.jpg", content, jpg(scan, frame)},
		{"JPEG of two components", "two.jpg", content, jpg(sof(0xc0, 8, 8, 8, "\x11\x11"), scan)},
		{"JPEG of components with one number", "same.jpg", content, jpg(strings.Replace(sof(0xc0, 8, 8, 8, "\x11\x11\x11"), "\x02\x11", "\x01\x11", 1), scan)},
		{"JPEG sampled by 0", "sampling.jpg", content, jpg(sof(0xc0, 8, 8, 8, "\x00"), scan)},
		{"JPEG sampled by 3", "thirds.jpg", content, jpg(sof(0xc0, 8, 8, 8, "\x31\x11\x11"), scan)},
		{"JPEG in CMYK, oddly sampled", "cmyk.jpg", content, jpg(sof(0xc0, 8, 8, 8, "\x11\x22\x11\x11"), scan)},
		{"JPEG with a frame of a wrong length", "length.jpg", content, jpg(patch(frame, 9, "\x03"), scan)},
		{"JPEG of 1,000 scans", "scans.jpg", content, jpg(sof(0xc2, 8, 4096, 4096, "\x11"), strings.Repeat(scan, 1000))},
		{"JPEG with a scan of five components", "five.jpg", content, jpg(frame, segment(0xda, "\x05\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x00\x3f\x00"))},
		{"JPEG with bytes between segments", "between.jpg", content, jpg(frame, phpCode, scan)},
		{"JPEG with a segment of length 1", "one.jpg", content, jpg("\xff\xe1\x00\x01", frame, scan)},
		{"JPEG with a segment longer than the file", "beyond.jpg", content, jpg("\xff\xe1\xff\xff", frame, scan)},
		{"JPEG with a start within", "start.jpg", content, jpg(frame, "\xff\xd8", scan)},
		{"JPEG with a restart between segments", "restart.jpg", content, jpg(frame, "\xff\xd0", scan)},
		{"JPEG whose height follows its pixels", "dnl.jpg", content, jpg(frame, scan, segment(0xdc, "\x00\x08"))},
	}
}

func badJPEGEnd() []row {
	whole := goJPEG(image.NewNRGBA(small))
	announced := insert(whole, "\xff\xdb", mpf(2))
	sef := samsung("1714557600000")
	return []row{
		{"JPEG with a ZIP archive after it", "zip.jpg", content, whole + zipFile},
		{"JPEG with PHP after it", "php.jpg", content, whole + phpCode},
		{"JPEG with HTML after zeros after it", "html.jpg", content, whole + strings.Repeat("\x00", 100) + htmlPage},
		{"JPEG with a film after it", "motion.jpg", content, whole + sample("fast.mp4")},
		{"JPEG with a film after a fill byte", "fill.jpg", content, whole + "\xff" + sample("fast.mp4")},
		{"JPEG with 17 pictures after it", "album.jpg", content, strings.Repeat(whole, 18)},
		{"JPEG with a Samsung trailer of an archive", "samsungzip.jpg", content, whole + samsung(zipFile)},
		{"JPEG with a Samsung trailer of 70 KiB", "largetrailer.jpg", content, whole + samsung(strings.Repeat("film", 17_920))},
		{"JPEG with a Samsung trailer of a film", "samsungfilm.jpg", content, whole + samsungFilm(sample("fast.mp4"))},
		{"JPEG with a Samsung trailer that lists less than it has", "unlisted.jpg", content, whole + samsungBlock("Image_UTC_Data", phpCode) + sef},
		{"JPEG with notes and HTML after them", "vivohtml.jpg", content, whole + vivo + htmlPage},
		{"JPEG with HTML in place of notes", "vivopage.jpg", content, whole + "vivo" + htmlPage},
		{"JPEG with half of the notes of a vivo phone", "vivohalf.jpg", content, whole + cut(vivo, 4)},
		{"JPEG with the remains of a larger one after it", "cropped.jpg", content, whole + whole[len(whole)/2:]},
		{"JPEG whose odd segment hides a marker", "odd.jpg", content, insert(whole, "\xff\xdb", jfif+"\x00\xe1\x00\x06\xff\xd9ab")},
		{"JPEG whose second picture is HTML", "page.jpg", content, announced + "\xff\xd8" + htmlPage},
		{"JPEG whose second picture is cut off", "half.jpg", content, announced + cut(whole, 5)},
		{"JPEG whose second picture is a bomb", "gain.jpg", content, announced + "\xff\xd8" + sof(0xc0, 8, 65_500, 65_500, "\x11") + scan + "\xff\xd9"},
		{"JPEG with an archive before a Samsung trailer", "hidden.jpg", content, whole + zipFile + sef},
		{"JPEG with an archive after a Samsung trailer", "after.jpg", content, whole + sef + zipFile},
		{"JPEG with half a Samsung trailer", "halftrailer.jpg", content, whole + cut(sef, 4)},
		{"JPEG with a Samsung trailer whose block begins elsewhere", "trailer.jpg", content, whole + patch(sef, -16, le32(9))},
	}
}

func badGIF() []row {
	whole := goGIF(2)
	frame := gifFrame(0, 0, 1, 1)
	return []row{
		{"GIF without a frame", "alone.gif", content, gifFile(1, 1, ";")},
		{"GIF without a trailer", "notrailer.gif", content, cut(whole, 1)},
		{"GIF cut off within the pixels", "cut.gif", content, whole[:len(whole)/3]},
		{"GIF with a ZIP archive after it", "zip.gif", content, whole + zipFile},
		{"GIF with HTML after it", "html.gif", content, whole + htmlPage},
		{"GIF of 0 x 0", "null.gif", content, gifFile(0, 0, frame, ";")},
		{"GIF of 65,535 x 65,535", "bomb.gif", content, gifFile(65_535, 65_535, frame, ";")},
		{"GIF of 20,000 frames", "frames.gif", content, gifFile(1, 1, strings.Repeat(frame, 20_000), ";")},
		{"GIF of 300 x 16 megapixels", "flood.gif", content, gifFile(4096, 4096, strings.Repeat(gifFrame(0, 0, 4096, 4096), 300), ";")},
		{"GIF with a frame 65,535 beyond its canvas", "outside.gif", content, gifFile(4, 4, gifFrame(65_535, 0, 4, 4), ";")},
		{"GIF with zeros and HTML after it", "zeros.gif", content, whole + "\x00\x00" + htmlPage},
		{"GIF with an empty frame", "void.gif", content, gifFile(4, 4, gifFrame(0, 0, 4, 0), ";")},
		{"GIF without colours", "colours.gif", content, "GIF89a" + le16(1) + le16(1) + "\x00\x00\x00" + frame + ";"},
		{"GIF with codes of 9 bits", "codes.gif", content, gifFile(1, 1, patch(frame, 10, "\x09"), ";")},
		{"GIF with an unknown block", "block.gif", content, gifFile(1, 1, frame, "\x00;")},
		{"GIF of an unknown version", "version.gif", typeNotAllowed, patch(gifFile(1, 1, frame, ";"), 4, "8")},
	}
}
