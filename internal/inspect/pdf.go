package inspect

// PDF walks a PDF file (ISO 32000-2) from its header to its last end-of-file marker. The zero value
// is ready and checks the structure; see RefuseActive.
//
// The structure: a header of version 1.0 to 2.9 (readers try later versions than they know, 7.5.2),
// in front of which the mark of UTF-8, white space and comments may stand, and which text may
// follow; words that mean nothing, where a comment should show that the file is binary; objects,
// cross-reference tables, trailers and comments, whole and with nothing else between them; at the
// end startxref with an offset that lies in the file, and "%%EOF", which only white space and
// comments follow. Incremental updates, object streams, linearised and encrypted files are PDF like
// any other. The data of a stream ends where its declared length says if endstream stands there,
// and else at the first endstream, or at the first that endobj follows if no length is declared.
// Whether an object makes sense, and whether references lead somewhere, is not checked: readers
// repair that.
//
// It holds a few KiB, and some 60 KiB with RefuseActive. With it, objects that matter to others
// take 32 bytes each from the budget: actions, nodes of trees, streams of objects.
type PDF struct {
	// RefuseActive refuses files that hold what runs, acts on opening, loads from elsewhere or
	// carries other files, except for what Allow lets pass: actions and annotations of other types
	// than those that move within the file, show something or lead to the web on a click; actions
	// that run by themselves and do more than choose what is shown; scripts, attachments, XFA
	// forms, media other than sounds of the file and models that name no other file; and encrypted
	// files, in which nothing can be seen.
	//
	// It judges what each reader may read. A name that the author chose, of a font or a glyph, is
	// no action. All bodies of an object must be harmless, since updates replace objects and
	// readers rebuild cross references. So must what looks like an object within strings, comments
	// and streams. Each stream that cross references may lead to as a stream of objects is decoded
	// and examined, whatever it calls itself; one in another form than stored or Flate is refused.
	//
	// It is a best effort all the same: a reader that repairs damage in its own way may see what
	// this walk does not, and the scripts of viewers are not the only danger of their parsers.
	RefuseActive bool
	Allow        PDFAllow

	looker
	walk  pdfWalk
	err   error
	total int64 // bytes written
}

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
func (f *PDF) Write(p []byte) (int, error) {
	if err := f.begin(len(p)); err != nil {
		return 0, err
	}
	f.total += int64(len(p))
	if f.err = f.walk.write(p); f.err != nil {
		return 0, f.err
	}
	return len(p), nil
}

// begin begins a call that brings n bytes.
func (f *PDF) begin(n int) error {
	if f.err != nil {
		return f.err
	}
	if f.err = f.arrive(n); f.err == nil && f.walk.budget == nil {
		f.walk.begin(f.budget, f.RefuseActive, f.Allow)
	}
	return f.err
}

// Verdict returns nil if what was written is an acceptable PDF, and the fault, an *Error, if not.
// The stream must have ended.
func (f *PDF) Verdict() error {
	if f.begin(0) == nil {
		f.err = f.walk.end(f.total)
	}
	f.walk.close()
	return f.err
}

// Close releases what a stream that was given up holds.
func (f *PDF) Close() error {
	f.walk.close()
	return nil
}
