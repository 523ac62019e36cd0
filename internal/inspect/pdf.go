package inspect

import "bytes"

// PDF walks a PDF file (ISO 32000-2) from its header to its last end-of-file marker. The zero value is ready and checks
// the structure; see RefuseActive.
//
// The structure: a header of version 1.0 to 1.7 or 2.0 in the first byte; then objects, cross-reference tables,
// trailers and comments, whole and with nothing else between them; at the end startxref with an offset that lies in the
// file, and "%%EOF", which only white space follows. Incremental updates, object streams, linearised and encrypted
// files are PDF like any other. The data of streams is passed over, by its declared length where that is right. Whether
// an object makes sense, and whether references lead somewhere, is not checked: readers repair that.
//
// Faults are Malformed, what RefuseActive refuses is Active, and TooLarge means that the examination it asks for would
// pass its bounds: 1 MiB for one compressed object stream, 8 MiB and 16 times their compressed size for all of them
// uncompressed (a token costs four bytes besides its own), and 65,536 streams whose lengths are still to come. Memory
// is under 1 KiB without RefuseActive and under 16 MiB with it, of which an ordinary file needs some ten or hundred
// KiB.
type PDF struct {
	// RefuseActive refuses files that hold what runs, acts on opening, or carries other files: entries named
	// JavaScript, JS, Launch, AA, EmbeddedFile, EmbeddedFiles, EF, RichMedia, XFA, SubmitForm, ImportData or GoToE,
	// escaped or not, and an OpenAction that does more than choose a page. Object streams are uncompressed and examined
	// too.
	//
	// It fails closed: encrypted files, object streams in another form than Flate without a predictor, streams whose
	// length is not what they declare, and objects hidden in streams, strings or comments are refused. It is a best
	// effort all the same: a reader that repairs damage in its own way may see what this walk does not, and the scripts
	// of viewers are not the only danger of their parsers. Links to the web are no active content.
	RefuseActive bool

	looker
	lex    pdfLexer
	place  pdfPlace
	number int64 // of the object that may begin
	object pdfObject
	data   pdfData
	active pdfActive

	total   int64 // bytes written
	started bool  // the header is read
	objects bool  // there was one
	marker  int   // how much of startxref, an offset, and %%EOF came last
	linear  int64 // length that a linearised file declares
	err     *Error
}

// pdfPlace says what the next token of a PDF belongs to.
type pdfPlace uint8

const (
	between      pdfPlace = iota // objects
	atGeneration                 // behind the number of an object
	atObj                        // behind its generation
	inObject                     // until endobj or stream
	atData                       // behind the word stream, in front of the end of its line
	inData                       // of a stream
	behindData                   // in front of endobj
	inTable                      // of cross references
	inTrailer                    // its dictionary
	atOffset                     // behind startxref
)

