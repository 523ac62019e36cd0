package corpus

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
)

func typicalPacked() []Kind {
	prose := deflatedRows("", 4500, proseRow, "")
	document := declaration + "<w:document " + wordSpace + "><w:body>"
	slide := declaration + "<p:sld " + slideSpace + "><p:cSld><p:spTree>"
	return []Kind{
		{"ZIP of stored pictures", "t.zip", typeZIP, packed(nil, "photos/IMG_%04d.jpg", storedPhoto)},
		{"ZIP of deflated text", "u.zip", typeZIP, packed(nil, "notes/%04d.txt", prose)},
		{"DOCX of stored pictures", "t.docx", typeDOCX, packed(officeParts(typeDOCX+".main+xml", "word/document.xml"), "word/media/image%d.jpeg", storedPhoto)},
		{"DOCX of text", "u.docx", typeDOCX, packed(officeParts(typeDOCX+".main+xml", "word/document.xml"), "word/footnotes%d.xml",
			deflatedRows(document, 1000, wordRow, "</w:body></w:document>"))},
		{"XLSX", "t.xlsx", typeXLSX, packed(officeParts(typeXLSX+".main+xml", "xl/workbook.xml"), "xl/worksheets/sheet%d.xml",
			deflatedRows(declaration+"<worksheet "+sheetSpace+"><sheetData>", 1000, sheetRow, "</sheetData></worksheet>"))},
		{"PPTX", "t.pptx", typePPTX, packed(officeParts(typePPTX+".main+xml", "ppt/presentation.xml"), "ppt/slides/slide%d.xml",
			deflatedRows(slide, 300, slideRow, "</p:spTree></p:cSld></p:sld>"))},
		{"ODT", "t.odt", typeODT, packed(odfParts(), "Object %d/content.xml", deflatedRows(cut(odfContent(""), len(odfEnd)), 1000, odfRow, odfEnd))},
		{"EPUB", "t.epub", typeEPUB, packed(bookParts(), "OEBPS/chapter%d.xhtml",
			deflatedRows(declaration+`<html xmlns="http://www.w3.org/1999/xhtml"><body>`, 1000, bookRow, "</body></html>"))},
	}
}

// packed returns a function that makes an archive of these entries, and of one entry under many
// names.
func packed(entries []zipEntry, name string, one func(size int) zipEntry) func(size int) []byte {
	return func(size int) []byte {
		e := one(size)
		e.pack()
		all := entries[:len(entries):len(entries)]
		for i, n := 1, 0; n < size; i, n = i+1, n+len(e.packed) {
			e.name = fmt.Sprintf(name, i)
			all = append(all, e)
		}
		return zipOf(all...)
	}
}

// storedPhoto returns a stored JPEG of about 2 MiB, or of a quarter of size if that is less.
func storedPhoto(size int) zipEntry {
	photo := whole(cut(goJPEG(image.NewNRGBA(small)), 2), entropy(64<<10), "\xff\xd9")
	return store("", string(photo(min(2<<20, size/4))))
}

// deflatedRows returns a function that makes a deflated entry. Its content has about 1 MiB, or
// twice the size if that is less.
func deflatedRows(head string, n int, row func(b *bytes.Buffer, i int, r *rand.Rand), tail string) func(size int) zipEntry {
	return func(size int) zipEntry { return file("", string(rows(head, n, row, tail)(min(1<<20, 2*size)))) }
}

func wordRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, `<w:p w:rsidR="00%06X"><w:pPr><w:pStyle w:val="Text"/></w:pPr>`, r.IntN(1<<24))
	for range 3 {
		_, _ = fmt.Fprintf(b, `<w:r><w:rPr><w:sz w:val="%d"/></w:rPr><w:t xml:space="preserve">%s %s %s %s %s %s </w:t></w:r>`, 20+i%4, word(r), word(r), word(r), word(r), word(r), word(r))
	}
	b.WriteString("</w:p>")
}

func sheetRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, `<row r="%d" spans="1:8">`, i)
	for c := range 8 {
		_, _ = fmt.Fprintf(b, `<c r="%c%d" s="%d"><v>%d.%02d</v></c>`, 'A'+c, i, c%3, r.IntN(100_000), r.IntN(100))
	}
	b.WriteString("</row>")
}

func slideRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="Title %d"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:rPr lang="en-GB" sz="1800"/><a:t>%s %s %s %s</a:t></a:r></a:p></p:txBody></p:sp>`,
		i, i, r.IntN(1<<20), r.IntN(1<<20), r.IntN(1<<20), r.IntN(1<<20), word(r), word(r), word(r), word(r))
}

const odfEnd = "</office:body></office:document-content>"

func odfParts() []zipEntry {
	return []zipEntry{store("mimetype", typeODT), file("META-INF/manifest.xml", manifest(typeODT, "")), file("content.xml", odfContent(""))}
}

func odfRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, `<text:p text:style-name="P%d">%s %s <text:span text:style-name="T%d">%s %s</text:span> %s %s</text:p>`, i%7, word(r), word(r), i%5, word(r), word(r), word(r), word(r))
}

func bookParts() []zipEntry {
	return []zipEntry{store("mimetype", typeEPUB), file("META-INF/container.xml", "<container/>")}
}

func bookRow(b *bytes.Buffer, i int, r *rand.Rand) {
	_, _ = fmt.Fprintf(b, `<p id="p%d" class="text">%s %s %s <em>%s</em> %s %s %s.</p>`+"\n", i, word(r), word(r), word(r), word(r), word(r), word(r), word(r))
}
