package inspect

import (
	"encoding/xml"
	"io"
	"strings"
)

// SVG checks that a stream is an SVG image that neither runs nor loads anything. The zero value is ready.
//
// It is XML as the type XML describes it, with its bounds, and a root svg in the namespace of SVG, whatever its prefix,
// or in none, as early editors wrote it. Of that namespace, and without one, only the elements and attributes of static
// images and declarative animation are accepted. Elements and attributes of editors in other namespaces are data, to a
// browser and here.
//
// Refused as Active: scripts; event attributes on any element; foreignObject; elements of XHTML and the other
// namespaces of the web; xml:base; references to anything but a fragment of the file itself, in href, in url() and in
// style sheets, except for PNG, JPEG, GIF and WebP images and fonts in data URLs; @import; animation of href, style or
// events; style sheets and processing instructions from elsewhere; document types other than those of the W3C without
// declarations of their own. So a link to the web is refused, and so are pictures of programs that write a
// foreignObject for their own use.
//
// An accepted image shows nothing but itself as <img>, and when opened alone. It is not made to be pasted into an HTML
// document, where other rules of parsing hold. Embedded pictures are not looked into, and how long rendering takes is
// not judged: a few filters or patterns can keep a renderer busy.
type SVG struct {
	pull pull
}

// Within has it work from b; see [Budget].
func (s *SVG) Within(b *Budget) { s.pull.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (s *SVG) Write(p []byte) (int, error) { return s.pull.write(p, s.walk) }

// Verdict returns nil if what was written is an acceptable image, and the fault, an *Error, if not. The stream must have
// ended.
func (s *SVG) Verdict() error { return s.pull.verdict(s.walk) }

// Close releases what a stream that has no Verdict holds.
func (s *SVG) Close() error {
	s.pull.close()
	return nil
}

func (s *SVG) walk(r io.Reader) error { return walkXML(r, &svgDocument{}) }

const (
	hasScript   = "contains a script"
	isForeign   = "contains an element or attribute that static images do not have"
	loads       = "refers to something outside of it"
	notAnSVG    = "is not an SVG image"
	styleSheets = 1 << 20 // bytes of one style sheet
)

// svgDocument is the handler of SVG.
type svgDocument struct {
	root  bool
	style bool // within a style element
	sheet strings.Builder
}

// doctype accepts what drawing programs used to write: <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG …" "http://www.w3.org/…">.
func (s *svgDocument) doctype(declaration string) bool {
	words := strings.FieldsFunc(strings.ReplaceAll(declaration, "'", `"`), func(r rune) bool { return r == '"' })
	if strings.ContainsAny(declaration, "[<") || !strings.EqualFold(firstField(declaration), "doctype") {
		return false
	}
	return len(words) == 1 && strings.Join(strings.Fields(words[0]), " ") == "DOCTYPE svg" ||
		len(words) >= 4 && strings.HasPrefix(words[1], "-//W3C//DTD SVG") && strings.HasPrefix(words[3], "http://www.w3.org/")
}

func firstField(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}

func (s *svgDocument) start(e xml.StartElement) *Error {
	inSVG := e.Name.Space == nsSVG || e.Name.Space == ""
	name := e.Name.Local
	switch {
	case !s.root && (!inSVG || name != "svg"):
		return fault(CodeDamaged, notAnSVG)
	case s.style:
		return active(KindMarkup, isForeign)
	case strings.EqualFold(name, "script"):
		return active(KindScript, hasScript)
	case inSVG && !svgElements[name], !inSVG && (runs(e.Name.Space) && e.Name.Space != nsRDF || htmlElements[strings.ToLower(name)]):
		return active(KindMarkup, isForeign)
	}
	s.root = true
	s.style = inSVG && name == "style"
	for _, a := range e.Attr {
		if fault := svgAttribute(e.Name, inSVG, a); fault != nil {
			return fault
		}
	}
	return nil
}

func (s *svgDocument) text(t xml.CharData) *Error {
	if s.style {
		s.sheet.Write(t)
		if s.sheet.Len() > styleSheets {
			return fault(CodeComplex, "has a style sheet of more than 1 MiB")
		}
	}
	return nil
}

// end judges a style sheet, which may have come in pieces.
func (s *svgDocument) end(xml.EndElement) *Error {
	if !s.style {
		return nil
	}
	s.style = false
	sheet := s.sheet.String()
	s.sheet.Reset()
	return svgStyle(sheet)
}

// svgAttribute judges an attribute of an element, which is in the namespace of SVG or is data.
func svgAttribute(element xml.Name, inSVG bool, a xml.Attr) *Error {
	name := a.Name.Local
	switch a.Name.Space {
	case "xmlns":
		return nil
	case "":
		if name == "xmlns" {
			return nil
		}
	case nsXLink:
		if name == "href" {
			return svgReference(element, a.Value)
		}
		return nil
	case nsXML:
		if name == "base" {
			return active(KindExternal, loads)
		}
		return nil
	default:
		if runs(a.Name.Space) {
			return active(KindMarkup, isForeign)
		}
		return nil
	}
	switch {
	case len(name) > 2 && strings.EqualFold(name[:2], "on"):
		return active(KindScript, hasScript)
	case name == "href":
		return svgReference(element, a.Value)
	case !inSVG:
		return nil
	case !svgAttributes[name] && !strings.HasPrefix(name, "data-") && !strings.HasPrefix(name, "aria-"):
		return active(KindMarkup, isForeign)
	case name == "attributeName":
		return svgAnimation(a.Value)
	}
	return svgStyle(a.Value)
}

// svgAnimation judges the name of an attribute that changes in time.
func svgAnimation(name string) *Error {
	name = strings.ToLower(strings.TrimSpace(name))
	name = name[strings.LastIndexByte(name, ':')+1:]
	if name == "href" || name == "style" || name == "base" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "xmlns") {
		return active(KindScript, "animates what it refers to")
	}
	return nil
}

// svgReference judges the value of a href.
func svgReference(element xml.Name, value string) *Error {
	value = strings.TrimSpace(value)
	switch {
	case value == "" || value[0] == '#':
		return nil
	case (element.Local == "image" || element.Local == "feImage") && isData(value, imageData):
		return nil
	case strings.HasPrefix(strings.ToLower(value), "javascript:"):
		return active(KindScript, hasScript)
	}
	return active(KindExternal, loads)
}

func isData(value string, prefixes []string) bool {
	head := strings.ToLower(value[:min(len(value), 40)])
	for _, p := range prefixes {
		if strings.HasPrefix(head, p) {
			return true
		}
	}
	return false
}
