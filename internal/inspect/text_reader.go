package inspect

import (
	"errors"

	"github.com/airlock-go/upload/internal/jsontext"
	"github.com/airlock-go/upload/internal/markup"
)

const (
	isMarkup  = "contains markup that a browser or a server runs or renders"
	isFormula = "has a cell that a spreadsheet may compute"
)

// textReader holds the progress of judging a text, and the searches in it.
type textReader struct {
	looker
	enc       encoding
	start     int64  // bytes of the byte order mark
	off       int64  // bytes judged, including the mark
	last      uint32 // in text that is not Unicode, up to four bytes since the last ASCII byte
	high      uint16 // a high surrogate that came last; its low one must follow
	anyMarkup bool   // markup is accepted
	scan      markup.Scanner
	cells     *cells            // of a table whose formulas are refused, else nil
	json      *jsontext.Scanner // of JSON, else nil
	err       *Error
	ended     error // why a call ended without a fault
}

func (t *textReader) goesOn() bool { return t.err == nil && t.ended == nil }

func (t *textReader) failure() error {
	if t.err != nil {
		return t.err
	}
	return t.ended
}

// spend takes steps from the budget.
func (t *textReader) spend(steps int) {
	if err := t.budget.Spend(steps); err != nil && t.goesOn() && !errors.As(err, &t.err) {
		t.ended = err
	}
}

// look passes a part of the text to its searches: as chars, in UTF-8 or in bytes, and as units,
// with one byte for each unit of the encoding. A unit has the given width.
func (t *textReader) look(chars, units []byte, width int64) {
	if t.json != nil {
		t.readJSON(chars)
		return
	}
	formula := false
	if t.cells != nil {
		t.cells.wide, t.cells.bytes = width > 1, t.enc == eightBit
		n, steps := 0, t.cells.steps
		n, formula = t.cells.scan(chars)
		t.spend(t.cells.steps - steps)
		units = units[:t.cells.width(chars[:n])/width] // the first fault is reported first
	}
	switch {
	case !t.anyMarkup && t.scan.Scan(units):
		t.err = activeAt(KindMarkup, isMarkup, t.start+width*t.scan.Offset())
	case formula && t.cells.foul:
		t.err = faultAt(CodeUnsupported, "names an invalid separator of cells", t.start+t.cells.at)
	case formula:
		t.err = activeAt(KindFormula, isFormula, t.start+t.cells.at)
	}
}

// readJSON reads on. The offset of a fault in the grammar is exact in UTF-8, and otherwise that of
// the part of the file that holds it.
func (t *textReader) readJSON(p []byte) {
	at := t.off - t.json.Offset()
	fault := t.json.Scan(p)
	if at += t.json.Offset(); t.enc != isUTF8 {
		at = t.off
	}
	switch fault {
	case jsontext.Grammar:
		t.err = faultAt(CodeDamaged, "is not JSON", at)
	case jsontext.Depth:
		t.err = beyond(CodeComplex, jsontext.MaxDepth, "has JSON arrays and objects nested too deeply")
	}
}
