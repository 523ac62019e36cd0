package inspect

import (
	"io"
	"strings"
)

// Document walks a document that is a ZIP archive inside: Word, Excel and PowerPoint (Office Open
// XML, ECMA-376), OpenDocument (OASIS ODF) and EPUB books. What Zip says of the archive holds for
// it too.
//
// Type is the media type that it must be: .docx, .xlsx, .pptx, any of OpenDocument, .epub; the zero
// value and all others are refused. An .xlsx named .docx, a plain archive, a template, and a
// document of the same family with macros are refused.
//
// Of all are refused programs, scripts and OLE files among the entries, which is how macros,
// ActiveX controls and objects of other programs are kept, entries whose names end as no part of a
// document does, and archives inside. What begins like XML is read as XML, whatever it is called:
// document types (CWE-611, CWE-776) and encodings that readers differ in are refused. Besides:
//
//   - Office Open XML: relations, content types of parts that are there, and actions of slides that are not on the lists of what
//     ordinary documents have; relations that lead out of the package, except for links on a click and a template on the author's
//     own disk; fields that run a program or load; formulas that ask another program (DDE) or fetch. A workbook, document or
//     presentation may lie in it, one level deep, since charts keep their numbers so: it is walked by the same rules.
//   - ODF: scripts and listeners, macros, DDE, databases, frames, applets, and addresses that lead out of the package, except for
//     links on a click, a template and a sound of the author's own disk. It needs a mimetype entry and a manifest that agree.
//   - EPUB: scripts, events, and what pages load from elsewhere; encryption, except of fonts. It needs META-INF/container.xml.
//
// Links lead to http, https, ftp, ftps, mailto, news, tel, or to a name without a scheme; see
// AllowLinks.
//
// It does not read pictures, fonts and style sheets, and knows of formulas only the functions that
// are documented to fetch.
type Document struct {
	Limits ZipLimits
	Type   string

	// AllowLinks lets links lead to files, to other computers, and to programs by any scheme. They
	// wait for a click.
	AllowLinks bool

	stream pull
}

// Within has it work from b; see [Budget].
func (d *Document) Within(b *Budget) { d.stream.Within(b) }

// Write walks p. It returns the fault, an *Error, as soon as one is found, and from then on without
// looking at p.
func (d *Document) Write(p []byte) (int, error) { return d.stream.write(p, d.walk) }

// Verdict returns nil if all that was written is one good document of the type, and the fault, an
// *Error, if not. The stream must have ended.
func (d *Document) Verdict() error { return d.stream.verdict(d.walk) }

// Close releases what a stream that was given up holds.
func (d *Document) Close() error {
	d.stream.close()
	return nil
}

func (d *Document) walk(r io.Reader) error {
	format := documentFormat(d.Type, d.AllowLinks)
	if format == nil {
		return fault(CodeMismatch, "is of a type that is not known")
	}
	return walkZip(r, d.Limits.withDefaults(documentEntries), d.stream.budget, format)
}

// documentFormat returns what judges documents of a type, nil for other types.
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
