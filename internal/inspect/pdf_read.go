package inspect

import "cmp"

// write walks over p.
func (f *pdfWalk) write(p []byte) error {
	for len(p) > 0 && f.err == nil {
		part := f.upToDoubt(p)
		n := f.read(part)
		// The first line is judged first, so that the size of the pieces does not matter.
		if f.exam != nil && f.exam.rules.err != nil && f.err == nil && f.head != noHeader {
			f.err = f.exam.rules.err
		}
		if f.doubt.until > 0 && f.lex.off > f.doubt.until && f.err == nil {
			f.decide(part[0])
		}
		p = p[n:]
	}
	return f.err
}

// upToDoubt returns the part of p before the end of a declared length, or one byte after it.
func (f *pdfWalk) upToDoubt(p []byte) []byte {
	switch left := f.doubt.until - f.lex.off; {
	case f.doubt.until == 0:
		return p
	case left > 0:
		return p[:min(left, int64(len(p)))]
	}
	return p[:1]
}

// decide decides a doubt by the byte that has just been read.
func (f *pdfWalk) decide(c byte) {
	end, right := f.doubt.look(c)
	if !end {
		return
	}
	found := f.doubt.fault
	f.doubt = pdfDoubt{}
	switch {
	case !right:
		f.err = found
	default:
		f.place, f.marker, f.lex.state = behindData, noMarker, lexBetween
		f.close()
	}
}

// end ends the file, which has total bytes.
func (f *pdfWalk) end(total int64) error {
	if f.place != inData && f.place != inDoubt {
		_ = f.write([]byte("\n")) // ends the last word or comment
	}
	if f.err == nil {
		f.err = f.doubt.fault
	}
	if f.err != nil {
		return f.err
	}
	switch {
	case total == 0:
		return fault(CodeDamaged, notPDF)
	case f.place != between || f.marker != hasEOF:
		return fault(CodeTruncated, "is cut off: it does not end in startxref and %%EOF")
	case total < f.linear:
		return fault(CodeTruncated, "is cut off: it is shorter than its first object declares")
	case !f.objects:
		return fault(CodeDamaged, "is a PDF without objects")
	case f.exam == nil:
		return nil
	}
	r := &f.exam.rules
	if err := r.table.settle(r.budget); err != nil {
		r.fail(err)
	}
	if err := r.table.verdict(r.refuse); err != nil {
		r.fail(err)
	}
	return cmp.Or(r.err, r.later)
}

// read takes some of p and returns the number of bytes.
func (f *pdfWalk) read(p []byte) int {
	switch f.place {
	case atData:
		return f.lineEnd(p[0])
	case inData:
		return f.passData(p)
	case maybeBehindData:
		return f.passTail(p)
	case inDoubt:
		f.skip(p)
		return len(p)
	}
	if n := f.tokens(p); n > 0 {
		return n
	}
	opaque := f.lex.opaque()
	f.lex.ends = f.place == between && f.marker == hasOffset
	var t pdfToken
	n, complete := f.lex.next(p, &t)
	stray := f.strays(t.kind, complete)
	if stray {
		// Before the search for hidden objects, so that the size of the pieces does not matter.
		f.misplaced(f.lex.at)
	}
	if opaque || f.lex.opaque() || complete && (t.kind == pdfString || t.kind == pdfComment) {
		f.scan(p[:n], f.lex.off-int64(n))
	} else if f.exam != nil && n > 0 {
		f.exam.hidden.outside(p[:n])
	}
	if complete && !stray {
		f.spend(tokenSteps)
		f.token(&t)
	}
	return n
}

// tokens reads the tokens that p holds whole, up to one that needs a closer look, and returns the
// number of their bytes.
func (f *pdfWalk) tokens(p []byte) (n int) {
	if f.lex.state != lexBetween || f.head != hasBegun {
		return 0
	}
	var t pdfToken
	hides := f.hides()
	for f.goesOn() && f.place.hasTokens() {
		if !hides {
			took := f.shapes(p[n:])
			n += took
			f.lex.off += int64(took)
			if !f.goesOn() || n == len(p) {
				break
			}
		}
		took := f.lex.whole(p[n:], &t)
		if took == 0 || t.kind == pdfString && f.place != inObject && f.place != inTrailer {
			break
		}
		switch part := p[n : n+took]; {
		case t.kind == pdfString:
			f.scan(part, f.lex.off)
			hides = f.hides()
		case hides:
			f.exam.hidden.outside(part)
			hides = f.hides()
		}
		n += took
		f.lex.off += int64(took)
		f.owe(1)
		f.token(&t)
	}
	f.pay()
	return n
}

// goesOn reports whether no fault was found yet.
func (f *pdfWalk) goesOn() bool { return f.err == nil && (f.exam == nil || f.exam.rules.err == nil) }

// hides reports whether bytes of the walk matter to hidden objects and tables.
func (f *pdfWalk) hides() bool { return f.exam != nil && f.exam.hidden.reads() }

// strays reports whether a string has begun that belongs to nothing.
func (f *pdfWalk) strays(kind pdfKind, complete bool) bool {
	begun := complete && kind == pdfString || f.lex.state == lexLiteral || f.lex.state == lexHex
	return begun && f.head != noHeader && f.place != inObject && f.place != inTrailer
}
