package clean

import "bytes"

// record keeps a change, and takes memory for it.
func (w *walk) record(offset, length int64, with []byte) {
	if !w.add(offset, length, with) {
		w.fail("has too many places that need blanking")
	}
	w.afford(0)
}

// afford takes memory for the patches and for n bytes more that a cleaner keeps.
func (w *walk) afford(n int) {
	w.tables += n
	need := int64(len(w.patches)*patchMemory + w.patched + w.tables)
	for w.options.Memory != nil && need > freeHeld+w.paid {
		if !w.options.Memory.Take(heldMemory) {
			w.failAs(CodeBusy, noMemory)
		}
		w.paid += heldMemory
	}
}

// patchMemory is what a Patch takes besides its bytes.
const patchMemory = 64

// note handles a change of the first n bytes that are held. With Options.Keep it undoes the change.
// Otherwise it notes that there was one, and with Options.Record it records the change.
func (w *walk) note(n int) {
	held, original := w.front()[:n], w.original[:n]
	if w.options.Keep {
		copy(held, original)
		return
	}
	w.changed = true
	if !w.options.Record {
		return
	}
	begin, end := 0, n
	for held[begin] == original[begin] {
		begin++
	}
	for held[end-1] == original[end-1] {
		end--
	}
	w.record(w.off+int64(begin), int64(end-begin), held[begin:end])
}

// clear blanks p, the next bytes of the file, except with Options.Keep. It returns the length of p.
func (w *walk) clear(p []byte) int {
	if w.options.Keep || isZero(p) {
		return len(p)
	}
	w.changed = true
	if w.options.Record {
		w.record(w.off, int64(len(p)), nil)
	}
	clear(p)
	return len(p)
}

// late records that n bytes at offset, which were handed on already, need blanking.
func (w *walk) late(offset, n int64) {
	switch {
	case w.options.Keep || n == 0:
		return
	case !w.options.Late:
		w.failAs(CodeLate, "has metadata that was recognised too late")
	}
	w.changed, w.wasLate = true, true
	w.record(offset, n, nil)
}

// zeros are never changed.
var zeros [512]byte

func isZero(p []byte) bool {
	for ; len(p) > len(zeros); p = p[len(zeros):] {
		if !bytes.Equal(p[:len(zeros)], zeros[:]) {
			return false
		}
	}
	return bytes.Equal(p, zeros[:len(p)])
}
