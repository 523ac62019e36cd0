package clean

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
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

// hold returns the next n bytes. Until the next step the cleaner may change them, and hold more.
func (w *walk) hold(n int) []byte {
	w.flush()
	return w.holdMore(n)
}

// holdMore reads n more bytes, and returns all that are held.
func (w *walk) holdMore(n int) []byte {
	if w.tryMore(n) < n {
		w.cutOff()
	}
	return w.held
}

// tryHold is hold for a file that may end here: it returns what there is.
func (w *walk) tryHold(n int) []byte {
	w.flush()
	w.tryMore(n)
	return w.held
}

// tryMore holds n more bytes, or as many as there are, and returns how many. What is held lies in dst
// while it fits there, and otherwise in a buffer.
func (w *walk) tryMore(n int) int {
	begin := len(w.held)
	end := begin + n
	if end <= freeHeld && n <= len(w.in) && !w.aside {
		w.extend(n)
		return n
	}
	if end > maxHeld {
		w.fail("has metadata that is too large to be looked into")
	}
	w.take(end)
	for len(w.held) < end && w.fill() {
		w.extend(min(end-len(w.held), len(w.in)))
	}
	if len(w.held) < end && w.srcErr == nil {
		w.readAside(end)
	}
	if len(w.held) < end {
		w.ended()
	}
	return len(w.held) - begin
}

// extend holds the next n bytes of in, too.
func (w *walk) extend(n int) {
	w.original = append(w.original, w.in[:n]...)
	if w.aside {
		w.held = append(w.held, w.in[:n]...)
	} else {
		end := w.n + len(w.held) + n
		w.held = w.dst[w.n:end:end]
	}
	w.in = w.in[n:]
}

// readAside holds end bytes, or as many as there are, though dst has no room for them.
func (w *walk) readAside(end int) {
	begin := len(w.held)
	if !w.aside {
		w.held, w.aside = append(w.buffer(), w.held...), true
	}
	w.held = slices.Grow(w.held, end-begin)
	for len(w.held) < end && w.srcErr == nil {
		m := w.read(w.held[len(w.held):end])
		w.held = w.held[:len(w.held)+m]
	}
	w.original = append(w.original, w.held[begin:]...)
}

// holders are the buffers of walks that hold more than freeHeld.
var holders = sync.Pool{New: func() any { return new([heldMemory]byte) }}

// buffer returns where to hold what does not lie in dst.
func (w *walk) buffer() []byte {
	if w.holder != nil {
		return w.holder[:0:maxHeld]
	}
	if w.small == nil {
		w.small = make([]byte, 0, 64)
	}
	return w.small[:0]
}

// take asks for memory to hold n bytes.
func (w *walk) take(n int) {
	if n <= freeHeld || w.holder != nil {
		return
	}
	if w.options.Memory != nil && !w.options.Memory.Take(heldMemory) {
		w.failAs(CodeBusy, noMemory)
	}
	w.holder = holders.Get().(*[heldMemory]byte)
	w.original = append(w.holder[maxHeld:maxHeld], w.original...)
	if w.aside {
		w.held = append(w.buffer(), w.held...)
	}
}

// giveBack gives back all memory that was taken.
func (w *walk) giveBack() {
	if w.holder != nil {
		if w.options.Memory != nil {
			w.options.Memory.Give(heldMemory)
		}
		holders.Put(w.holder)
		w.holder, w.held, w.original = nil, nil, nil
	}
	if w.paid > 0 {
		w.options.Memory.Give(w.paid)
		w.paid, w.patches = 0, nil
	}
}

// fill reads into the room of dst after what is held. It returns false if there is no room, or no
// more of the file.
func (w *walk) fill() bool {
	room := w.dst[min(w.n+len(w.held), len(w.dst)):]
	for len(w.in) == 0 && len(room) > 0 && w.srcErr == nil {
		w.in = room[:w.read(room)]
	}
	return len(w.in) > 0
}

// ended ends the walk if the source has ended otherwise than by the file's end.
func (w *walk) ended() {
	if w.srcErr != io.EOF { // bare, as readers return it
		panic(ending{w.srcErr})
	}
}

// flush hands on what is held.
func (w *walk) flush() {
	if len(w.held) > 0 {
		w.release(len(w.held))
	}
}

// release hands on the first n bytes of what is held.
func (w *walk) release(n int) {
	w.note(n)
	if w.aside {
		w.bring(n)
	} else {
		w.held = w.held[n:]
		w.advance(n)
	}
	w.original = w.original[:copy(w.original, w.original[n:])]
}

// bring copies the first n bytes of what is held aside to dst.
func (w *walk) bring(n int) {
	for n > 0 {
		w.room()
		m := copy(w.dst[w.n:], w.held[:n])
		w.held = w.held[:copy(w.held, w.held[m:])]
		w.advance(m)
		n -= m
	}
	if w.aside = len(w.held) > 0; !w.aside && w.holder == nil {
		w.small = w.held
	}
}

// drain hands on what is left after a fault, as it was in the file, and returns how much.
func (w *walk) drain() int {
	if len(w.original) > 0 {
		w.held, w.original = append(w.held[:0], w.original[len(w.original)-len(w.held):]...), nil
	}
	n := copy(w.dst[w.n:], w.held)
	if w.held = w.held[n:]; len(w.held) == 0 {
		n += copy(w.dst[w.n+n:], w.in)
	}
	return n
}

// room waits for a Read with room.
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

// pass hands on the next piece, of limit bytes at most. see may change it, and returns how much of it
// to take; nil takes all. It returns how much was taken, and false at the end of the file.
func (w *walk) pass(limit int64, see func(p []byte) int) (int64, bool) {
	w.flush()
	w.room()
	if !w.fill() {
		w.ended()
		return 0, false
	}
	p := w.in[:min(int64(len(w.in)), limit)] // which lies at dst[w.n:]
	n := len(p)
	if see != nil {
		n = see(p)
	}
	w.in = w.in[n:]
	w.advance(n)
	return int64(n), true
}

// keep hands on the next n bytes as they are.
func (w *walk) keep(n int64) { w.each(n, nil) }

// blank hands on zeros in place of the next n bytes.
func (w *walk) blank(n int64) { w.each(n, w.clear) }

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
