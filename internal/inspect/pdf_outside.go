package inspect

import "bytes"

// token judges a token in its place.
func (f *pdfWalk) token(t *pdfToken) {
	head := f.head
	f.head = hasBegun
	switch {
	case head == noHeader && comesBefore(t):
		f.head = noHeader
	case head == noHeader:
		f.header(t)
	case t.kind == pdfComment:
		f.comment(t)
	case f.place == inObject || f.place == inTrailer:
		f.content(t)
	case head == hasHeader && t.kind == pdfWord && meansNothing(t.text):
		f.head = hasHeader
	case t.kind != pdfWord:
		f.misplaced(t.at)
	default:
		f.word(t)
	}
}

// meansNothing reports whether a word may come directly after the header. Some programs write such
// words without a percent sign, to show that the file is binary.
func meansNothing(word []byte) bool { return lenientInt(word) < 0 && !structural(word) }

// maxBefore is the number of bytes that may come before the header: readers look for it in the
// first 1,024 bytes.
const maxBefore = 1024

// comesBefore reports whether a token may come before the header: the mark of UTF-8, and comments
// such as those of printer job tickets. A comment that begins with an exclamation mark makes the
// file PostScript.
func comesBefore(t *pdfToken) bool {
	if t.kind != pdfComment {
		return t.at == 0 && t.kind == pdfWord && string(t.text) == "\xef\xbb\xbf"
	}
	return t.at <= maxBefore && !bytes.HasPrefix(t.text, []byte("PDF-")) && !bytes.HasPrefix(t.text, []byte("!"))
}

// header reads the line of the header, which is a comment to the lexer. Readers read the digits as
// the version, and ignore text after white space. Some count offsets from the header, and some from
// the first byte of the file.
func (f *pdfWalk) header(t *pdfToken) {
	version, isPDF := bytes.CutPrefix(t.text, []byte("PDF-"))
	f.head = hasHeader
	known := len(version) > 2 && (version[0] == '1' || version[0] == '2') && version[1] == '.' && '0' <= version[2] && version[2] <= '9'
	if known {
		rest := bytes.TrimLeft(version[2:], "0123456789")
		known = len(rest) == 0 || isPDFSpace(rest[0])
	}
	if t.at > maxBefore || t.kind != pdfComment || !isPDF || !known {
		f.fail(fault(CodeDamaged, notPDF))
	}
	if f.exam != nil {
		f.exam.rules.table.origin = t.at
	}
}

// comment notes the mark of the end of the file. Other comments mean nothing.
func (f *pdfWalk) comment(t *pdfToken) {
	mark := string(bytes.TrimRight(t.text, " \t\f\x00")) == eofMark
	if f.place == between && f.marker == hasOffset && mark {
		f.marker = hasEOF
	}
}

// word judges a number or keyword outside of objects.
func (f *pdfWalk) word(t *pdfToken) {
	number := t.num
	switch {
	case f.place == inTable:
		f.table(t)
	case f.place == atOffset && number >= 0 && number < t.at:
		f.place, f.marker = between, hasOffset
	case f.place == atGeneration && number >= 0:
		f.place = atObj
	case f.place == atObj && string(t.text) == "obj":
		f.beginObject()
	case f.place == behindData && string(t.text) == endobj:
		f.endObject(t.at)
	case f.place != between:
		f.misplaced(t.at)
	default:
		f.begins(t)
	}
}

// begins judges the first word of the next item.
func (f *pdfWalk) begins(t *pdfToken) {
	f.marker = noMarker
	if number := t.num; number >= 0 {
		f.place, f.number, f.start = atGeneration, number, t.at
		f.length = copy(f.digits[:], t.text)
		return
	}
	switch string(t.text) {
	case "xref":
		f.place = inTable
		if f.exam != nil {
			f.exam.refs.beginTable()
		}
	case "trailer":
		f.place, f.number = inTrailer, -1
		f.beginBody()
	case "startxref":
		f.place = atOffset
	case endobj: // some programs repeat it
		if !f.objects {
			f.misplaced(t.at)
		}
	default:
		f.misplaced(t.at)
	}
}

// table reads a cross-reference table up to the word after it.
func (f *pdfWalk) table(t *pdfToken) {
	if f.exam != nil {
		if f.exam.refs.word(t) {
			return
		}
	} else if t.num >= 0 || string(t.text) == "n" || string(t.text) == "f" {
		return
	}
	f.place = between
	f.begins(t)
}
