package inspect

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/xmlread"
)

// epub judges a book (EPUB 3.3, and 2.0.1).
type epub struct {
	links bool // allow links to files and of any scheme
	typed bool // the mimetype entry declares the type
}

// bookTypes are the document types of books: XHTML 5 and 1, property lists of Apple, tables of
// contents (NCX), and packages of OEB 1.2.
var bookTypes = []xmlread.DocumentType{
	{Name: "html"},
	{Name: "plist", Public: "-//Apple//DTD PLIST 1.0//EN", System: "http://www.apple.com/DTDs/PropertyList-1.0.dtd"},
	{Name: "plist", Public: "-//Apple Computer//DTD PLIST 1.0//EN", System: "http://www.apple.com/DTDs/PropertyList-1.0.dtd"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.1//EN", System: "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.0 Strict//EN", System: "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.0 Transitional//EN", System: "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"},
	{Name: "ncx", Public: "-//NISO//DTD ncx 2005-1//EN", System: "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"},
	{Name: "package", Public: "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN", System: "http://openebook.org/dtds/oeb-1.2/oebpkg12.dtd"},
}

// bookCharacters returns the entities of XHTML 1 for a page that declares it, and none for others.
// They are those of HTML 4, and each is a character (XHTML 1.0, A.2). Readers derive them from the
// document type. XHTML 5 declares its entities nowhere.
func bookCharacters(d xmlread.DocumentType) map[string]rune {
	if d.Name == "html" && d.Public != "" {
		return htmlCharacters()
	}
	return nil
}

var htmlCharacters = sync.OnceValue(func() map[string]rune {
	characters := map[string]rune{}
	for name, text := range xml.HTMLEntity {
		characters[name], _ = utf8.DecodeRuneInString(text)
	}
	return characters
})

func (b *epub) name(h *zipHeader) (string, error) { return h.oneName() }

func (b *epub) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	name := foldName(h.name)
	switch ext := path.Ext(name); {
	case isDirectory(h.name), isFolderFile(h.name, head) && (ext != ".css" && !bookMarkup[ext] || isMacFile(name, head)):
		return nil
	case name == "mimetype":
		b.typed = true
		return checkMimetype(head, typeEPUB)
	case ext == ".js":
		return active(KindScript, "has a script inside")
	case !partExtensions[ext] && !bookExtensions[ext] && path.Base(name) != "itunesartwork":
		return entry(EntryType, "has an entry with an extension that no part of a book has")
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	switch ext := path.Ext(name); {
	case ext == ".css":
		return bookStyles(w.budget.work, head, body)
	case !looksLikeXML(head) && (!bookMarkup[ext] || len(head) == 0):
		return nil
	}
	part := &bookPart{links: b.links, lists: bookLists[path.Ext(name)] || strings.HasPrefix(name, "meta-inf/")}
	options := xmlread.Options{Doctypes: slices.Concat(bookTypes, svgDoctypes), Entities: adobeEntities, Characters: bookCharacters, Long: part.long}
	return readXML(w.budget.work, body, options, part, func(xmlread.Name) partRule { return part })
}

func (b *epub) end(w *zipWalk) error {
	if !b.typed || !w.names.hasFile("META-INF/container.xml") {
		return fault(CodeDamaged, "is not a complete EPUB book")
	}
	return nil
}

// isMacFile reports whether a file lies in __MACOSX, where macOS packs its data about other files,
// and is short and has no <, ( or @. Without these, a page or a style sheet cannot act.
func isMacFile(name string, head []byte) bool {
	return strings.HasPrefix(name, "__macosx/") && len(head) < sniff.HeadLen && !bytes.ContainsAny(head, "<(@")
}
