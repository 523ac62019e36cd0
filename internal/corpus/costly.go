package corpus

import (
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"image"
	"slices"
	"strconv"
	"strings"
)

// CostlyFiles returns the worst known files for each inspector: small pieces, deep or long lists,
// bytes that unfold. Their ends may be missing, and their verdicts do not matter.
func CostlyFiles() []Kind {
	return slices.Concat(costlyMedia(), costlyTexts(), costlyPacked(), CostlyUnfolding())
}

func costlyMedia() []Kind {
	return []Kind{
		{"PNG of the smallest chunks", "a.png", "image/png", filled(pngSignature+ihdr(1, 1, 8, 0), pngChunk("prVt", ""))},
		{"JPEG of the smallest segments", "a.jpg", "image/jpeg", filled("\xff\xd8", segment(0xe1, ""))},
		{"JPEG of escaped bytes", "b.jpg", "image/jpeg", filled(cut(goJPEG(image.NewGray(image.Rect(0, 0, 8, 8))), 4), "\xff\x00")},
		{"GIF of blocks of one byte", "a.gif", "image/gif", filled(cut(gifFile(1, 1, gifFrame(0, 0, 1, 1)), 1)+"!\xfe", "\x01x")},
		{"WebP of the smallest chunks", "a.webp", "image/webp", filled("RIFF\xfe\xff\xff\x7fWEBP"+vp8x(0, 1, 1)+vp8(1, 1), riffChunk("abcd", ""))},
		{"AVIF of the smallest boxes", "a.avif", "image/avif", filled(box("ftyp", "avif\x00\x00\x00\x00mif1avif"), box("free"))},
		{"MP4 of the smallest boxes", "a.mp4", "video/mp4", filled(box("ftyp", "isom\x00\x00\x00\x00isommp42"), box("free"))},
		{"WebM of the smallest elements", "a.webm", "video/webm", filled(sample("live.webm"), "\xec\x80")},
		{"MP3 of frames of the lowest rate", "a.mp3", "audio/mpeg", filled("", "\xff\xe3\x18\xc4"+strings.Repeat("\x00", 68))},
		{"WAV of the smallest chunks", "a.wav", "audio/wav", filled("RIFF\xfe\xff\xff\x7fWAVE"+riffChunk("fmt ", le16(1)+le16(1)+le32(8000)+le32(8000)+le16(1)+le16(8)), riffChunk("abcd", ""))},
		{"Ogg of short streams", "a.ogg", "audio/ogg", filled("", sample("chain.ogg"))},
		{"Ogg of empty pages", "b.ogg", "audio/ogg", costlyPages},
		{"FLAC of false frames", "a.flac", "audio/flac", filled(cut(sample("tagged.flac"), 20), "\xff\xf8\x69\x18\x00")},
		{"FLAC of the smallest blocks", "b.flac", "audio/flac", filled(sample("tagged.flac")[:42], "\x01\x00\x00\x00")},
	}
}

