package inspect

func (f *pdfWalk) beginBody() {
	if f.exam == nil {
		f.body.begin(nil)
		return
	}
	f.exam.hidden.object()
	f.body.begin(&f.exam.rules)
}

func (f *pdfWalk) beginObject() {
	f.place, f.first, f.objects = inObject, !f.objects, true
	if f.exam != nil {
		t := &f.exam.rules.table
		f.from, t.here = t.here+1, f.start
	}
	f.beginBody()
}

// content reads a token of an object or a trailer.
func (f *pdfWalk) content(t *pdfToken) {
	if t.kind == pdfWord && t.num < 0 && structural(t.text) {
		f.endContent(t)
		return
	}
	if !f.body.token(t) {
		f.misplaced(t.at)
		return
	}
	if f.place == inTrailer && f.body.depth == 0 && t.kind == pdfDictEnd {
		f.place = between
	}
}

// endContent judges a structural word: endobj and stream end the value of an object, and any other
// is misplaced.
func (f *pdfWalk) endContent(t *pdfToken) {
	f.body.settle()
	switch {
	case f.body.depth > 0 || f.place == inTrailer:
		f.misplaced(t.at)
	case string(t.text) == endobj:
		f.endObject(t.at)
	case string(t.text) == "stream" && f.body.kind == pdfDict && !f.body.empty:
		f.place, f.data = atData, pdfData{}
	default:
		f.misplaced(t.at)
	}
}

func (f *pdfWalk) endObject(at int64) {
	f.place = between
	if f.first && keyLinearized.in(f.body.dict.seen) { // programs that rearrange a file leave that object further back
		f.linear = f.body.dict.whole
	}
	if f.exam != nil {
		f.exam.rules.placed(f.digits[:f.length], f.from, f.start, f.body.flags)
		f.exam.rules.table.here = at
	}
}

// lineEnd passes over c, which comes after "stream" on its line, or begins the data. There may be
// spaces that should not be there, then CR LF, LF or CR. It returns the number of bytes taken.
func (f *pdfWalk) lineEnd(c byte) int {
	switch {
	case c == '\n':
		f.beginData()
	case f.data.line || c != '\r' && c != ' ':
		f.beginData()
		return 0
	case c == '\r':
		f.data.line = true
	}
	f.lex.off++
	return 1
}

// beginData begins the data of a stream.
func (f *pdfWalk) beginData() {
	f.place = inData
	if f.exam != nil {
		f.exam.hidden.outside(nil)
		f.exam.streams.begin(&f.body, f.number)
	}
}

func (f *pdfWalk) passData(p []byte) int {
	still := 0
	if f.exam != nil {
		still = quiet(p)
	}
	n, end := f.data.next(p, still)
	f.spend(byteSteps * n)
	if f.exam != nil && f.err == nil {
		f.exam.data(p[:n], f.lex.off, f.data.matched, still)
	}
	f.lex.off += int64(n)
	if end {
		f.endData()
	}
	return n
}

// passTail passes over the bytes after endstream and over endobj, where the length of the data is
// not known. If something else comes before endobj, that endstream was a word of the data.
func (f *pdfWalk) passTail(p []byte) int {
	for n, c := range p {
		decided, end := f.data.tail(c)
		if !decided {
			continue
		}
		if !end {
			f.place = inData
			f.skip(p[:n])
			return n
		}
		f.skip(p[:n+1])
		f.endObject(f.lex.off - int64(len(endobj)))
		return n + 1
	}
	f.skip(p)
	return len(p)
}

func (f *pdfWalk) endData() {
	f.place = behindData
	if f.body.dict.length < 0 && kindOf(&f.body) == streamData {
		f.place = maybeBehindData
	}
	if f.exam != nil {
		f.exam.hidden.outside(nil)
		f.exam.endData(&f.body, &f.data)
	}
	if beyond := f.body.dict.length - f.data.length(); beyond > 0 && f.doubt.until == 0 {
		f.doubt.until = f.lex.off - int64(len(endstream)) + beyond
	}
}
