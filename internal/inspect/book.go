package inspect

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// bookPart judges a page, a list or a drawing of a book as a browser reads it, since reading
// systems show pages with one.
type bookPart struct {
	links bool
	lists bool // the part is a list (see bookLists), or lies in META-INF
	sheet css  // of the style element or the long value around
	style int  // depth of the style element around, 0 for none
}

// fontMasks are the algorithms that mask fonts of books. Masking is not encryption: the key is in
// the book.
var fontMasks = []string{"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}

// bookElement is the element whose attributes are judged.
type bookElement struct {
	name   string // in lower case
	shown  bool   // a browser may show it, as HTML even without its namespace
	clicks bool   // its href waits for a click, or is never loaded
	styles bool   // its href is a style sheet
}

func (b *bookPart) start(r *xmlread.Reader) error {
	space := string(r.Name().Space)
	e := bookElement{name: string(lowered(r.Name().Local))}
	e.shown = !b.lists || space == nsMathML || space == nsXHTML || space == nsSVG || space == ""
	e.clicks = space == nsMathML || e.name == "a" || e.name == "area"
	if e.name == "link" {
		e.clicks, e.styles = relations(r)
	}
	if err := b.element(e.name, r); err != nil {
		return err
	}
	if e.shown && e.name == "style" && space != "http://ns.adobe.com/2006/ade" { // of Adobe's page templates
		b.style, b.sheet = r.Depth(), css{book: &cssBook{sheet: true}}
	}
	for i := range r.Attrs() {
		if err := b.attribute(e, r.Attr(i)); err != nil && !(b.links && isLinkFault(err)) {
			return err
		}
	}
	return nil
}

func (b *bookPart) element(name string, r *xmlread.Reader) error {
	space := r.Name().Space
	switch {
	case name == "script":
		return active(KindScript, "has a script inside")
	case b.style > 0, bookOutcasts[name], string(space) == nsSVG && svgNames.lists(r.Name().Local)&drawn == 0, actsInBook(space):
		return active(KindMarkup, "has a page with an element that books do not have")
	case name == "encryptionmethod":
		if how, err := attribute(r, "Algorithm"); err != nil || !slices.Contains(fontMasks, how) {
			return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
		}
	case name == "cipherreference":
		if uri, err := attribute(r, "URI"); err != nil || !bookFonts[entryExt(uri)] {
			return fault(CodeEncrypted, "has an encrypted entry, which cannot be inspected")
		}
	case name == "rootfile":
		return bookRoot(r)
	case name == "item":
		return bookItem(r)
	}
	return nil
}

func (b *bookPart) text(piece []byte) error {
	if b.style > 0 {
		return orNil(b.sheet.write(piece))
	}
	return nil
}

func (b *bookPart) end(r *xmlread.Reader) error {
	if r.Depth() != b.style {
		return nil
	}
	found := b.sheet.end()
	b.style, b.sheet = 0, css{}
	return orNil(found)
}

// orNil returns a fault as an error, nil for none.
func orNil(found *Error) error {
	if found == nil {
		return nil
	}
	return found
}

// instruction judges a processing instruction. A style sheet must be CSS within the book, since a
// browser would run a transformation.
func (*bookPart) instruction(r *xmlread.Reader) error {
	if string(r.Text()) != "xml-stylesheet" {
		return nil
	}
	values, ok := instructionValues(r.Data())
	isCSS := (values["type"] == "" || strings.EqualFold(values["type"], "text/css")) && entryExt(values["href"]) == ".css"
	isRead := values["charset"] == "" || isPlainCharset(values["charset"])
	if ok && isCSS && isRead && staysInside(values["href"]) {
		return nil
	}
	return active(KindInstruction, "contains a processing instruction")
}

// instructionValues reads the pseudo-attributes of an instruction. It refuses references and tags,
// which some browsers read, names with other characters than a to z, repeated names, and data that
// is not held whole.
func instructionValues(data []byte) (values map[string]string, ok bool) {
	if len(data) == xmlread.MaxData || bytes.ContainsAny(data, "&<>") {
		return nil, false
	}
	values = map[string]string{}
	for rest := strings.TrimSpace(string(data)); rest != ""; rest = strings.TrimSpace(rest) {
		name, after, _ := strings.Cut(rest, "=")
		name, after = strings.TrimSpace(name), strings.TrimSpace(after)
		if after == "" || after[0] != '"' && after[0] != '\'' || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
			return nil, false
		}
		value, more, closed := strings.Cut(after[1:], after[:1])
		if _, twice := values[name]; twice || !closed {
			return nil, false
		}
		values[name], rest = value, more
	}
	return values, true
}

// bookRoot judges an entry of the list of renditions: one that is a list of parts must be named as
// XML. Others may be of any type, such as PDF.
func bookRoot(r *xmlread.Reader) error {
	list, err := attribute(r, "full-path")
	kind, other := attribute(r, "media-type")
	isParts := kind == "" || strings.Contains(strings.ToLower(kind), "xml")
	if err != nil || other != nil || isParts && list != "" && !bookMarkup[entryExt(list)] {
		return fault(CodeMismatch, "lists a part with another type than its name has")
	}
	return nil
}

// bookItem judges an entry of the list of a book's parts. Reading systems read a part as its listed
// type says, but this package goes by the name and the first bytes of the part.
func bookItem(r *xmlread.Reader) error {
	listed, err := attribute(r, "media-type")
	if err != nil || listed == "" {
		return err
	}
	href, err := attribute(r, "href")
	if err != nil {
		return err
	}
	ext, kind := entryExt(href), plainType(listed)
	isMarkup := strings.Contains(kind, "xml") || strings.Contains(kind, "html") || strings.Contains(kind, "xsl") || strings.HasPrefix(kind, "text/x-oeb")
	_, charset, declared := strings.Cut(strings.ToLower(listed), "charset")
	switch {
	case declared && !isPlainCharset(strings.Trim(charset, ` ="';`)):
		return fault(CodeUnsupported, "lists a part in an encoding that is not accepted")
	case strings.Contains(kind, "javascript"), strings.Contains(kind, "ecmascript"):
		return active(KindScript, "has a script inside")
	case kind == "text/html", ext == "%", strings.Contains(kind, "css") && ext != ".css",
		isMarkup && !bookMarkup[ext], strings.Contains(kind, "html") && bookLists[ext]:
		return fault(CodeMismatch, "lists a part with another type than its name has")
	}
	return nil
}

// entryExt returns the extension of the entry to which an address in a book leads, folded as names
// of entries are, or "%" if programs may differ in which entry that is.
func entryExt(address string) string {
	name, _, _ := strings.Cut(address, "#")
	name, _, query := strings.Cut(name, "?")
	plain, err := url.PathUnescape(strings.TrimSpace(name))
	if err != nil || query || strings.ContainsAny(plain, "%?#") || strings.TrimSpace(plain) != plain {
		return "%"
	}
	return path.Ext(foldName(plain))
}
