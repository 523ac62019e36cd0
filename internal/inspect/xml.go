package inspect

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxXMLToken = 1 << 20 // bytes of one tag, text or comment
	maxXMLDepth = 128     // of elements
)

// Namespaces that mean something to browsers. All others are data to them.
const (
	nsSVG   = "http://www.w3.org/2000/svg"
	nsXLink = "http://www.w3.org/1999/xlink"
	nsXML   = "http://www.w3.org/XML/1998/namespace"
	nsRDF   = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
)

// XML checks that a stream is well-formed XML that nothing runs or loads: data, and no document. The zero value is
// ready.
//
// It accepts UTF-8, with or without a byte order mark, and ISO-8859-1 that is declared. It refuses, as Malformed, what
// is not well-formed, and UTF-16; as Active, document types, whether or not they declare entities (CWE-611, CWE-776),
// processing instructions but for the XML declaration and the marks of XMP, and elements in the namespaces of XHTML,
// SVG, XSLT, XInclude and their like (all of www.w3.org but RDF, schemas and SOAP, and all of www.mozilla.org), which
// browsers and servers run; as TooLarge, tokens of more than 1 MiB, such as one text, and more than 128 levels of
// elements. Entities other than the five of XML are not well-formed here: nothing is expanded.
//
// Memory is some ten KiB for most files, and under 24 MiB for a tag of 1 MiB that is all attributes. Whoever gives up
// before Verdict calls Close.
type XML struct {
	pull pull
}

// Within has it work from b; see [Budget].
func (x *XML) Within(b *Budget) { x.pull.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (x *XML) Write(p []byte) (int, error) { return x.pull.write(p, x.walk) }

// Verdict returns nil if what was written is XML as described, and the fault, an *Error, if not. The stream must have
// ended.
func (x *XML) Verdict() error { return x.pull.verdict(x.walk) }

// Close releases what a stream that has no Verdict holds.
func (x *XML) Close() error {
	x.pull.close()
	return nil
}

func (x *XML) walk(r io.Reader) error { return walkXML(r, dataDocument{}) }

// dataDocument is the handler of XML.
type dataDocument struct{}

func (dataDocument) doctype(string) bool { return false }

func (dataDocument) start(e xml.StartElement) *Error {
	if runs(e.Name.Space) {
		return active(KindMarkup, "contains elements that a browser or a server runs")
	}
	return nil
}

func (dataDocument) text(xml.CharData) *Error { return nil }

func (dataDocument) end(xml.EndElement) *Error { return nil }

// runs reports whether a namespace is one whose elements do something.
func runs(space string) bool {
	switch {
	case space == nsRDF, strings.HasPrefix(space, "http://www.w3.org/2001/XMLSchema"), strings.HasPrefix(space, "http://www.w3.org/2003/05/soap"):
		return false
	}
	return strings.HasPrefix(space, "http://www.w3.org/") || strings.HasPrefix(space, "http://www.mozilla.org/")
}

// xmlHandler judges what a document is made of.
type xmlHandler interface {
	doctype(declaration string) (allowed bool)
	start(xml.StartElement) *Error
	text(xml.CharData) *Error
	end(xml.EndElement) *Error
}

// walkXML reads a document and returns the first fault, an *Error, if there is one.
func walkXML(r io.Reader, h xmlHandler) error {
	source := &xmlSource{Reader: bufio.NewReader(r)}
	if err := source.skipMark(); err != nil {
		return err
	}
	d := xml.NewDecoder(source)
	d.CharsetReader = source.charset
	w := xmlWalk{decoder: d, handler: h}
	for {
		source.left = maxXMLToken
		token, err := d.Token()
		switch fault := w.judge(token, err); {
		case fault != nil:
			return fault
		case err == io.EOF: //nolint:errorlint // Token returns it bare
			return nil
		}
	}
}

type xmlWalk struct {
	decoder *xml.Decoder
	handler xmlHandler
	depth   int
	begun   bool // there was a token
	root    bool // there was an element
}

func (w *xmlWalk) judge(token xml.Token, err error) *Error {
	first := !w.begun
	w.begun = true
	switch t := token.(type) {
	case nil:
		return w.ended(err)
	case xml.StartElement:
		return w.start(t)
	case xml.EndElement:
		w.depth--
		return w.handler.end(t)
	case xml.CharData:
		if w.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return fault(CodeDamaged, notWellFormed+w.line())
		}
		return w.handler.text(t)
	case xml.Directive:
		if w.root || !w.handler.doctype(string(t)) {
			return active(KindDoctype, "declares a document type"+w.line())
		}
	case xml.ProcInst:
		if t.Target != "xpacket" && !(t.Target == "xml" && first) {
			return active(KindInstruction, "contains a processing instruction"+w.line())
		}
	}
	return nil
}

const notWellFormed = "is not well-formed XML"

func (w *xmlWalk) start(e xml.StartElement) *Error {
	w.depth++
	switch {
	case w.depth > maxXMLDepth:
		return fault(CodeComplex, fmt.Sprintf("nests elements more than %d deep", maxXMLDepth))
	case w.depth == 1 && w.root:
		return fault(CodeDamaged, notWellFormed+w.line())
	}
	w.root = true
	fault := w.handler.start(e)
	if fault != nil {
		fault.Detail += w.line()
	}
	return fault
}

// ended judges the error that the decoder ended with.
func (w *xmlWalk) ended(err error) *Error {
	var found *Error
	switch {
	case errors.As(err, &found):
		return found
	case err != io.EOF || !w.root: //nolint:errorlint // Token returns it bare
		return fault(CodeDamaged, notWellFormed+w.line())
	}
	return nil
}

func (w *xmlWalk) line() string {
	line, _ := w.decoder.InputPos()
	return fmt.Sprintf(" in line %d", line)
}

// xmlSource reads bytes one by one, as many as one token may have.
type xmlSource struct {
	*bufio.Reader
	left int
}

func (s *xmlSource) ReadByte() (byte, error) {
	if s.left--; s.left < 0 {
		return 0, fault(CodeComplex, "has a tag or a text of more than 1 MiB")
	}
	return s.Reader.ReadByte()
}

// skipMark passes over the byte order mark of UTF-8, and refuses those of UTF-16.
func (s *xmlSource) skipMark() error {
	head, _ := s.Peek(3)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return fault(CodeUnsupported, "is not XML in UTF-8")
	case string(head) == "\xef\xbb\xbf":
		_, _ = s.Discard(3)
	}
	return nil
}

// charset decodes ISO-8859-1, which drawing programs wrote for long. Other encodings are refused: a parser that knows
// them would see another document.
func (s *xmlSource) charset(label string, _ io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "us-ascii", "iso-8859-1":
		return &latin1{source: s}, nil
	}
	return nil, fault(CodeUnsupported, "is not XML in UTF-8")
}

// latin1 turns ISO-8859-1 into UTF-8.
type latin1 struct {
	source *xmlSource
	second byte // of a character, 0 if none is due
}

func (l *latin1) ReadByte() (byte, error) {
	if c := l.second; c != 0 {
		l.second = 0
		return c, nil
	}
	c, err := l.source.ReadByte()
	if err != nil || c < 0x80 {
		return c, err
	}
	l.second = 0x80 | c&0x3f
	return 0xc0 | c>>6, nil
}

// Read is never called, since the decoder prefers ReadByte.
func (l *latin1) Read(p []byte) (n int, err error) {
	for ; n < len(p) && err == nil; n++ {
		p[n], err = l.ReadByte()
	}
	return n, err
}
