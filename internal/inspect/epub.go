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

	"github.com/airlock-go/upload/internal/xmlread"
)

// epub judges a book (EPUB 3.3, and 2.0.1).
type epub struct {
	links bool // allow links to files and of any scheme
	typed bool // the mimetype entry declares the type
}

// bookTypes are the document types of books: XHTML 5 and 1, and of the table of contents.
var bookTypes = []xmlread.DocumentType{
	{Name: "html"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.1//EN", System: "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.0 Strict//EN", System: "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"},
	{Name: "html", Public: "-//W3C//DTD XHTML 1.0 Transitional//EN", System: "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"},
	{Name: "ncx", Public: "-//NISO//DTD ncx 2005-1//EN", System: "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"},
	{Name: "package", Public: "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN", System: "http://openebook.org/dtds/oeb-1.2/oebpkg12.dtd"},
}

// bookCharacters returns the entities of XHTML 1. They are those of HTML 4, and each is a character
// (XHTML 1.0, A.2). Readers derive them from the document type. XHTML 5 declares its entities
// nowhere.
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

// bookExtensions lists the extensions of entries, in addition to those of Office.
var bookExtensions = nameSet(`.xhtml .html .htm .opf .ncx .css .smil .pls .woff .woff2 .txt .xpgt .plist .opus`)

func (b *epub) name(h *zipHeader) (string, error) { return h.oneName() }

func (b *epub) entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error {
	head, err := peekHead(body)
	if err != nil {
		return err
	}
	name := foldName(h.name)
	switch ext := path.Ext(name); {
	case isDirectory(h.name), isFolderFile(h.name, head):
		return nil
	case name == "mimetype":
		b.typed = true
		return checkMimetype(head, typeEPUB)
	case ext == ".js":
		return active(KindScript, "has a script inside")
	case !partExtensions[ext] && !bookExtensions[ext]:
		return entry(EntryType, "has an entry with an extension that no part of a book has")
	}
	if err := checkEntry(head); err != nil {
		return err
	}
	if !looksLikeXML(head) {
		return nil
	}
	options := xmlread.Options{Doctypes: slices.Concat(bookTypes, pictureTypes), Characters: bookCharacters, Long: seen}
	return readXML(w.budget.work, body, options, func(xmlread.Name) partRule {
		return &bookPart{links: b.links}
	})
}

func (b *epub) end(w *zipWalk) error {
	if !b.typed || !w.names.hasFile("META-INF/container.xml") {
		return fault(CodeDamaged, "is not a complete EPUB book")
	}
	return nil
}

// bookPart judges a page, a list or a drawing of a book.
type bookPart struct{ links bool }

// fontMasks are the algorithms that mask fonts of books. Masking is not encryption: the key is in
// the book.
var fontMasks = []string{"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}

func (b *bookPart) start(r *xmlread.Reader) error {
	local := lowered(r.Name().Local)
	switch string(local) {
	case "script":
		return active(KindScript, "has a script inside")
	case "encryptionmethod":
		if how, err := attribute(r, "Algorithm"); err != nil || !slices.Contains(fontMasks, how) {
			return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
		}
	}
	isPage := string(r.Name().Space) == nsXHTML || string(r.Name().Space) == nsSVG || len(r.Name().Space) == 0
	for i := range r.Attrs() {
		if err := b.attribute(local, isPage, r.Attr(i)); err != nil && !(b.links && isLinkFault(err)) {
			return err
		}
	}
	return nil
}

func (*bookPart) text([]byte) error         { return nil }
func (*bookPart) end(*xmlread.Reader) error { return nil }

func (b *bookPart) attribute(element []byte, isPage bool, a xmlread.Attr) error {
	name := lowered(a.Local)
	switch {
	case isPage && beginsWith(name, "on"):
		return active(KindScript, "has a script inside")
	case !bookAddresses[string(name)]:
		return nil
	}
	value := string(a.Value)
	scheme, _, _ := cutScheme(strings.TrimSpace(value))
	switch {
	case scheme == "javascript", scheme == "vbscript":
		return active(KindScript, "has a script inside")
	case scheme == "data" && strings.HasPrefix(strings.ToLower(value), "data:image/"), !isPage:
		return nil
	case string(name) == "href" && (string(element) == "a" || string(element) == "area"):
		return clickable(value)
	}
	return loaded(a)
}

// bookAddresses lists the attributes whose value is an address.
var bookAddresses = nameSet(`src href data poster srcset`)

// lowered returns a name in lower case: itself if it is.
func lowered(name []byte) []byte {
	if slices.ContainsFunc(name, func(c byte) bool { return c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' }) {
		return bytes.ToLower(name)
	}
	return name
}
