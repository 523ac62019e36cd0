package inspect

// pdfExam is what RefuseActive needs.
type pdfExam struct {
	rules   pdfRules
	refs    pdfReferences
	hidden  pdfHidden
	streams pdfStreams
	hides   error // of the stream that is being read
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

// data reads data of a stream. If the stream is decoded, what is hidden in it is a fault only at
// its end, and only if decoding finds none: else the fault would depend on how much of it comes at
// once.
func (e *pdfExam) data(p []byte, at int64, matched int) {
	if e.hides == nil {
		e.hidden.scan(p, at)
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