func costlyTexts() []Kind {
	return []Kind{
		{"text of near misses of markup", "a.txt", "text/plain", filled("", "a<1 b<2 ")},
		{"text of attributes", "b.txt", "text/plain", filled("<x ", "a=b ")},
		{"text of characters of four bytes", "c.txt", "text/plain", filled("", "\U0001f600")},
		{"CSV of quotes", "a.csv", "text/csv", filled("", "\"\",")},
		{"CSV of numbers", "b.csv", "text/csv", filled("", "-1,-2;+3\t")},
		{"CSV of short rows", "c.csv", "text/csv", filled("", "-\n")},
		{"JSON of lists", "a.json", "application/json", filled("[", "[],")},
		{"JSON of escapes", "b.json", "application/json", filled(`["`, `\u0000`)},
		{"XML of empty elements", "a.xml", typeXML, filled(declaration+"<a>", "<a/>")},
		{"XML of one tag", "b.xml", typeXML, filled(declaration+"<a ", `a="" `)},
		{"XML of references", "c.xml", typeXML, filled(declaration+"<a>", "&lt;")},
		{"XML of namespaces", "d.xml", typeXML, filled(declaration+"<a>", `<b xmlns:a="b" xmlns:c="d" a:x="" c:x=""/>`)},
		{"XML of large tags in depth", "e.xml", typeXML, filled(declaration+deepXML(), "<b"+repeatedly(60, ` a%d="`+strings.Repeat("x", 280)+`"`)+"/>")},
		{"SVG of empty elements", "a.svg", typeSVG, filled(svgRoot, "<g/>")},
		{"SVG of styles", "b.svg", typeSVG, filled(svgRoot+"<style>", "url(#")},
		{"SVG of escapes in styles", "c.svg", typeSVG, filled(svgRoot+"<style>", `\75 `)},
		{"SVG of attributes", "d.svg", typeSVG, filled(svgRoot, `<g id="a" x="1" y="2"/>`)},
		{"SVG of one long path", "e.svg", typeSVG, filled(svgRoot+`<path d="`, "M0 0 ")},
		{"PDF of names", "a.pdf", typePDF, filled("%PDF-1.7\n1 0 obj\n[", "/#41")},
		{"PDF of small objects", "b.pdf", typePDF, counted("%PDF-1.7\n", "%d 0 obj<<>>endobj ")},
		{"PDF of small streams", "c.pdf", typePDF, counted("%PDF-1.7\n", "%d 0 obj<</Length 0>>stream\n\nendstream endobj ")},
		{"PDF of lengths to come", "d.pdf", typePDF, counted("%PDF-1.7\n", "%[1]d 0 obj<</Length 9%[1]d 0 R>>stream\n\nendstream endobj ")},
		{"PDF of near misses in a stream", "e.pdf", typePDF, filled("%PDF-1.7\n1 0 obj<</Length 99999999>>stream\n", "1 0 obj1 ndstream ")},
		{"PDF of cross references", "f.pdf", typePDF, filled("%PDF-1.7\n1 0 obj<<>>endobj\nxref\n0 99999\n", "0000000009 00000 n \n")},
		{"PDF of dictionaries", "g.pdf", typePDF, filled("%PDF-1.7\n1 0 obj\n[", "<</A<</S/URI>>>>")},
		{"PDF of object streams that unfold", "h.pdf", typePDF, costlyObjectStreams},
		{"PDF of cross references ahead", "i.pdf", typePDF, filled("%PDF-1.7\n1 0 obj<<>>endobj\nxref\n0 99999\n", "0099999999 00000 n \n")},
		{"PDF of tables in a stream", "j.pdf", typePDF, filled("%PDF-1.7\n1 0 obj<</Length 99999999>>stream\n", "xref 6 1 0099999999 00000 n ")},
		{"PDF of actions", "k.pdf", typePDF, counted("%PDF-1.7\n", "%d 0 obj<</S/URI>>endobj ")},
		{"PDF of actions in a stream", "l.pdf", typePDF, counted("%PDF-1.7\n1 0 obj<</Length 99999999>>stream\n", "%d 0 obj<</S/URI>> ")},
	}
}

func costlyPages(size int) []byte {
	b := []byte(oggPage(1))
	for i := 1; len(b) < size; i++ {
		page := "OggS\x00\x00" + be64(0) + le32(1) + le32(i)
		b = append(b, page+le32(oggChecksum(page+le32(0)+"\x00"))+"\x00"...)
	}
	return b
}

// deepXML opens elements and declares namespaces whose names nearly fill what is kept of them.
func deepXML() string {
	return "<a" + repeatedly(120, ` xmlns:a%[1]d="`+strings.Repeat("s", 50)+`%[1]d"`) + ">" + strings.Repeat("<"+strings.Repeat("e", 64)+">", 120)
}

// repeatedly returns n units with the numbers from 0.
func repeatedly(n int, unit string) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, unit, i)
	}
	return b.String()
}

func costlyObjectStreams(size int) []byte {
	b := bytes.NewBufferString("%PDF-1.7\n")
	packed := "\x78\x9c" + string(deflate([]byte("9 0 ["+strings.Repeat("[]", 100_000)+"]")))
	for i := 1; b.Len() < size; i++ {
		_, _ = fmt.Fprintf(b, "%d 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n", i, len(packed), packed)
	}
	return b.Bytes()
}

