package inspect

import (
	"bytes"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

const isForeign = "contains an element or attribute that static images do not have"

// svgElement is the element whose attributes are judged.
type svgElement struct {
	name         []byte
	inSVG, inWeb bool // in the namespace of SVG, or of XHTML
}

// svgAttribute judges an attribute of an element.
func svgAttribute(e svgElement, a xmlread.Attr) *Error {
	switch {
	case len(a.Space) == 0:
	case string(a.Space) == nsXLink:
		if string(a.Local) == "href" {
			return svgReference(e, a)
		}
		return nil
	case string(a.Space) == nsXML:
		if string(a.Local) == "base" {
			return active(KindExternal, loads)
		}
		return nil
	case acts(a.Space):
		return active(KindMarkup, isForeign)
	default:
		return nil
	}
	switch {
	case len(a.Local) > 2 && a.Local[0]|0x20 == 'o' && a.Local[1]|0x20 == 'n':
		return active(KindScript, hasScript)
	case string(a.Local) == "href":
		return svgReference(e, a)
	case e.inWeb:
		return xhtmlAttribute(a)
	case !e.inSVG:
		return nil
	}
	return plainAttribute(a)
}

// plainAttribute judges an attribute of SVG that is neither an event nor a reference.
func plainAttribute(a xmlread.Attr) *Error {
	lists := svgNames.lists(a.Local)
	switch {
	case string(a.Local) == "attributeName":
		return svgAnimation(a.Value)
	case lists&styled != 0:
		return styleOf(a)
	case lists&described != 0, isDataAttribute(a.Local):
		return nil
	case a.Long || actingAttributes[strings.ToLower(string(a.Local))] || !isInertName(a.Local) || isAddress(a.Value):
		return active(KindMarkup, isForeign)
	}
	return styleOf(a)
}

// styleOf judges a value that is CSS. A long one was judged while it came.
func styleOf(a xmlread.Attr) *Error {
	if a.Long || bytes.IndexByte(a.Value, '(') < 0 && bytes.IndexByte(a.Value, '\\') < 0 && bytes.IndexByte(a.Value, '@') < 0 {
		return nil // without a function, an escape or an at-rule, CSS refers to nothing
	}
	c := css{list: string(a.Local) == "values"}
	if found := c.write(a.Value); found != nil {
		return found
	}
	return c.end()
}

// isDataAttribute reports whether a name is reserved for data or descriptions.
func isDataAttribute(name []byte) bool {
	return bytes.HasPrefix(name, []byte("data-")) || bytes.HasPrefix(name, []byte("aria-"))
}

// isInertName reports whether a name has only letters, digits, "-" and "_", like names that
// programs invent or misspell.
func isInertName(name []byte) bool {
	for _, c := range name {
		if !isLetterOrDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// svgAnimation judges the name of an attribute that an animation changes: it must be one of
// svgAttributes or styledAttributes other than style.
func svgAnimation(name []byte) *Error {
	known := bytes.TrimSpace(name)
	if string(known) != "style" && svgNames.lists(known)&(described|styled) != 0 {
		return nil
	}
	return active(KindScript, "animates a reference, a style or an unknown attribute")
}

// svgReference judges the value of a href, of which a long one has only its beginning.
func svgReference(e svgElement, a xmlread.Attr) *Error {
	value := bytes.TrimSpace(a.Value)
	switch {
	case len(value) == 0 && !a.Long, len(value) > 0 && value[0] == '#':
		return nil
	case e.inSVG && (string(e.name) == "image" || string(e.name) == "feImage") && isData(value, imageData):
		return nil
	case scriptSchemes[schemeOf(value)]:
		return active(KindScript, hasScript)
	case e.inSVG && string(e.name) == "a":
		return svgLink(value, a.Long)
	}
	return active(KindExternal, loads)
}

// svgLink judges the target of a link: it may have a scheme of linkSchemes, or none. It refuses
// control characters, since browsers remove some before they read an address (WHATWG URL, 4.4).
func svgLink(value []byte, long bool) *Error {
	scheme := schemeOf(value)
	switch {
	case beginsHost(string(value)):
		return active(KindLink, "has a link to another computer")
	case bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return active(KindLink, "has a link with a control character")
	case linkSchemes[scheme], scheme == "" && !long && !hasDrive(string(value)):
		return nil
	}
	return active(KindLink, "has a link of a kind that is not accepted")
}

var scriptSchemes = nameSet("javascript vbscript livescript")

// schemeOf returns the part of an address that a browser might take for its scheme, in lower case
// and without spaces and control characters, or "" for a relative address. It accepts more schemes
// than RFC 3986 does.
func schemeOf(address []byte) string {
	end := bytes.IndexAny(address, ":/?#")
	if end < 0 || address[end] != ':' {
		return ""
	}
	scheme := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.ToLower(string(address[:end])))
	if scheme == "" {
		return ":"
	}
	return scheme
}

// isAddress reports whether a value may be an address of another place.
func isAddress(value []byte) bool {
	value = bytes.TrimSpace(value)
	return schemeOf(value) != "" || bytes.HasPrefix(value, []byte("//")) || bytes.HasPrefix(value, []byte(`\\`))
}

// xhtmlAttribute judges an attribute without a namespace, of an element of xhtmlElements.
func xhtmlAttribute(a xmlread.Attr) *Error {
	switch {
	case string(a.Local) == "style":
		return styleOf(a)
	case xhtmlAttributes[string(a.Local)], isDataAttribute(a.Local):
		return nil
	}
	return active(KindMarkup, isForeign)
}
