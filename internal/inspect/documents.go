package inspect

import (
	"io"
	"strings"
)

// Document walks a document that is a ZIP archive inside: Word, Excel and PowerPoint (Office Open
// XML, ECMA-376), OpenDocument (OASIS ODF) and EPUB books. It reads the archive as [Zip] does, with
// the rules below for names, extensions and contents of entries. Names of Office Open XML may have
// backslashes.
//
// Type is the media type that the document must have: that of .docx, .xlsx, .pptx or .epub, or one
// of OpenDocument. With any other Type, such as "", every document is refused. So are plain
// archives, and documents of another type than Type, such as the macro variants (.docm).
//
// In all families it refuses entries that are programs, shell scripts or OLE files. OLE files hold
// macros, ActiveX controls and objects of other programs. It also refuses ZIP archives inside,
// except as below, and entries with an extension that no part of a document has. Despite these
// rules Office Open XML and EPUB may have files that systems keep in folders, such as Thumbs.db.
//
// It reads an entry that begins like XML as XML, whatever its name, except style sheets of books.
// It reads a part of Office Open XML in which nothing can act, such as styles, only up to the root
// element. It refuses encodings in which readers differ, and DOCTYPE declarations (CWE-611,
// CWE-776), except listed ones, which it compares whole. By family:
//
//   - Office Open XML: it refuses relations, content types of existing parts, and slide actions
//     that are not on the lists of what ordinary documents have. It refuses relations that lead out
//     of the package, except links on a click, a template on the author's own disk, and the target
//     NULL of a lost picture. It refuses fields that start or ask a program, or load from another
//     computer. A workbook, document or presentation may lie inside, one level deep, since charts
//     keep their numbers so. It is walked by the same rules.
//   - ODF: it refuses scripts and their listeners, macros, DDE, databases, floating frames,
//     applets, plug-ins other than media, and actions of a click that are not on a list. It refuses
//     addresses that lead out of the package, except links on a click, and a template or a sound on
//     the author's own disk. It needs a mimetype entry and a manifest that both name Type.
//   - EPUB: it judges pages, drawings, MathML and style sheets as a browser reads them. It refuses
//     scripts, event handlers, transformations, and encryption, except masked fonts. It refuses
//     addresses with a scheme or a computer's name from which a book loads or to which it sends.
//     The exceptions are data of pictures, and, in style sheets, any data and fonts of the reading
//     system (res:). It needs a mimetype entry and META-INF/container.xml.
//
// Links on a click may lead to http, https, ftp, ftps, mailto, news, tel, or to a name without a
// scheme; see AllowLinks. In formulas of spreadsheets it refuses DDE, add-ins, and the functions
// that are documented to ask another program or computer. It does not judge the links that a
// formula makes.
//
// Drawings (SVG) follow the rules of [SVG], except in books, where they may load from the book. Of
// other pictures, fonts, sound, videos and PDF files it judges only the first bytes.
type Document struct {
	Limits ZipLimits
	Type   string

	// AllowLinks accepts links on a click to files, to other computers, and by any other scheme. In
	// Office Open XML these include javascript. In OpenDocument and EPUB it is still refused, as are
	// the other addresses of scripts that their readers run.
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
