package sniff

import "bytes"

const (
	svgNamespace   = "http://www.w3.org/2000/svg"
	xhtmlNamespace = "http://www.w3.org/1999/xhtml"
)

// documentType returns the type of a declared XML document, of an SVG image, or of text with a
// prologue and no element after it. It returns "" for all other text, also for other HTML. leaf is
// the type that mimetype returned.
func documentType(text []byte, leaf string) string {
	text = bytes.TrimLeft(text, " \t\r\n\f")
	root, ok := rootName(text)
	switch {
	case hasPrefixFold(text, "<?xml"):
		return xmlType(text, leaf)
	case !ok:
		if bytes.HasPrefix(text, []byte("<!--")) || hasPrefixFold(text, "<!doctype") {
			return html // the prologue fills the head, or no element follows it
		}
	case root == "svg":
		return svg
	}
	return ""
}

// xmlType returns the type of a document in XML. leaf is the type that mimetype returned.
func xmlType(text []byte, leaf string) string {
	root, _ := rootName(text)
	switch {
	case root == "svg", bytes.Contains(text, []byte(svgNamespace)):
		return svg
	case root == "html", bytes.Contains(text, []byte(xhtmlNamespace)):
		return xhtml
	case harmless[leaf], leaf == html:
		return xml
	}
	return leaf // XML, or a dialect of it: RSS, KML ...
}

// undeclaredXML returns the type of a document in XML without an XML declaration, which XML 1.0
// makes optional. It returns "" if head does not begin like one. Only the file's name
// distinguishes it from HTML.
func undeclaredXML(head []byte) string {
	text, ok := decode(head[:min(len(head), HeadLen)])
	text = bytes.TrimLeft(text, " \t\r\n")
	if !ok || len(text) < 2 || text[0] != '<' || hasPrefixFold(text, "<!doctype") {
		return ""
	}
	c := text[1]
	if c == '!' || c == '?' || c == '_' || c >= 0x80 || 'a' <= c|0x20 && c|0x20 <= 'z' {
		return xmlType(text, plain)
	}
	return ""
}

// rootName returns the first element's name in lower case and without its prefix. It reports false
// if text ends, or has something else, before it.
func rootName(text []byte) (string, bool) {
	for {
		text = bytes.TrimLeft(text, " \t\r\n\f")
		end := ""
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			text, end = text[len("<!--"):], "-->"
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		case hasPrefixFold(text, "<!doctype"):
			text = skipSubset(text)
			end = ">"
		case bytes.HasPrefix(text, []byte("<")):
			return elementName(text[1:])
		default:
			return "", false
		}
		_, rest, found := bytes.Cut(text, []byte(end))
		if !found {
			return "", false
		}
		text = rest
	}
}

// skipSubset passes over the internal subset of a document type, whose declarations end in ">"
// themselves.
func skipSubset(doctype []byte) []byte {
	head, _, _ := bytes.Cut(doctype, []byte(">"))
	if !bytes.Contains(head, []byte("[")) {
		return doctype
	}
	_, rest, _ := bytes.Cut(doctype, []byte("]"))
	return rest
}

func elementName(text []byte) (string, bool) {
	n := bytes.IndexAny(text, " \t\r\n\f/>")
	if n < 0 {
		return "", false
	}
	name := text[:n]
	name = name[bytes.LastIndexByte(name, ':')+1:]
	return string(bytes.ToLower(name)), true
}

func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && bytes.EqualFold(text[:len(prefix)], []byte(prefix))
}