// How far the end of the file has come.
const (
	noMarker  = iota
	hasOffset // startxref and an offset
	hasEOF    // and %%EOF
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (f *PDF) Write(p []byte) (int, error) {
	if err := f.arrive(len(p)); err != nil {
		return 0, err
	}
	f.total += int64(len(p))
	for rest := p; len(rest) > 0 && f.err == nil; {
		rest = rest[f.read(rest):]
	}
	if f.err != nil {
		return 0, f.err
	}
	return len(p), nil
}

// Verdict returns nil if what was written is an acceptable PDF, and the fault, an *Error, if not. The stream must have
// ended.
func (f *PDF) Verdict() error {
	if f.err == nil && f.place != inData {
		f.read([]byte("\n")) // ends the last word or comment
	}
	if f.err == nil {
		f.err = f.ended()
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

func (f *PDF) ended() *Error {
	switch {
	case f.total == 0:
		return fault(CodeDamaged, notPDF)
	case f.place != between || f.marker != hasEOF || f.total < f.linear:
		return fault(CodeTruncated, "is cut off: it does not end in startxref and %%EOF")
	case !f.objects:
		return fault(CodeDamaged, "is a PDF without objects")
	case f.RefuseActive:
		return f.active.ended()
	}
	return nil
}

const notPDF = "does not begin with %PDF- and a version from 1.0 to 2.0"

func (f *PDF) fail(code Code, detail string, at int64) {
	if f.err == nil {
		f.err = faultAt(code, detail, at)
	}
}

// read takes some of p and returns how much.
func (f *PDF) read(p []byte) int {
	switch f.place {
	case atData:
		return f.lineEnd(p[0])
	case inData:
		return f.passData(p)
	}
	opaque := f.lex.opaque()
	n, t, complete := f.lex.next(p)
	if f.RefuseActive && (opaque || f.lex.opaque() || t.kind == pdfString || t.kind == pdfComment) {
		f.expose(p[:n])
	} else {
		f.active.hidden = hiddenObject{}
	}
	if complete && f.err == nil {
		f.token(t)
	}
	return n
}

// expose looks for objects in what is no part of the walk.
func (f *PDF) expose(p []byte) {
	if f.active.hidden.found(p) {
		f.refuse(active(KindScript, "hides an object in a string, a comment or a stream"))
	}
}

// token judges a token and the place it stands in.
func (f *PDF) token(t pdfToken) {
	switch {
	case !f.started:
		f.header(t)
	case t.kind == pdfComment:
		f.comment(t)
	case f.place == inObject || f.place == inTrailer:
		f.content(t)
	case t.kind != pdfWord:
		f.misplaced(t.at)
	default:
		f.word(t)
	}
}

func (f *PDF) misplaced(at int64) { f.fail(CodeDamaged, "has something other than an object", at) }

// header reads the first line, which is a comment to the lexer.
func (f *PDF) header(t pdfToken) {
	version, isPDF := bytes.CutPrefix(t.text, []byte("PDF-"))
	version = bytes.TrimRight(version, " \t\f\x00")
	f.started = true
	one := len(version) == 3 && version[0] == '1' && version[1] == '.' && '0' <= version[2] && version[2] <= '7'
	if t.at != 0 || t.kind != pdfComment || !isPDF || !one && string(version) != "2.0" {
		f.err = fault(CodeDamaged, notPDF)
	}
}

func (f *PDF) comment(t pdfToken) {
	if f.place != between {
		return
	}
	if f.marker == hasOffset && string(bytes.TrimRight(t.text, " \t\f\x00")) == "%EOF" {
		f.marker = hasEOF
		return
	}
	f.marker = noMarker
}

// word judges a number or keyword outside of objects.
func (f *PDF) word(t pdfToken) {
	word, number := string(t.text), pdfInt(t.text)
	switch {
	case f.place == inTable:
		f.table(word, t)
	case f.place == atOffset && number >= 0 && number < t.at:
		f.place, f.marker = between, hasOffset
	case f.place == atGeneration && number >= 0:
		f.place = atObj
	case f.place == atObj && word == "obj":
		f.place, f.object, f.objects = inObject, newPDFObject(f.number), true
	case f.place == behindData && word == "endobj":
		f.place = between
	case f.place != between:
		f.misplaced(t.at)
	default:
		f.begin(word, number, t.at)
	}
}

// begin judges the first word of whatever comes next.
func (f *PDF) begin(word string, number, at int64) {
	f.marker = noMarker
	switch {
	case number >= 0:
		f.place, f.number = atGeneration, number
	case word == "xref":
		f.place = inTable
	case word == "trailer":
		f.place, f.object = inTrailer, newPDFObject(-1)
	case word == "startxref":
		f.place = atOffset
	default:
		f.misplaced(at)
	}
}

// table reads a cross-reference table up to the word behind it.
func (f *PDF) table(word string, t pdfToken) {
	if pdfInt(t.text) >= 0 || word == "n" || word == "f" {
		return
	}
	f.place = between
	f.begin(word, -1, t.at)
}
