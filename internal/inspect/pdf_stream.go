package inspect

import "bytes"

const endstream = "endstream"

// pdfData finds the end of a stream's data.
type pdfData struct {
	line    bool  // a carriage return has been read in front of the data
	left    int64 // of the declared length
	size    int64 // bytes read, endstream included
	blank   int64 // white space that came last
	matched int   // bytes of endstream that came last
}

// next takes data from p and reports whether endstream ends it. Data of the declared length is not looked at; behind it, or
// where no length is known, the first endstream counts.
func (d *pdfData) next(p []byte) (n int, end bool) {
	n = int(min(d.left, int64(len(p))))
	d.left -= int64(n)
	for n < len(p) && !end {
		if d.matched == 0 {
			k := bytes.IndexByte(p[n:], endstream[0])
			if k < 0 {
				k = len(p) - n
			}
			d.countBlank(p[n : n+k])
			if n += k; n == len(p) {
				break
			}
		}
		end = d.match(p[n])
		n++
	}
	d.size += int64(n)
	return n, end
}

func (d *pdfData) match(c byte) (end bool) {
	switch {
	case c == endstream[d.matched]:
		d.matched++
	case c == 'n' && d.matched == len("endstre"):
		d.matched, d.blank = len("en"), 0
	case c == endstream[0]:
		d.matched, d.blank = 1, 0
	default:
		d.matched, d.blank = 0, 0
		d.countBlank([]byte{c})
	}
	return d.matched == len(endstream)
}

func (d *pdfData) countBlank(p []byte) {
	k := int64(len(p) - len(bytes.TrimRight(p, "\x00\t\n\f\r ")))
	if k == int64(len(p)) {
		k += d.blank
	}
	d.blank = k
}

// fits reports whether the data has the length n but for white space behind it.
func (d *pdfData) fits(n int64) bool {
	size := d.size - int64(len(endstream))
	return size-d.blank <= n && n <= size
}

// content reads a token of an object or a trailer.
func (f *PDF) content(t pdfToken) {
	if t.kind == pdfWord && structural(t.text) {
		f.endContent(t)
		return
	}
	if f.RefuseActive {
		if reason := f.active.token(t); reason != "" {
			f.refuse(activeAt(KindScript, reason, t.at))
		}
	}
	if !f.object.token(t) {
		f.misplaced(t.at)
	}
	if f.place == inTrailer && f.object.depth == 0 {
		f.place = between
	}
}

// endContent judges a word that ends an object.
func (f *PDF) endContent(t pdfToken) {
	word := string(t.text)
	switch {
	case f.object.depth > 0 || f.place == inTrailer:
		f.misplaced(t.at)
	case word == "endobj":
		f.endObject()
	case word == "stream" && f.object.kind == pdfDict && !f.object.empty:
		f.beginData()
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

func (f *PDF) endObject() {
	f.place = between
	if f.object.linear {
		f.linear = max(f.linear, f.object.size)
	}
	if f.RefuseActive {
		f.refuse(f.active.object(&f.object))
	}
}

func (f *PDF) refuse(err *Error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *PDF) beginData() {
	f.place, f.data = atData, pdfData{}
	if l := f.object.length; l.known && !l.ref {
		f.data.left = l.value
	}
	f.active.hidden = hiddenObject{}
	f.active.packed = f.active.packed[:0]
}

// lineEnd passes over the rest of the line of the word stream: spaces that should not be there, then CR LF, LF or CR.
func (f *PDF) lineEnd(c byte) int {
	switch {
	case c == '\n':
		f.place = inData
	case f.data.line || c != '\r' && c != ' ':
		f.place = inData
		return 0
	case c == '\r':
		f.data.line = true
	}
	f.lex.off++
	return 1
}

func (f *PDF) passData(p []byte) int {
	if room := maxPacked + 1 - len(f.active.packed); f.object.objStm && len(p) > room {
		p = p[:room]
	}
	n, end := f.data.next(p)
	f.lex.off += int64(n)
	if f.RefuseActive {
		f.expose(p[:n])
		if f.object.objStm {
			f.refuse(f.active.pack(p[:n]))
		}
	}
	if end {
		f.place = behindData
		if f.RefuseActive && f.err == nil {
			f.refuse(f.active.stream(&f.object, &f.data))
		}
	}
	return n
}
