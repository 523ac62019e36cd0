package inspect

import (
	"io"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// SVG checks that a stream is an SVG image that neither runs nor loads anything. The zero value is
// ready.
//
// Package xmlread defines well-formed documents here, their encodings, and their bounds. The root
// is svg in the namespace of SVG, with any prefix, or in none, as early editors wrote it. Of that
// namespace, and without one, only the elements of static images and declarative animation are
// accepted. Elements and attributes of editors in other namespaces are data, to a browser and here.
// A foreignObject may hold text in elements of XHTML that only affect its look.
//
// Refused as active are scripts, event attributes on any element, other elements of XHTML and of
// the web, and xml:base. So are references in href, in url() and in style sheets, except for
// fragments of the file itself, and data URLs with PNG, JPEG, GIF and WebP images or fonts. So are
// @import and unknown functions of CSS, animation of references, and processing instructions other
// than svgInstructions. So are document types other than svgDoctypes. Their only declarations may
// be the entities that Adobe Illustrator gives to namespaces, and the namespace that Sodipodi
// fixes. A link may lead to URLs of linkSchemes and to relative ones without a host, since it waits
// for a click. Attributes that SVG does not have are accepted if neither their names nor their
// values have a meaning in a browser.
//
// An accepted image shows only itself as <img>, and when opened alone. It is not safe to paste into
// an HTML document, which is parsed by other rules. SVG does not inspect embedded pictures, or
// judge the time of rendering: a few filters or patterns can keep a renderer busy.
//
// Memory is less than 64 KiB. A caller that gives up before Verdict must call Close.
type SVG struct {
	pull pull
}

// Within sets the budget to work from; see [Budget].
func (s *SVG) Within(b *Budget) { s.pull.Within(b) }

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (s *SVG) Write(p []byte) (int, error) { return s.pull.write(p, s) }

// Verdict returns nil if what was written is an acceptable image, and the fault, an *Error, if not.
// The stream must have ended.
func (s *SVG) Verdict() error { return s.pull.verdict(s) }

// Close releases what a stream without a Verdict holds.
func (s *SVG) Close() error {
	s.pull.close()
	return nil
}

func (s *SVG) walk(r io.Reader) error {
	d := &svgDocument{}
	reader := xmlread.New(r, xmlread.Options{
		Spend: s.pull.budget.Spend, Long: d.long, Doctypes: svgDoctypes, Entities: adobeEntities, Fixed: sodipodiFixed,
	})
	d.line = reader.Line
	return walkXML(reader, d)
}

// svgDocument holds the rules of SVG.
type svgDocument struct {
	rooted  bool
	css     css        // of the current style sheet or long value
	style   int        // depth of the style element around, 0 for none
	foreign int        // depth of the outermost foreignObject around, 0 for none
	line    func() int // of the reader; nil in a part of a document
}

func (s *svgDocument) start(r *xmlread.Reader) *Error {
	name := r.Name()
	e := svgElement{
		name: name.Local, inSVG: len(name.Space) == 0 || string(name.Space) == nsSVG, inWeb: string(name.Space) == nsXHTML,
	}
	if found := s.element(e, name.Space); found != nil {
		return found
	}
	s.rooted = true
	switch {
	case e.inSVG && string(e.name) == "style":
		s.style, s.css = r.Depth(), css{}
	case e.inSVG && string(e.name) == "foreignObject" && s.foreign == 0:
		s.foreign = r.Depth()
	}
	for i := range r.Attrs() {
		if found := svgAttribute(e, r.Attr(i)); found != nil {
			return found
		}
	}
	return nil
}

func (s *svgDocument) element(e svgElement, space []byte) *Error {
	switch {
	case !s.rooted && (!e.inSVG || string(e.name) != "svg"):
		return fault(CodeMismatch, "is not an SVG image")
	case s.style > 0:
		return active(KindMarkup, isForeign)
	case e.inSVG && svgNames.lists(e.name)&drawn != 0, e.inWeb && s.foreign > 0 && xhtmlElements[string(e.name)]:
		return nil
	}
	folded := strings.ToLower(string(e.name))
	switch {
	case folded == "script":
		return active(KindScript, hasScript)
	case e.inSVG || acts(space) || htmlElements[folded]:
		return active(KindMarkup, isForeign)
	}
	return nil
}

// text judges style sheets.
func (s *svgDocument) text(piece []byte) *Error {
	if s.style > 0 {
		return s.css.write(piece)
	}
	return nil
}

func (s *svgDocument) end(r *xmlread.Reader) *Error {
	depth := r.Depth()
	if depth == s.foreign {
		s.foreign = 0
	}
	if depth != s.style {
		return nil
	}
	found := s.css.end()
	s.style, s.css = 0, css{}
	return found
}

func (s *svgDocument) instruction(target string) bool { return svgInstructions[target] }

// long judges a value that does not fit into a tag. For references its beginning is enough, and
// that stays in the tag.
func (s *svgDocument) long(name, piece []byte, last bool) error {
	if svgNames.lists(name)&styled == 0 {
		return nil
	}
	s.css.list = string(name) == "values"
	found := s.css.write(piece)
	if found == nil && last {
		found, s.css = s.css.end(), css{}
	}
	if found != nil && s.line != nil {
		return inLine(found, s.line())
	}
	return orNil(found)
}

// svgInstructions are the accepted targets of processing instructions. Drawing programs write them.
var svgInstructions = nameSet(`xpacket adobe-xap-filters plantuml plantuml-src`)

// svgDoctypes are the accepted document types: one without identifiers, and those of the W3C, from
// the drafts of SVG 1.0 on. Old drawing programs write them.
var svgDoctypes = []xmlread.DocumentType{
	{Name: "svg"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.0//EN", System: "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.0//EN", System: "http://www.w3.org/TR/SVG/DTD/svg10.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.0//EN", System: "http://www.w3.org/TR/2001/PR-SVG-20010719/DTD/svg10.dtd"}, // Dia
	{Name: "svg", Public: "-//W3C//DTD SVG 20010904//EN", System: "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 20001102//EN", System: "http://www.w3.org/TR/2000/CR-SVG-20001102/DTD/svg-20001102.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 20000802//EN", System: "http://www.w3.org/TR/2000/CR-SVG-20000802/DTD/svg-20000802.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 20000303 Stylable//EN", System: "http://www.w3.org/TR/2000/03/WD-SVG-20000303/DTD/svg-20000303-stylable.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11-flat.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1//EN", System: "http://www.w3.org/TR/SVG11/DTD/svg11.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1 Basic//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11-basic.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.1 Tiny//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11-tiny.dtd"},
	{Name: "svg", Public: "-//W3C//DTD SVG 1.2//EN", System: "http://www.w3.org/Graphics/SVG/1.2/DTD/svg12.dtd"},
}

// sodipodiFixed is the namespace that Sodipodi fixes in the document type of each drawing.
var sodipodiFixed = map[string]string{"xlink": nsXLink}

// adobeEntities are the entities that Adobe Illustrator declares, each a namespace. They mean the
// same in every reader.
var adobeEntities = map[string]string{
	"ns_svg":         "http://www.w3.org/2000/svg",
	"ns_xlink":       "http://www.w3.org/1999/xlink",
	"ns_ai":          "http://ns.adobe.com/AdobeIllustrator/10.0/",
	"ns_extend":      "http://ns.adobe.com/Extensibility/1.0/",
	"ns_graphs":      "http://ns.adobe.com/Graphs/1.0/",
	"ns_vars":        "http://ns.adobe.com/Variables/1.0/",
	"ns_imrep":       "http://ns.adobe.com/ImageReplacement/1.0/",
	"ns_sfw":         "http://ns.adobe.com/SaveForWeb/1.0/",
	"ns_custom":      "http://ns.adobe.com/GenericCustomNamespace/1.0/",
	"ns_adobe_xpath": "http://ns.adobe.com/XPath/1.0/",
	"ns_flows":       "http://ns.adobe.com/Flows/1.0/",
	"ns_rdf":         "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
