package inspect

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/xmlread"
)

// actsInBook reports whether a namespace has elements on which a browser acts, other than those of
// pages and their sound.
func actsInBook(space []byte) bool {
	switch string(space) {
	case nsXHTML, nsSVG, nsMathML, "http://www.w3.org/ns/SMIL", "http://www.w3.org/2001/10/synthesis",
		"http://www.w3.org/2005/01/pronunciation-lexicon",
		"http://www.w3.org/1999/XSL/Format", "http://www.w3.org/TR/REC-html40": // of Adobe's page templates, and of Word
		return false
	}
	return actsInBrowser(space)
}

func (b *bookPart) attribute(e bookElement, a xmlread.Attr) error {
	name := string(lowered(a.Local))
	if string(a.Space) == "http://www.w3.org/2001/xml-events" { // of epub:trigger (EPUB 3.0)
		if name == "event" || name == "observer" {
			return nil
		}
		return active(KindScript, "has a script inside")
	}
	switch {
	case len(a.Space) == 0 && len(name) > 2 && name[:2] == "on":
		return active(KindScript, "has a script inside")
	case actsInBook(a.Space):
		return active(KindMarkup, "has a page with an attribute that books do not have")
	case bookAddresses[name], e.name == "param" && name == "value", name == "code" && (e.name == "embed" || e.name == "object"):
		return bookAddress(e, name, a)
	case e.shown && len(a.Space) == 0:
		return pageAttribute(e, name, a)
	}
	return nil
}

// pageAttribute judges an attribute of a page that is neither an event nor an address.
func pageAttribute(e bookElement, name string, a xmlread.Attr) error {
	switch {
	case name == "srcdoc":
		return active(KindMarkup, "has a page with an attribute that books do not have")
	case name == "attributename":
		return orNil(svgAnimation(a.Value))
	case name == "http-equiv" && strings.EqualFold(strings.TrimSpace(string(a.Value)), "refresh"):
		return active(KindExternal, "goes to another page by itself")
	case name == "charset" && e.name == "link" && !isPlainCharset(string(a.Value)):
		return fault(CodeUnsupported, unreadCharset)
	case svgNames.lists([]byte(name))&styled != 0 && !a.Long:
		c := css{book: &cssBook{}, list: name == "values"}
		if found := c.write(a.Value); found != nil {
			return found
		}
		return orNil(c.end())
	}
	return nil
}

// long judges a style in an attribute whose value is too long to be held.
func (b *bookPart) long(name, piece []byte, last bool) error {
	if b.style > 0 || svgNames.lists(lowered(name))&styled == 0 {
		return nil // an element within a style element is refused
	}
	if b.sheet.book == nil {
		b.sheet = css{book: &cssBook{}, list: string(lowered(name)) == "values"}
	}
	found := b.sheet.write(piece)
	if found == nil && last {
		found, b.sheet = b.sheet.end(), css{}
	}
	return orNil(found)
}

// bookAddress judges an address. In lists (see bookLists) it refuses scripts everywhere, and vague
// addresses (see isVague) in href and src. Of the other addresses there it judges only bases,
// sources and listed parts.
func bookAddress(e bookElement, name string, a xmlread.Attr) error {
	value := strings.TrimSpace(string(a.Value))
	switch {
	case scriptSchemes[schemeOf([]byte(value))]:
		return active(KindScript, "has a script inside")
	case isVague(a) && (e.shown || name == "href" || name == "src"):
		return active(KindExternal, "loads something from elsewhere")
	case !e.shown && name != "src" && name != "base" && e.name != "item":
		return nil
	case bookSeveral[name]:
		return severalAddresses(e, a)
	case bookData[name] && isPicture(e, value):
		return nil
	case name == "longdesc", name == "href" && e.clicks:
		return clickableAttr(a)
	}
	if err := loaded(a); err != nil {
		return err
	}
	if name == "href" && e.styles && entryExt(value) != ".css" {
		return active(KindExternal, "has a style sheet that is not named as one")
	}
	return nil
}

// severalAddresses judges a list of addresses. Sizes in the list, such as 2x, pass as addresses.
func severalAddresses(e bookElement, a xmlread.Attr) error {
	for one := range strings.FieldsFuncSeq(string(a.Value), func(r rune) bool { return r <= ' ' || r == ',' }) {
		if a.Long || !staysInside(one) && !isPicture(e, one) {
			return active(KindExternal, "loads something from elsewhere")
		}
	}
	return nil
}

// isPicture reports whether an address is the data of a picture that cannot act at that element.
func isPicture(e bookElement, address string) bool {
	return bookPictures[e.name] && isData([]byte(address), []string{"data:image/"}) || isData([]byte(address), imageData)
}

// relations reports whether a link element only names its target, since browsers load nothing for
// any of its relations (HTML, 4.6.7), and whether it may lead to a style sheet in CSS.
func relations(r *xmlread.Reader) (names, styles bool) {
	rel, err := attribute(r, "rel")
	names = err == nil && rel != ""
	for token := range strings.FieldsSeq(strings.ToLower(rel)) {
		styles = styles || token == "stylesheet"
		names = names && (strings.ContainsAny(token, ".:") || bookRelations[token])
	}
	kind, other := attribute(r, "type")
	return names, err != nil || other != nil || styles && (kind == "" || strings.Contains(strings.ToLower(kind), "css"))
}

// lowered returns a name in lower case: itself if it is.
func lowered(name []byte) []byte {
	if slices.ContainsFunc(name, func(c byte) bool { return c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' }) {
		return bytes.ToLower(name)
	}
	return name
}
