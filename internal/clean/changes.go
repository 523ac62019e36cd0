package clean

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/airlock-go/upload/storage"
)

// changes are the spans of a file that a walk has changed.
type changes struct {
	changed bool
	wasLate bool // bytes that were handed on already are among the patches
	patches []Patch
	patched int   // bytes of the patches that are not zeros
	tables  int   // bytes that a cleaner keeps besides
	paid    int64 // memory taken for both
}

// add records a change of the bytes at offset, to zeros if with is nil. It returns false if that is
// one too many.
func (c *changes) add(offset, length int64, with []byte) bool {
	if last := len(c.patches) - 1; last >= 0 && with == nil && c.patches[last].Bytes == nil &&
		c.patches[last].Offset+c.patches[last].Length == offset {
		c.patches[last].Length += length
		return true
	}
	c.patched += len(with)
	c.patches = append(c.patches, Patch{Offset: offset, Length: length, Bytes: bytes.Clone(with)})
	return len(c.patches) <= storage.MaxPatches && c.patched <= storage.MaxPatchBytes
}

// sorted returns the changes in the order of the file. Zeros that overlap are one change.
func (c *changes) sorted() []Patch {
	slices.SortFunc(c.patches, func(a, b Patch) int { return cmp.Compare(a.Offset, b.Offset) })
	joined := c.patches[:0]
	for _, p := range c.patches {
		if last := len(joined) - 1; last >= 0 && joined[last].Bytes == nil && p.Bytes == nil && p.Offset < joined[last].Offset+joined[last].Length {
			joined[last].Length = max(joined[last].Length, p.Offset+p.Length-joined[last].Offset)
			continue
		}
		joined = append(joined, p)
	}
	c.patches = joined
	return c.patches
}

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

// note compares the first n bytes of what is held with what was read.
func (w *walk) note(n int) {
	held, original := w.held[:n], w.original[:n]
	switch {
	case bytes.Equal(held, original):
		return
	case w.options.Keep:
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

// clear blanks the next piece.
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

// late blanks n bytes at offset that were handed on already.
func (w *walk) late(offset, n int64) {
	switch {
	case w.options.Keep || n == 0:
		return
	case !w.options.Late:
		w.failAs(CodeLate, "has metadata that only follows later")
	}
	w.changed, w.wasLate = true, true
	w.record(offset, n, nil)
}

func isZero(p []byte) bool {
	var all [512]byte
	for ; len(p) > len(all); p = p[len(all):] {
		if !bytes.Equal(p[:len(all)], all[:]) {
			return false
		}
	}
	return bytes.Equal(p, all[:len(p)])
}
