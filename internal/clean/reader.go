package clean

import (
	"errors"
	"io"
	"iter"
)

// Reader cleans a file and hands it on. It is for one goroutine. The caller calls Close.
type Reader struct {
	walk walk
	next func() (struct{}, bool)
	stop func()
}

// NewReader returns a Reader of src, a file of a media type for which [Has] returns true.
func NewReader(src io.Reader, mediaType string, o Options) *Reader {
	r := &Reader{walk: walk{src: src, options: o}}
	clean := cleaners[mediaType]
	r.next, r.stop = iter.Pull(func(yield func(struct{}) bool) {
		r.walk.yield = yield
		r.walk.err = r.walk.run(clean)
	})
	return r
}

// Read fills p, unless the file ends or fails, or the cleaner has given up. The error is a bare
// io.EOF, an error of the source, or an *[Error]. With an *Error come the bytes up to the fault and
// those read after it, as they were in the file, so that others can look at them, too. After a
// panic nothing more comes.
func (r *Reader) Read(p []byte) (int, error) {
	w := &r.walk
	w.dst, w.n, w.end = p, 0, 0
	w.scanned = scanSpan{}
	if w.err == nil {
		r.next()
	}
	n, err := w.n, w.err
	if err != nil {
		n, err = r.end(p, n, err)
	}
	w.dst = nil
	return n, err
}

// end hands on what is left after n bytes of p, when the walk has ended with err.
func (r *Reader) end(p []byte, n int, err error) (int, error) {
	w := &r.walk
	var fault *Error
	isFault := errors.As(err, &fault)
	if isFault && fault.Code == CodePanic {
		return n, err
	}
	n += w.drain()
	switch {
	case w.looked > 0:
		return n, nil
	case w.options.Keep && isFault:
		return r.goOn(p, n)
	}
	return n, err
}

// goOn hands on the rest of a file that the cleaner has given up, as it is in the source.
func (r *Reader) goOn(p []byte, n int) (int, error) {
	w := &r.walk
	w.facts = Facts{}
	if n > 0 || w.srcErr != nil {
		return n, w.srcErr
	}
	n, w.srcErr = w.src.Read(p)
	return n, w.srcErr
}

// Close ends a cleaner that has not ended, and gives back its memory, also that of the patches.
func (r *Reader) Close() {
	r.stop()
	r.walk.giveBack()
}

// Facts returns what is known so far: all facts after io.EOF, and none after a fault that Keep
// passed over.
func (r *Reader) Facts() Facts { return r.walk.facts }

// Changed reports whether a byte of the file so far was changed.
func (r *Reader) Changed() bool { return r.walk.changed }

// Late reports whether bytes that were handed on already have turned out to need blanking.
func (r *Reader) Late() bool { return r.walk.wasLate }

// Patches returns all changes, in the file's order, if they were recorded, and the late ones
// otherwise.
func (r *Reader) Patches() []Patch { return r.walk.sorted() }

// Scanned returns a part of the bytes that the last Read returned, without a copy, and its offset
// in the file. The part is in a scan of a JPEG picture, and was searched for the end of the scan:
// each 0xff precedes 0 or a byte that restarts the scan, which may lie after the part. Other bytes
// of scans may have been searched, too.
func (r *Reader) Scanned() (at int64, p []byte) { return r.walk.scanned.at, r.walk.scanned.bytes }
