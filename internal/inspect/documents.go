package inspect

import (
	"io"
	"strings"
)

// Document walks a document that is a ZIP archive inside: Word, Excel and PowerPoint (Office Open
// XML, ECMA-376), OpenDocument (OASIS ODF) and EPUB books. It reads the archive as [Zip] does, with
// separate rules for second names and for the types of entries. In Office documents it takes a
// backslash in a name for a slash.
//
// Type is the media type that the document must have: of .docx, .xlsx, .pptx, .epub, or any of
// OpenDocument. With another Type, or none, every file is refused. A file of another type than Type
// is refused, such as an .xlsx or a .docm named .docx, a plain archive, and a template.
//
// In all of them it refuses entries that are programs, scripts or OLE files: macros, ActiveX
// controls and objects of other programs are kept in OLE files. In Office documents and books it
// accepts the files that systems keep in folders, such as Thumbs.db. It also refuses ZIP archives
// inside, except in Office documents, and entries with an extension that no part of a document has.
// Anything else that begins like XML is read as XML, whatever its name, except for style sheets of
// books. It refuses encodings in which readers differ. It refuses DOCTYPE declarations (CWE-611,
// CWE-776), except for listed ones, which it compares whole. By family:
//
//   - Office Open XML: it refuses relations, content types of existing parts, and slide actions
//     that are not on the lists of what ordinary documents have. It refuses relations that lead out
//     of the package, except for links on a click, a template on the author's own disk, and the
//     target NULL of a lost file. It refuses fields that run a program or load from elsewhere, and
//     formulas that ask another program (DDE) or fetch. A workbook, document or presentation may
//     lie inside, one level deep, since charts keep their numbers so: it is walked by the same
//     rules.
//   - ODF: it refuses scripts and their listeners, macros, DDE, databases, floating frames, applets,
//     and addresses that lead out of the package, except for links on a click, a template and a
//     sound of the author's own disk. It needs a mimetype entry and a manifest that agree.
//   - EPUB: it judges pages, drawings, formulas and style sheets as a browser reads them. It
//     refuses scripts, event attributes, transformations, and encryption, except of fonts. In pages
//     and style sheets it refuses addresses with a scheme or a computer's name, except for links on
//     a click, pictures in data URLs, and data and res URLs in style sheets. It needs a mimetype
//     entry and META-INF/container.xml.
//
// Links may lead to http, https, ftp, ftps, mailto, news, tel, or to a name without a scheme; see
// AllowLinks.
//
// Drawings (SVG) follow the rules of [SVG], except in books, where they may load from the book. It
// does not read other pictures, or fonts. In formulas it recognises only the functions that are
// documented to fetch.
type Document struct {
	Limits ZipLimits
	Type   string

	// AllowLinks lets links lead to files, to other computers, and to programs by any scheme. They
	// wait for a click. Scripts in addresses of OpenDocument and EPUB are still refused.
	AllowLinks bool

	stream pull
}

// Within sets the budget to work from; see [Budget].
func (d *Document) Within(b *Budget) { d.stream.Within(b) }

// Write walks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (d *Document) Write(p []byte) (int, error) { return d.stream.write(p, d) }

// Verdict returns nil if all that was written is one good document of the type, and the fault, an
// *Error, if not. The stream must have ended.
func (d *Document) Verdict() error { return d.stream.verdict(d) }

// Close releases what an abandoned stream holds.
func (d *Document) Close() error {
	d.stream.close()
	return nil
}

func (d *Document) walk(r io.Reader) error {
	format := documentFormat(d.Type, d.AllowLinks)
	if format == nil {
		return fault(CodeMismatch, "is of an unknown type")
	}
	return walkZip(r, d.Limits.withDefaults(documentEntries), d.stream.budget, format)
}

// documentFormat returns the rules for documents of a type, nil for other types.
func documentFormat(mediaType string, links bool) zipFormat {
	switch mediaType {
	case typeDOCX, typeXLSX, typePPTX:
		return &ooxml{mediaType: mediaType, links: links}
	case typeEPUB:
		return &epub{links: links}
	}
	if strings.HasPrefix(mediaType, "application/vnd.oasis.opendocument.") {
		return &odf{mediaType: mediaType, links: links}
	}
	return nil
}
