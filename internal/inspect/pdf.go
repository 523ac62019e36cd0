package inspect

// PDF walks a PDF file (ISO 32000-2) from its header to its last end-of-file marker. The zero value
// is ready and checks the structure; see RefuseActive.
//
// The structure begins with a header of version 1.x or 2.x, because readers try later versions than
// they know (7.5.2). The mark of UTF-8, white space and comments may precede it, and text may
// follow it. Then may come words without a meaning, where a comment should show that the file is
// binary. Objects, cross-reference tables, trailers and comments follow, whole and with nothing
// else between them except for a repeated endobj. The end is startxref with an offset that lies in
// the file, and "%%EOF". Only white space and comments may follow it. Incremental updates, object
// streams, linearised and encrypted files are PDF like any other. The data of a stream ends where
// its declared length says, if endstream stands there. Otherwise it ends at the first endstream. If
// the stream's dictionary has no length, or refers to one, it ends at the first endstream that
// endobj follows. Streams that a reader may take for objects or cross references end at the first
// endstream even then; so do models, with RefuseActive. PDF does not check whether an object makes
// sense, or whether references lead somewhere: readers repair that.
//
// It holds about 8 KiB, and with RefuseActive about 30 KiB. Calculations add at most 12 KiB, the
// first stream that it inflates about 50 KiB, and the index of a cross-reference stream at most 40
// KiB. With RefuseActive, objects that matter to others take at least 16 bytes each from the
// budget, after the first 192: actions, nodes of trees, streams of objects.
type PDF struct {
	// RefuseActive refuses files that hold something that runs, acts on opening, loads from
	// elsewhere or carries other files, unless Allow lets it pass. It refuses actions and
	// annotations, except for those of types that move within the file, show something or wait for
	// a click. A click may lead to the web, to a file at a relative path or to a dialog of the viewer,
	// reset a form, or play a sound of the file. It refuses actions that run by themselves and do
	// more than choose what is shown. It refuses scripts, attachments, XFA forms, and media other
	// than sounds of the file and models that name no other file. It refuses encrypted files, since
	// it cannot look inside.
	//
	// It judges everything that a reader may read. A name that the author chose, of a font or a
	// glyph, is not an action. All bodies of an object must be harmless, since updates replace
	// objects and readers rebuild cross references. Text that looks like an object within strings,
	// comments and streams must be harmless, too. It decodes and examines each stream whose
	// dictionary has the entries of a stream of objects or of cross references, whatever type it
	// declares. It refuses such a stream in any form except stored or Flate.
	//
	// It is still a best effort: a reader that repairs damage in its own way may see what this walk
	// does not. It does not detect files that attack the parser of a viewer.
	RefuseActive bool
	Allow        PDFAllow

	looker
	walk  pdfWalk
	err   error
	total int64 // bytes written
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
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

// Close releases what an abandoned stream holds.
func (f *PDF) Close() error {
	f.walk.close()
	return nil
}
