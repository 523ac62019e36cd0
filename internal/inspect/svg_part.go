package inspect

import (
	"cmp"

	"github.com/airlock-go/upload/internal/xmlread"
)

// svgPart judges a drawing in a document by the rules of SVG files. Instructions may come before
// the root element, and a value that is too long to hold comes before the element that has it. So a
// fault of these waits until the root is known.
type svgPart struct {
	drawing svgDocument
	fault   error // that waits
	passed  bool  // the root is something else
}

// rule returns s for the root of a drawing, nil for others.
func (s *svgPart) rule(root xmlread.Name) partRule {
	if string(root.Local) == "svg" && (len(root.Space) == 0 || string(root.Space) == nsSVG) {
		return s
	}
	s.passed = true
	return nil
}

func (s *svgPart) start(r *xmlread.Reader) error {
	if s.fault != nil {
		return s.fault
	}
	return orNil(s.drawing.start(r))
}

func (s *svgPart) text(piece []byte) error     { return orNil(s.drawing.text(piece)) }
func (s *svgPart) end(r *xmlread.Reader) error { return orNil(s.drawing.end(r)) }

func (s *svgPart) instruction(r *xmlread.Reader) error {
	if s.drawing.instruction(string(r.Text())) {
		return nil
	}
	return s.wait(active(KindInstruction, "contains a processing instruction"))
}

// wait keeps the first fault for start until the root is known. After that it returns err.
func (s *svgPart) wait(err error) error {
	if s.drawing.rooted {
		return err
	}
	s.fault = cmp.Or(s.fault, err)
	return nil
}

// long is the Long option of a part that may be a drawing.
func (s *svgPart) long(name, piece []byte, last bool) error {
	if s.passed || s.fault != nil {
		return nil
	}
	return s.wait(s.drawing.long(name, piece, last))
}
