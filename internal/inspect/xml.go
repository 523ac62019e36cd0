package inspect

import (
	"errors"
	"fmt"
	"io"

	"github.com/airlock-go/upload/internal/xmlread"
)

// XML checks that a stream is well-formed XML without anything on which a browser, a server or an
// Office program acts: data, not a document. The zero value is ready.
//
// Package xmlread has the rules of well-formed documents, encodings and bounds. Refused as
// active are document types, with or without declared entities (CWE-611, CWE-776), and processing
// instructions, except those of a list that no browser or server follows. So are elements and
// attributes in namespaces on which a browser, a server or an Office program acts. Of the
// namespaces of the W3C it accepts those of data (signatures, encryption, SOAP, schemas, RDF and
// similar ones), and of MathML the part that draws.
//
// It refuses <?xml-stylesheet?>, which makes a browser load a style sheet or a transformation.
//
// It does not look at addresses in the data: a schemaLocation may lead anywhere.
//
// Memory is less than 64 KiB. A caller that gives up before Verdict must call Close.
type XML struct {
	pull pull
}

// Within sets the budget to work from; see [Budget].
func (x *XML) Within(b *Budget) { x.pull.Within(b) }

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (x *XML) Write(p []byte) (int, error) { return x.pull.write(p, x) }

// Verdict returns nil if what was written is XML as described, and the fault, an *Error, if not.
// The stream must have ended.
func (x *XML) Verdict() error { return x.pull.verdict(x) }

// Close releases what a stream without a Verdict holds.
func (x *XML) Close() error {
	x.pull.close()
	return nil
}

func (x *XML) walk(r io.Reader) error {
	return walkXML(xmlread.New(r, xmlread.Options{
		Spend: x.pull.budget.Spend,
		Long:  func(_, _ []byte, _ bool) error { return nil }, // no value matters
	}), dataDocument{})
}

// dataDocument holds the rules of XML.
type dataDocument struct{}

func (dataDocument) start(r *xmlread.Reader) *Error {
	name := r.Name()
	inMath := string(name.Space) == nsMathML
	if inMath && !mathElements[string(name.Local)] || !inMath && acts(name.Space) {
		return active(KindMarkup, "contains elements that a browser or a server runs")
	}
	for i := range r.Attrs() {
		a := r.Attr(i)
		if acts(a.Space) || inMath && !drawsMath(a) {
			return active(KindMarkup, "contains attributes that a browser or a server acts on")
		}
	}
	return nil
}

// drawsMath reports whether an attribute of an element of MathML only affects its look, or is data.
func drawsMath(a xmlread.Attr) bool {
	return len(a.Space) == 0 && mathAttributes[string(a.Local)] || len(a.Space) > 0 && string(a.Space) != nsXLink
}

func (dataDocument) text([]byte) *Error { return nil }

func (dataDocument) end(*xmlread.Reader) *Error { return nil }

func (dataDocument) instruction(target string) bool { return dataInstructions[target] }

// xmlRule judges the items of a document.
type xmlRule interface {
	start(r *xmlread.Reader) *Error
	text(piece []byte) *Error
	end(r *xmlread.Reader) *Error
	instruction(target string) (allowed bool)
}

// walkXML reads a document and returns the first fault, an *Error, or the error that ended the
// reading. A fault in text has the line of the last start tag or instruction before it, because the
// cuts of the stream decide where pieces of text begin.
func walkXML(r *xmlread.Reader, rule xmlRule) error {
	line := 0
	for {
		token, err := r.Next()
		if err == io.EOF { // Next returns it bare
			return nil
		}
		if err != nil {
			return faultOfXML(err)
		}
		var found *Error
		switch token {
		case xmlread.Start:
			line = r.Line()
			found = rule.start(r)
		case xmlread.Text:
			found = rule.text(r.Text())
		case xmlread.End:
			found = rule.end(r)
		case xmlread.Instruction:
			line = r.Line()
			if !rule.instruction(string(r.Text())) {
				found = active(KindInstruction, "contains a processing instruction")
			}
		}
		if found != nil {
			return inLine(found, line)
		}
	}
}

// faultOfXML turns a reader's fault into a fault of a whole file. It returns other errors
// unchanged.
func faultOfXML(err error) error {
	var f *xmlread.Fault
	if !errors.As(err, &f) {
		return err
	}
	return inLine(xmlFault(f, f.Detail), f.Line)
}

// xmlFault returns the fault with the code of a reader's fault.
func xmlFault(f *xmlread.Fault, detail string) *Error {
	if f.Kind == xmlread.Doctype {
		return active(KindDoctype, detail)
	}
	return fault(xmlCodes[f.Kind], detail)
}

var xmlCodes = map[xmlread.Kind]Code{
	xmlread.Damaged: CodeDamaged, xmlread.Truncated: CodeTruncated, xmlread.Trailing: CodeTrailing,
	xmlread.Unsupported: CodeUnsupported, xmlread.Complex: CodeComplex,
}

// inLine adds the line of a fault, which the author of the file can look up.
func inLine(e *Error, line int) *Error {
	if e.Params == nil {
		e.Params = Params{}
	}
	e.Params["line"] = line
	e.Detail = fmt.Sprintf("%s in line %d", e.Detail, line)
	return e
}
