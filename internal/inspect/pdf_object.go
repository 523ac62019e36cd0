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
	f.place, f.objects = inObject, true
	f.beginBody()
}

// content reads a token of an object or a trailer.
func (f *pdfWalk) content(t pdfToken) {
	if t.kind == pdfWord && structural(t.text) {
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

// endContent judges a word that ends an object.
func (f *pdfWalk) endContent(t pdfToken) {
	word := string(t.text)
	f.body.settle()
	switch {
	case f.body.depth > 0 || f.place == inTrailer:
		f.misplaced(t.at)
	case word == "endobj":
		f.endObject()
	case word == "stream" && f.body.kind == pdfDict && !f.body.empty:
		f.place, f.data = atData, pdfData{}
	default:
		f.misplaced(t.at)
	}
}

// structural reports whether a word cannot be part of an object's value.
func structural(word []byte) bool {
	switch string(word) {
	case "obj", "endobj", "stream", endstream, "xref", "trailer", "startxref":
		return true
	}
	return false
}

func (f *pdfWalk) endObject() {
	f.place = between
	if f.body.dict.seen.has(keySet(keyLinearized)) {
		f.linear = max(f.linear, f.body.dict.whole)
	}
	if f.exam == nil || f.body.flags == 0 {
		return
	}
	t := &f.exam.rules.table
	err := t.body(f.number, placeAt(f.start), f.body.flags, f.budget)
	for i := 1; i < f.length && err == nil; i++ { // a reader that is led to the 5 of "15 0 obj" reads object 5
		err = t.mark(pdfInt(f.digits[i:f.length]), f.body.flags, f.budget)
	}
	if err != nil && f.err == nil {
		f.err = err
	}
}

// lineEnd passes over the rest of the line of the word stream: spaces that should not be there, then CR LF, LF or CR.
func (f *pdfWalk) lineEnd(c byte) int {
	switch {
	case c == '\n':
		f.beginData(1)
	case f.data.line || c != '\r' && c != ' ':
		f.beginData(0)
		return 0
	case c == '\r':
		f.data.line = true
	}
	f.lex.off++
	return 1
}

// beginData begins the data of a stream so many bytes further on.
func (f *pdfWalk) beginData(behind int64) {
	f.place = inData
	if f.exam != nil {
		f.exam.hidden.outside(nil)
		f.exam.streams.begin(&f.body, f.number, f.lex.off+behind)
	}
}

func (f *pdfWalk) passData(p []byte) int {
	n, end := f.data.next(p)
	f.lex.off += int64(n)
	f.scan(p[:n])
	if f.exam != nil {
		f.exam.streams.write(p[:n], f.data.matched)
	}
	if end {
		f.endData()
	}
	return n
}

func (f *pdfWalk) endData() {
	f.place = behindData
	if f.exam != nil {
		f.exam.hidden.outside(nil)
		f.exam.streams.end(&f.body, &f.data)
	}
	if beyond := f.body.dict.length - f.data.length(); beyond > 0 && f.doubt.until == 0 {
		f.doubt.until = f.lex.off - int64(len(endstream)) + beyond
	}
}