func costlyPacked() []Kind {
	types := openContentTypes()
	return []Kind{
		{"DOCX whose list has a tag of many attributes", "b.docx", typeDOCX, func(size int) []byte {
			attrs := append(make([]byte, 0, 6*size), types+"<Default "...)
			for i := 0; len(attrs) < 5*size; i++ {
				attrs = append(strconv.AppendInt(append(attrs, 'a'), int64(i), 10), `="" `...)
			}
			return zipOf(zipEntry{name: "[Content_Types].xml", data: string(attrs), fast: true})
		}},
		{"DOCX of many small parts", "e.docx", typeDOCX, manyEntries(docx(), "word/a%d.xml", declaration+"<a/>")},
		{"ZIP of many empty entries", "a.zip", typeZIP, manyEntries(nil, "%d.txt", "")},
	}
}

func openContentTypes() string { return strings.TrimSuffix(contentTypes(""), "</Types>") }

// CostlyUnfolding returns those of CostlyFiles whose last entry unfolds to the end of the file.
// Their Make takes any size: its smallest file has 5 KiB and unfolds to 256 KiB.
func CostlyUnfolding() []Kind {
	return []Kind{
		{"DOCX whose list is one tag", "a.docx", typeDOCX, unfolding("[Content_Types].xml", openContentTypes()+"<Default ", `a="" `, nil)},
		{"DOCX whose relations are one tag", "f.docx", typeDOCX, unfolding("_rels/.rels", strings.TrimSuffix(relations(), "</Relationships>")+"<Relationship ", `a=''`, nil)},
		{"DOCX whose list is one tag of namespaces", "g.docx", typeDOCX, unfolding("[Content_Types].xml", openContentTypes()+"<Default", ` xmlns:a=""`, nil)},
		{"ODT whose manifest is one tag", "b.odt", typeODT, unfolding("META-INF/manifest.xml", "<m", ` a=""`, zipOf(store("mimetype", typeODT)))},
		{"DOCX whose part unfolds to elements", "c.docx", typeDOCX, unfolding("word/footnotes.xml", "<w>", "<a/>", docx())},
		{"DOCX whose part unfolds to text", "d.docx", typeDOCX, unfolding("word/footnotes.xml", "<w>", "a", docx())},
		{"ODT whose part unfolds to elements", "a.odt", typeODT, unfolding("content.xml", "<w>", `<a b="vnd.sun.star.scrip"/>`, zipOf(store("mimetype", typeODT)))},
		{"EPUB whose part unfolds to elements", "a.epub", typeEPUB, unfolding("a.xhtml", "<w>", `<a/>`, zipOf(store("mimetype", typeEPUB)))},
		{"ZIP that unfolds", "b.zip", typeZIP, unfolding("a.txt", "", "a", nil)},
		{"ZIP that unfolds to near misses of markup", "c.zip", typeZIP, unfolding("a.txt", "", "a<1 b<2 ", nil)},
	}
}

// unfolding returns a function that makes an archive of the entries of archive, and of one more,
// whose data continues until the file has the size.
func unfolding(name, head, unit string, archive []byte) func(size int) []byte {
	return func(size int) []byte {
		start, _, _ := bytes.Cut(archive, []byte("PK\x01\x02"))
		e := zipEntry{name: name, stream: true}
		e.pack()
		b := bytes.NewBuffer(append(bytes.Clone(start), e.localHeader()...))
		w, _ := flate.NewWriter(b, flate.DefaultCompression)
		_, _ = w.Write([]byte(head))
		block := filled("", unit)(128 << 10)
		again := 0 // where the second packed block begins
		for range 2 {
			again = b.Len()
			_, _ = w.Write(block)
			_ = w.Flush()
		}
		packed := bytes.Clone(b.Bytes()[again:])
		for b.Len() < size {
			_, _ = b.Write(packed)
		}
		for b.Len() < 5<<10 { // inspectors wait for the head of an entry
			_, _ = b.WriteString("\x00\x00\x00\xff\xff") // an empty stored block
		}
		return b.Bytes()
	}
}

// manyEntries returns a function that makes the archive with more entries in place of a directory.
func manyEntries(archive []byte, name, content string) func(size int) []byte {
	return func(size int) []byte {
		before, _, _ := bytes.Cut(archive, []byte("PK\x01\x02"))
		b := bytes.Clone(before)
		packed := deflate([]byte(content))
		for i := 0; len(b) < size; i++ {
			e := zipEntry{name: fmt.Sprintf(name, i), packed: packed, size: int64(len(content)), crc: crc32.ChecksumIEEE([]byte(content))}
			e.pack()
			b = append(append(b, e.localHeader()...), e.packed...)
		}
		return b
	}
}
