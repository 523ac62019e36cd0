package clean

import (
	"bytes"
	"slices"
	"sync"
)

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

// tryMore holds n more bytes, or as many as there are, and returns how many.
func (w *walk) tryMore(n int) int {
	if at := w.at(); n <= w.end-at && !w.aside && len(w.held)+n <= freeHeld {
		w.extend(at, n)
		return n
	}
	return w.readMore(n)
}

// extend holds n bytes of dst more, where they are.
func (w *walk) extend(at, n int) {
	w.original = append(w.original, w.dst[at:at+n]...)
	w.held = w.dst[w.n : at+n : at+n]
}

// readMore is tryMore for bytes that have to be read, or that dst has no room for.
func (w *walk) readMore(n int) int {
	begin := len(w.held)
	end := begin + n
	if end > maxHeld {
		w.fail("has metadata that is too large to be looked into")
	}
	w.take(end)
	for len(w.held) < end && w.fill() {
		at := w.at()
		m := min(end-len(w.held), w.end-at)
		if !w.aside {
			w.extend(at, m)
			continue
		}
		w.held = append(w.held, w.dst[at:at+m]...)
		w.original = append(w.original, w.dst[at:at+m]...)
	}
	if len(w.held) < end && w.srcErr == nil {
		w.readAside(end)
	}
	if len(w.held) < end {
		w.ended()
	}
	return len(w.held) - begin
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

// flush hands on what is held.
func (w *walk) flush() {
	if len(w.held) > 0 {
		w.release(len(w.held))
	}
}

// release hands on the first n bytes of what is held.
func (w *walk) release(n int) {
	if !bytes.Equal(w.held[:n], w.original[:n]) {
		w.note(n)
	}
	switch {
	case w.aside:
		w.bring(n)
	case n == len(w.held):
		w.held = nil
		w.advance(n)
	default:
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
	n, end := copy(w.dst[w.n:], w.held), w.end
	if w.held = w.held[n:]; len(w.held) == 0 {
		n = max(n, end-w.n) // what was read is there already
	}
	return n
}

