package clean

import (
	"bytes"
	"slices"
	"sync"
)

// hold returns the next n bytes. Until the next step the cleaner may change them, and hold more.
func (w *walk) hold(n int) []byte {
	w.look(n)
	return w.held()
}

// look returns the next n bytes. Until the next step the cleaner may hold them, or look at more. It
// may not change them.
func (w *walk) look(n int) []byte {
	w.flush()
	return w.lookMore(n)
}

// lookMore reads n more bytes, and returns all that are looked at.
func (w *walk) lookMore(n int) []byte {
	if w.tryMore(n) < n {
		w.cutOff()
	}
	return w.front
}

// holdMore reads n more bytes, and returns all that are held.
func (w *walk) holdMore(n int) []byte {
	w.lookMore(n)
	return w.held()
}

// tryLook is look for a file that may end here: it returns what there is.
func (w *walk) tryLook(n int) []byte {
	w.flush()
	w.tryMore(n)
	return w.front
}

// held returns all that is looked at. The cleaner may change it until the next step.
func (w *walk) held() []byte {
	if known := len(w.original); known < len(w.front) {
		w.original = append(w.original, w.front[known:]...)
	}
	return w.front
}

// tryMore looks at n more bytes, or as many as there are, and returns how many.
func (w *walk) tryMore(n int) int {
	if at := w.at(); n <= w.end-at && !w.aside && len(w.front)+n <= freeHeld {
		w.front = w.dst[w.n : at+n : at+n]
		return n
	}
	return w.readMore(n)
}

// readMore is tryMore for bytes that have to be read, or that dst has no room for.
func (w *walk) readMore(n int) int {
	begin := len(w.front)
	end := begin + n
	if end > maxHeld {
		w.fail("has metadata that is too large to be looked into")
	}
	w.take(end)
	for len(w.front) < end && w.fill() {
		at := w.at()
		m := min(end-len(w.front), w.end-at)
		if w.aside {
			w.front = append(w.front, w.dst[at:at+m]...)
		} else {
			w.front = w.dst[w.n : at+m : at+m]
		}
	}
	if len(w.front) < end && w.srcErr == nil {
		w.readAside(end)
	}
	if len(w.front) < end {
		w.ended()
	}
	return len(w.front) - begin
}

// readAside looks at end bytes, or as many as there are, though dst has no room for them.
func (w *walk) readAside(end int) {
	if !w.aside {
		w.front, w.aside = append(w.buffer(), w.front...), true
	}
	w.front = slices.Grow(w.front, end-len(w.front))
	for len(w.front) < end && w.srcErr == nil {
		m := w.read(w.front[len(w.front):end])
		w.front = w.front[:len(w.front)+m]
	}
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
		w.front = append(w.buffer(), w.front...)
	}
}

// giveBack gives back all memory that was taken.
func (w *walk) giveBack() {
	if w.holder != nil {
		if w.options.Memory != nil {
			w.options.Memory.Give(heldMemory)
		}
		holders.Put(w.holder)
		w.holder, w.front, w.original = nil, nil, nil
	}
	if w.paid > 0 {
		w.options.Memory.Give(w.paid)
		w.paid, w.patches = 0, nil
	}
}

// flush hands on what is looked at.
func (w *walk) flush() {
	if n := len(w.front); n > 0 {
		w.release(n)
	}
}

// release hands on the first n bytes of what is looked at.
func (w *walk) release(n int) {
	if len(w.original) > 0 {
		w.compare(min(n, len(w.original)))
	}
	switch {
	case w.aside:
		w.bring(n)
	case n == len(w.front):
		w.front = nil
		w.advance(n)
	default:
		w.front = w.front[n:]
		w.advance(n)
	}
}

// flushWith hands on what is looked at, after it has put 4 bytes at a place of it.
func (w *walk) flushWith(at int, with [4]byte) {
	p := w.front[at : at+4]
	switch {
	case [4]byte(p) == with, w.options.Keep:
	case w.options.Record, len(w.original) > 0:
		copy(w.held()[at:], with[:])
	default:
		w.changed = true
		copy(p, with[:])
	}
	w.flush()
}

// compare notes what the cleaner changed in the first n bytes, of which it held all.
func (w *walk) compare(n int) {
	if !bytes.Equal(w.front[:n], w.original[:n]) {
		w.note(n)
	}
	w.original = w.original[:copy(w.original, w.original[n:])]
}

// bring copies the first n bytes aside to dst.
func (w *walk) bring(n int) {
	for n > 0 {
		w.room()
		m := copy(w.dst[w.n:], w.front[:n])
		w.front = w.front[:copy(w.front, w.front[m:])]
		w.advance(m)
		n -= m
	}
	if w.aside = len(w.front) > 0; !w.aside && w.holder == nil {
		w.small = w.front
	}
}

// drain hands on what is left after a fault, as it was in the file, and returns how much.
func (w *walk) drain() int {
	copy(w.front, w.original)
	w.original = nil
	n := copy(w.dst[w.n:], w.front)
	if w.front = w.front[n:]; len(w.front) == 0 {
		n = max(n, w.end-w.n) // what was read after it is in its place
	}
	return n
}
