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

// lookMore looks at n more bytes, and returns all bytes looked at.
func (w *walk) lookMore(n int) []byte {
	if w.tryMore(n) < n {
		w.cutOff()
	}
	return w.front()
}

// last returns the bytes looked at to a cleaner that changes them, and then flushes them at once.
func (w *walk) last() []byte {
	if w.options.Keep || w.options.Record || len(w.original) > 0 {
		return w.held()
	}
	w.changed = true // without a comparison
	return w.front()
}

// ahead returns the bytes that were read after those looked at. The cleaner may not change them.
func (w *walk) ahead() []byte {
	if at := w.at(); at < w.end {
		return w.dst[at:w.end]
	}
	return nil
}

// front returns the bytes looked at.
func (w *walk) front() []byte {
	if w.aside {
		return w.side
	}
	return w.dst[w.n : w.n+w.looked : w.n+w.looked]
}

// holdMore holds n more bytes, and returns all that are held.
func (w *walk) holdMore(n int) []byte {
	w.lookMore(n)
	return w.held()
}

// tryLook is look for a file that may end here: it returns what there is.
func (w *walk) tryLook(n int) []byte {
	w.flush()
	w.tryMore(n)
	return w.front()
}

// held returns all bytes looked at. The cleaner may change them until the next step.
func (w *walk) held() []byte {
	p := w.front()
	if known := len(w.original); known < len(p) {
		w.original = append(w.original, p[known:]...)
	}
	return p
}

// tryMore looks at n more bytes, or as many as there are, and returns how many.
func (w *walk) tryMore(n int) int {
	if n <= w.end-w.at() && !w.aside && w.looked+n <= freeHeld {
		w.looked += n
		return n
	}
	return w.readMore(n)
}

// readMore is tryMore for bytes that have to be read, have no room in dst, or exceed freeHeld.
func (w *walk) readMore(n int) int {
	begin := w.looked
	end := begin + n
	if end > maxHeld {
		w.fail("has metadata that is too large to be looked into")
	}
	w.take(end)
	for w.looked < end && w.fill() {
		at := w.at()
		m := min(end-w.looked, w.end-at)
		if w.aside {
			w.side = append(w.side, w.dst[at:at+m]...)
		}
		w.looked += m
	}
	if w.looked < end && w.srcErr == nil {
		w.readAside(end)
	}
	if w.looked < end {
		w.ended()
	}
	return w.looked - begin
}

// readAside looks at end bytes, or as many as there are, though dst has no room for them.
func (w *walk) readAside(end int) {
	if !w.aside {
		w.side, w.aside = append(w.buffer(), w.front()...), true
	}
	w.side = slices.Grow(w.side, end-w.looked)
	for w.looked < end && w.srcErr == nil {
		w.looked += w.read(w.side[w.looked:end])
		w.side = w.side[:w.looked]
	}
}

// holders are the buffers of walks that hold more than freeHeld.
var holders = sync.Pool{New: func() any { return new([heldMemory]byte) }}

// buffer returns a buffer for the bytes that do not fit into dst.
func (w *walk) buffer() []byte {
	if w.holder != nil {
		return w.holder[:0:maxHeld]
	}
	return w.side[:0]
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
		w.side = append(w.buffer(), w.side...)
	}
}

// giveBack gives back all memory that was taken.
func (w *walk) giveBack() {
	if w.holder != nil {
		if w.options.Memory != nil {
			w.options.Memory.Give(heldMemory)
		}
		holders.Put(w.holder)
		w.holder, w.side, w.original = nil, nil, nil
		w.looked, w.aside = 0, false
	}
	if w.paid > 0 {
		w.options.Memory.Give(w.paid)
		w.paid, w.patches = 0, nil
	}
}

// flush hands on the bytes looked at.
func (w *walk) flush() {
	if n := w.looked; n > 0 {
		w.release(n)
	}
}

// release hands on the first n of the bytes looked at.
func (w *walk) release(n int) {
	if len(w.original) > 0 {
		w.compare(min(n, len(w.original)))
	}
	if w.aside {
		w.bring(n)
		return
	}
	w.looked -= n
	w.advance(n)
}

// flushWith hands on the bytes looked at, after it has replaced 4 of them at an index.
func (w *walk) flushWith(at int, with [4]byte) {
	if [4]byte(w.front()[at:]) != with {
		copy(w.last()[at:], with[:])
	}
	w.flush()
}

// compare notes what the cleaner changed in the first n bytes, of which it held all.
func (w *walk) compare(n int) {
	if !bytes.Equal(w.front()[:n], w.original[:n]) {
		w.note(n)
	}
	w.original = w.original[:copy(w.original, w.original[n:])]
}

// bring copies the first n of the bytes that lie aside to dst.
func (w *walk) bring(n int) {
	for n > 0 {
		w.room()
		m := copy(w.dst[w.n:], w.side[:n])
		w.side = w.side[:copy(w.side, w.side[m:])]
		w.looked -= m
		w.advance(m)
		n -= m
	}
	w.aside = w.looked > 0
}

// drain hands on what is left after a fault, as it was in the file, and returns how much.
func (w *walk) drain() int {
	copy(w.front(), w.original)
	w.original = nil
	n := w.looked
	if w.aside {
		n = copy(w.dst[w.n:], w.side)
		w.side = w.side[n:]
	}
	if w.looked -= n; w.looked > 0 {
		return n
	}
	return max(n, w.end-w.n) // what was read after it follows in dst
}
