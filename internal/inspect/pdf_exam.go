package inspect

// pdfExam is the state of RefuseActive.
type pdfExam struct {
	rules   pdfRules
	refs    pdfReferences
	hidden  pdfHidden
	streams pdfStreams
	hides   error // the fault of a hidden object in the current stream
}

func newPDFExam(b *Budget, allow PDFAllow) *pdfExam {
	e := &pdfExam{rules: pdfRules{allow: allow, budget: b}}
	e.refs.rules, e.hidden.rules, e.hidden.table.refs.rules, e.streams.rules = &e.rules, &e.rules, &e.rules, &e.rules
	e.streams.refs, e.streams.packed.rules, e.streams.unpack.rules = &e.refs, &e.rules, &e.rules
	if allow.Calculations {
		e.hidden.lex.keep, e.streams.packed.lex.keep = maxPDFScript, maxPDFScript
	}
	return e
}

// data reads data of a stream. still is that of pdfHidden.scan. In a stream of objects or of cross
// references, a hidden fault counts only at the end, and only if decoding finds none. Otherwise the
// fault would depend on the size of the pieces.
func (e *pdfExam) data(p []byte, at int64, matched, still int) {
	if e.hides == nil {
		e.hidden.scan(p, at, still)
		if e.streams.kind >= streamObjects {
			e.hides, e.rules.err = e.rules.err, nil
		}
	}
	e.streams.write(p, matched)
}

func (e *pdfExam) endData(b *pdfBody, d *pdfData) {
	e.streams.end(b, d)
	if e.hides != nil {
		e.rules.fail(e.hides)
	}
}
