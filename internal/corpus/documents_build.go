package corpus

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

// printed holds documents that LibreOffice 7.4, Chromium 156, cairo 1.16, Ghostscript 10.0, groff
// 1.22, MuPDF 1.21, poppler 22.12 and qpdf 11.3 wrote.
//
//go:embed testdata/documents
var printed embed.FS

// pdfOf returns a file with these objects.
func pdfOf(objects ...string) []byte {
	return slices.Concat([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"), pdfEnd(objects...))
}

// PDFWithData returns a legitimate PDF with data in a stream that nothing refers to.
func PDFWithData(data string) []byte {
	return pdfOf(`1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj`, pdfData("", data))
}

// pdfEnd returns objects and the end of a file, or of an update.
func pdfEnd(objects ...string) []byte {
	const end = "\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R>>\nstartxref\n70\n%%EOF\n"
	return []byte(strings.Join(objects, "\n") + end)
}

// pdfData returns an object with a stream.
func pdfData(entries, data string) string {
	return fmt.Sprintf("7 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj", entries, len(data), data)
}

// pdfObjects returns an object stream with one object.
func pdfObjects(object string) string {
	return pdfPackedObjects(deflate([]byte("9 0 " + object)))
}

// pdfBomb returns an object stream of 16 MiB of spaces.
func pdfBomb() string {
	_, spaces := mebibyteOf(" ")
	return pdfPackedObjects(slices.Concat(deflateOpen([]byte("9 0 [")), bytes.Repeat(spaces, 16), []byte{3, 0}))
}

// pdfPackedObjects returns an object stream with one object, which is deflated.
func pdfPackedObjects(packed []byte) string {
	return pdfData("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", "\x78\x9c"+string(packed)+"\x00\x00\x00\x00")
}

func read(name string) []byte {
	b, err := printed.ReadFile(path.Join("testdata/documents", name))
	if err != nil {
		panic(err) // the file is part of the package
	}
	return b
}

// pdfModel returns a model in U3D with these blocks.
func pdfModel(blocks string) string {
	return "U3D\x00\x18\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 24) + blocks
}
