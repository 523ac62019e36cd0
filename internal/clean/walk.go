package clean

import (
	"fmt"
	"io"
	"runtime/debug"
)

func (w *walk) run(clean func(*walk)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = w.endOf(p)
		}
	}()
	clean(w)
	w.flush()
	w.blankRest()
	return io.EOF
}

// endOf returns the error of a walk that has panicked with p. A panic of the source goes on.
func (w *walk) endOf(p any) error {
	e, ok := p.(ending)
	switch {
	case ok:
		return e.err
	case w.reading:
		panic(p)
	}
	return &Error{Code: CodePanic, Offset: w.pos(), Detail: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())}
}

// read reads from the source.
func (w *walk) read(p []byte) (n int) {
	w.reading = true
	n, w.srcErr = w.src.Read(p)
	w.reading = false
	return n
}

// at returns the index in dst of the next byte to be looked at.
func (w *walk) at() int { return w.n + w.looked }

// fill reads into dst after the bytes looked at. It returns false if dst is full, or the source has
// ended or failed.
func (w *walk) fill() bool {
	at := w.at()
	w.end = max(w.end, at)
	for w.end == at && at < len(w.dst) && w.srcErr == nil {
		w.end += w.read(w.dst[at:])
	}
	return w.end > at
}

// ended ends the walk if the source has ended otherwise than by the file's end.
func (w *walk) ended() {
	if w.srcErr != io.EOF { // bare, as readers return it
		panic(ending{w.srcErr})
	}
}

// room waits for a Read whose dst is not full.
func (w *walk) room() {
	for w.n == len(w.dst) {
		if !w.yield(struct{}{}) {
			panic(ending{errClosed})
		}
	}
}

func (w *walk) advance(n int) {
	w.n += n
	w.off += int64(n)
}

// pass hands on the next piece, of limit bytes at most. see may change it, and returns how much of
// it to take; nil takes all. pass returns how much was taken, and false at the end of the file.
func (w *walk) pass(limit int64, see func(p []byte) int) (int64, bool) {
	w.flush()
	w.room()
	if !w.fill() {
		w.ended()
		return 0, false
	}
	n := int(min(int64(w.end-w.n), limit))
	if see != nil {
		n = see(w.dst[w.n : w.n+n])
	}
	w.advance(n)
	return int64(n), true
}

// keep hands on the next n bytes as they are.
func (w *walk) keep(n int64) {
	if !w.isAtHand(n) {
		w.each(n, nil)
		return
	}
	w.advance(int(n))
}

// blank hands on zeros in place of the next n bytes.
func (w *walk) blank(n int64) {
	if !w.isAtHand(n) {
		w.each(n, w.clear)
		return
	}
	w.advance(w.clear(w.dst[w.n : w.n+int(n)]))
}

// isAtHand reports whether n bytes, at least 1, were read already after the bytes looked at. If so,
// it hands on the bytes looked at.
func (w *walk) isAtHand(n int64) bool {
	if n <= 0 || n > int64(w.end-w.at()) {
		return false
	}
	w.flush()
	return true
}

// each hands on the next n bytes after see has changed them, piece by piece.
func (w *walk) each(n int64, see func(p []byte) int) {
	for n > 0 {
		took, more := w.pass(n, see)
		if !more {
			w.cutOff()
		}
		n -= took
	}
}

// blankRest hands on zeros up to the end of the file.
func (w *walk) blankRest() {
	for more := true; more; {
		_, more = w.pass(everything, w.clear)
	}
}

// everything is more than any file has.
const everything = 1 << 62
