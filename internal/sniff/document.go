package sniff

import "bytes"

const (
	svgNamespace   = "http://www.w3.org/2000/svg"
	xhtmlNamespace = "http://www.w3.org/1999/xhtml"
)

// documentType returns the type of a markup document, "" if text does not begin like one. leaf is what mimetype says.
func documentType(text []byte, leaf string) string {
	text = bytes.TrimLeft(text, " \t\r\n\f")
	declared := hasPrefixFold(text, "<?xml")
	root, ok := rootName(text)
	switch {
	case !declared && !ok:
		if bytes.HasPrefix(text, []byte("<!--")) || hasPrefixFold(text, "<!doctype") {
			return html // the prologue fills the head
		}
		return ""
	case root == "svg", declared && bytes.Contains(text, []byte(svgNamespace)):
		return svg
	case !declared:
		return ""
	case root == "html", bytes.Contains(text, []byte(xhtmlNamespace)):
		return xhtml
	case harmless[leaf], leaf == html:
		return xml
	}
	return leaf // a dialect: RSS, KML ...
}

// rootName returns the first element's name in lower case and without its prefix. It reports false if text ends before.
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

// skipSubset passes over the internal subset of a document type, whose declarations end in ">" themselves.
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
