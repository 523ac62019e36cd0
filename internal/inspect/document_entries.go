package inspect

import (
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// Types of the ZIP family.
const (
	typeZIP  = "application/zip"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typeODT  = "application/vnd.oasis.opendocument.text"
	typeODS  = "application/vnd.oasis.opendocument.spreadsheet"
	typeODP  = "application/vnd.oasis.opendocument.presentation"
	typeEPUB = "application/epub+zip"
)

const incomplete = "is not a complete document of the type that its name suggests"

// partExtensions lists the extensions of parts in Office documents. The other families accept them,
// too.
var partExtensions = nameSet(`
	.xml .rels .vml .bin .psmdcp .sigs .dat .tmp .docx .xlsx .pptx
	.png .jpg .jpeg .jpe .jfif .gif .tif .tiff .bmp .dib .emf .wmf .emz .wmz .svg .webp .avif .heic .wdp .jxr .hdp .pict .pct .ico .pdf
	.wav .mp3 .m4a .aac .wma .mid .midi .aif .aiff .au .ogg .flac .mp4 .m4v .mov .avi .wmv .asf .mpg .mpeg .mkv .webm
	.fntdata .odttf .ttf .otf .glb .inkml`)

// checkEntry refuses an entry that no document needs.
func checkEntry(head []byte) error {
	switch {
	case isProgram(head):
		return active(KindProgram, "has a program, a macro or an embedded object inside")
	case isZip(head):
		return entry(EntryArchive, "has an archive inside")
	case beginsWith(head, "#EXTM3U"): // browsers play it under the name of a video
		return active(KindExternal, "has a playlist inside")
	}
	return nil
}

// checkMimetype judges the entry that declares the type (ODF 1.3 part 2, 3.3; EPUB 3.3, 4.3). It
// may be at any place and deflated, since readers accept that.
func checkMimetype(head []byte, want string) error {
	if strings.TrimRight(string(head), "\r\n") != want {
		return fault(CodeMismatch, "has another type than its name suggests")
	}
	return nil
}

// pictureTypes are the W3C's document types for drawings.
var pictureTypes = []xmlread.DocumentType{
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.0//EN", System: "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 20010904//EN", System: "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"},
}

// plainType returns a content type in lower case and without parameters.
func plainType(contentType string) string {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	return strings.TrimSpace(kind)
}

// hasFolder reports whether name lies in a folder of that name, at any depth.
func hasFolder(name, folder string) bool { return strings.Contains("/"+name, "/"+folder+"/") }
