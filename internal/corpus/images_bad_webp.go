package corpus

import "strings"

func badWebP() []row {
	whole := sample("lossy.webp")
	still := vp8(8, 8)
	return []row{
		{"WebP cut off", "cut.webp", content, cut(whole, 1)},
		{"WebP with a ZIP archive after it", "zip.webp", content, whole + zipFile},
		{"WebP with HTML after it", "html.webp", content, whole + htmlPage},
		{"WebP without a picture", "alone.webp", content, riffFile("WEBP", vp8x(0, 8, 8), riffChunk("EXIF", "data"))},
		{"WebP that is empty", "nothing.webp", content, riffFile("WEBP", vp8x(0, 8, 8))},
		{"WebP with a chunk beyond its end", "beyond.webp", content, patch(riffFile("WEBP", still), 16, le32(1000))},
		{"WebP of 16,383 x 16,383", "bomb.webp", content, riffFile("WEBP", vp8(16_383, 16_383))},
		{"WebP of 16,384 x 16,384, lossless", "lossless.webp", content, riffFile("WEBP", vp8l(16_384, 16_384))},
		{"WebP with a canvas of 2^24 squared", "canvas.webp", content, riffFile("WEBP", vp8x(0, 1<<24, 1<<24), still)},
		{"WebP of width 0", "thin.webp", content, riffFile("WEBP", vp8(0, 8))},
		{"WebP whose picture is not a key frame", "key.webp", content, patch(riffFile("WEBP", still), 20, "\x31")},
		{"WebP without a start code", "code.webp", content, patch(riffFile("WEBP", still), 23, "abc")},
		{"WebP, lossless, of an unknown version", "version.webp", content, patch(riffFile("WEBP", vp8l(8, 8)), 24, "\xe0")},
		{"WebP whose picture is not as large as its canvas", "differ.webp", content, riffFile("WEBP", vp8x(0, 9, 8), still)},
		{"WebP of two pictures", "two.webp", content, riffFile("WEBP", vp8x(0, 8, 8), still, still)},
		{"WebP with a chunk before its picture and no canvas", "order.webp", content, riffFile("WEBP", riffChunk("EXIF", "data"), still)},
		{"WebP with two canvases", "canvases.webp", content, riffFile("WEBP", vp8x(0, 8, 8), vp8x(0, 9, 9), still)},
		{"WebP with a frame and no animation", "frame.webp", content, riffFile("WEBP", vp8x(0, 8, 8), anmf(0, 0, 8, 8, still))},
		{"WebP with a frame that leaves the canvas", "outside.webp", content, riffFile("WEBP", vp8x(2, 8, 8), anmf(2, 0, 8, 8, still))},
		{"WebP with a frame that is another size", "size.webp", content, riffFile("WEBP", vp8x(2, 16, 16), anmf(0, 0, 9, 8, still))},
		{"WebP with an empty frame", "void.webp", content, riffFile("WEBP", vp8x(2, 8, 8), anmf(0, 0, 8, 8), anmf(0, 0, 8, 8, still))},
		{"WebP with a chunk beyond its frame", "inner.webp", content, riffFile("WEBP", vp8x(2, 8, 8), anmf(0, 0, 8, 8, "VP8 "+le32(100)+"\x30\x01\x00\x9d\x01\x2a\x08\x00\x08\x00"), riffChunk("EXIF", strings.Repeat("x", 200)))},
		{"WebP of 20,000 frames", "frames.webp", content, riffFile("WEBP", vp8x(2, 8, 8), strings.Repeat(anmf(0, 0, 8, 8, still), 20_000))},
	}
}

func badHEIF() []row {
	whole := sample("still.heic")
	deep := ispe(64, 64)
	for range 20 {
		deep = box("iprp", deep)
	}
	return []row{
		{"HEIC cut off", "cut.heic", content, cut(whole, 1)},
		{"HEIC with a ZIP archive after it", "zip.heic", content, whole + zipFile},
		{"AVIF with HTML after it", "html.avif", content, sample("still.avif") + htmlPage},
		{"AVIF of 65,535 x 65,535", "bomb.avif", content, avif(ispe(65_535, 65_535))},
		{"AVIF of 2^32-1 squared", "huge.avif", content, avif(ispe(bits32, bits32))},
		{"AVIF of width 0", "thin.avif", content, avif(ispe(0, 64))},
		{"AVIF whose second size is too large", "second.avif", content, avif(ispe(64, 64), ispe(20_000, 64))},
		{"AVIF without a size", "nosize.avif", content, avif()},
		{"AVIF with only a type", "alone.avif", content, ftypAVIF + box("free", "nothing")},
		{"AVIF without its media", "nomedia.avif", content, cut(avif(ispe(64, 64)), 14)},
		{"AVIF with two types", "types.avif", content, ftypAVIF + avif(ispe(64, 64))},
		{"AVIF with a box larger than the one around it", "nested.avif", content, avif(be32(1000) + "ispe" + be32(0) + be32(64) + be32(64))},
		{"AVIF with a box of 4 bytes", "tiny.avif", content, avif(ispe(64, 64), be32(4)+"free")},
		{"AVIF with a box without a size", "open.avif", content, avif(ispe(64, 64)) + be32(0) + "free" + phpCode},
		{"AVIF with a short size", "short.avif", content, avif(box("ispe", be32(0)))},
		{"AVIF with a box of an unprintable type", "binary.avif", content, avif(ispe(64, 64), box("\x00\x00\x00\x00"))},
		{"AVIF of boxes in boxes", "deep.avif", content, avif(deep)},
		{"AVIF sequence of 20,000 frames", "frames.avif", content, sequence(64, 64, 20_000, 1)},
		{"AVIF sequence of 300 x 16 megapixels", "flood.avif", content, sequence(4096, 4096, 300, 1)},
		{"AVIF sequence of 2^32-1 frames", "many.avif", content, sequence(64, 64, bits32, 1)},
		{"AVIF sequence whose frames come before their size", "late.avif", content, track(samples(1000), tkhd(8192, 8192))},
		{"AVIF sequence whose frames come before their coding", "coding.avif", content, track(stbl(stsz(1000), stsd(8192, 8192)))},
		{"AVIF sequence that is larger than its track", "larger.avif", content, track(tkhd(64, 64), stbl(stsd(8192, 8192), stsz(1000)))},
		{"AVIF sequence whose frames are in two tables", "tables.avif", content, track(tkhd(64, 64), stbl(stsz(600), stsz(600)))},
		{"AVIF sequence with small sizes", "stz2.avif", content, track(stbl(box("stz2", be32(0)+be32(8)+be32(1000))), tkhd(8192, 8192))},
		{"AVIF sequence with two sizes", "two.avif", content, track(stbl(stsz(300)), tkhd(64, 64), tkhd(8192, 8192))},
		{"AVIF sequence in fragments", "moof.avif", content, sequence(64, 64, 24, 1) + box("moof", box("traf"))},
		{"AVIF whose metadata is elsewhere", "metadata.avif", content, avif(ispe(64, 64)) + box("meta", be32(0), dinf(0))},
		{"AVIF sequence whose metadata is elsewhere", "trackmeta.avif", content, track(tkhd(64, 64), box("meta", be32(0), dinf(0)))},
		{"HEIC with HTML after it", "html.heic", content, whole + htmlPage},
		{"AVIF sequence from another server", "remote.avif", content, sequence(64, 64, 24, 0)},
	}
}
