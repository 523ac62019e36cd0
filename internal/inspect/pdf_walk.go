package inspect

// pdfWalk walks a file, object by object.
type pdfWalk struct {
	budget *Budget
	exam   *pdfExam // nil if only the structure is checked
	lex    pdfLexer
	place  pdfPlace
	number int64    // of the object that may begin
	digits [18]byte // of that number, as written
	length int      // number of digits
	start  int64    // offset of the object
	from   int64    // offset after the last endobj before it
	first  bool     // that object is the first of the file
	body   pdfBody
	data   pdfData
	doubt  pdfDoubt

	head    pdfHead
	objects bool  // an object has begun
	marker  int   // noMarker, hasOffset or hasEOF
	linear  int64 // length of the file that its first object declares if it is linearised
	owed    int   // tokens that are not paid for yet
	err     error
}

// pdfPlace is the part of a PDF to which the next token belongs.
type pdfPlace uint8

const (
	between         pdfPlace = iota // objects
	atGeneration                    // after the number of an object
	atObj                           // after its generation
	inObject                        // until endobj or stream
	atData                          // after the word stream, before the end of its line
	inData                          // of a stream
	behindData                      // before endobj
	maybeBehindData                 // before endobj, if the length of the data is unknown
	inTable                         // of cross references
	inTrailer                       // its dictionary
	atOffset                        // after startxref
	inDoubt                         // within data, or something damaged
)

// hasTokens reports whether the bytes there are tokens.
func (p pdfPlace) hasTokens() bool {
	return p < atData || p == behindData || p >= inTable && p < inDoubt
}

// pdfHead is the progress through the beginning of the file.
type pdfHead uint8

const (
	noHeader  pdfHead = iota
	hasHeader         // the next tokens may be words without a meaning
	hasBegun
)

// The progress through the end of the file.
const (
	noMarker  = iota
	hasOffset // startxref and an offset
	hasEOF    // and %%EOF
)

func (f *pdfWalk) begin(b *Budget, examine bool, allow PDFAllow) {
	f.budget, f.number = b, -1
	if !examine {
		return
	}
	f.exam = newPDFExam(b, allow)
	f.lex.keep = f.exam.hidden.lex.keep
}

func (f *pdfWalk) close() {
	if f.exam != nil {
		f.exam.streams.close()
	}
}

const notPDF = "does not begin with %PDF- and a version from 1.0 to 2.9"

// fail refuses the file as damaged. During a doubt, the walk itself may be wrong.
func (f *pdfWalk) fail(err error) {
	switch {
	case f.doubt.until > 0:
		f.doubt.fault, f.place = err, inDoubt
	case f.err == nil:
		f.err = err
	}
}

func (f *pdfWalk) misplaced(at int64) {
	f.fail(faultAt(CodeDamaged, "has something other than an object", at))
}

// skip passes over bytes that may hide an object.
func (f *pdfWalk) skip(p []byte) {
	f.scan(p, f.lex.off)
	f.lex.off += int64(len(p))
}

// scan looks for objects in bytes that are not part of the walk. at is the offset of p.
func (f *pdfWalk) scan(p []byte, at int64) {
	f.spend(byteSteps * len(p))
	if f.exam != nil && f.err == nil {
		f.exam.hidden.scan(p, at, 0)
	}
}

func (f *pdfWalk) spend(steps int) {
	if err := f.budget.Spend(steps); err != nil && f.err == nil {
		f.err = err
	}
}
