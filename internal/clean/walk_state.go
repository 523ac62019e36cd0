package clean

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/airlock-go/upload/storage"
)

// walk is the path of a cleaner through a file, from its first byte to its end. A step hands on
// bytes: as they are, blanked, or changed by the cleaner while they were held. A step may panic to
// end the cleaner; run recovers.
type walk struct {
	src     io.Reader
	options Options
	yield   func(struct{}) bool

	dst []byte // of the current Read
	n   int    // bytes of dst that are handed on
	end int    // of what was read into dst

	scanned scanSpan // of dst; see [Reader.Scanned]

	looked   int    // bytes looked at, and not yet handed on; they lie in dst from n on, or in side
	aside    bool   // they lie in side
	side     []byte // for bytes looked at that do not fit into dst
	original []byte // the first of the bytes looked at, saved before the cleaner may change them
	off      int64  // of the first byte that is not yet handed on
	facts    Facts
	packets  int // of XMP
	changes
	holder  *[heldMemory]byte // in which side and original lie, if they are large
	reading bool              // a call of src.Read has not returned
	srcErr  error
	err     error
}

// ending is the value with which a step panics.
type ending struct{ err error }

var errClosed = errors.New("clean: the reader was closed")

// fail ends the walk: it is not certain that the file can be cleaned.
func (w *walk) fail(detail string) { w.failAs(CodeUnclear, detail) }

func (w *walk) failAs(code Code, detail string) {
	panic(ending{&Error{Code: code, Offset: w.off + int64(w.looked), Detail: detail}})
}

// cutOff ends the walk of a file that ends too early.
func (w *walk) cutOff() {
	panic(ending{&Error{Code: CodeUnclear, Offset: w.off + int64(w.looked), Ended: true, Detail: "is cut off"}})
}

// pos returns the offset of the next byte to be looked at.
func (w *walk) pos() int64 { return w.off + int64(w.looked) }

const noMemory = "needs more memory than is free"

// changes says whether a walk has changed the file, and which spans: all with Options.Record,
// otherwise only those that were handed on before.
type changes struct {
	changed bool
	wasLate bool // bytes that were handed on already are among the patches
	patches []Patch
	patched int   // total length of Patch.Bytes
	tables  int   // bytes that a cleaner keeps besides
	paid    int64 // memory taken for both
}

// add records a change of the bytes at offset, to zeros if with is nil. It returns false if the
// changes or their bytes are too many.
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

// sorted sorts the recorded changes by their offsets, and returns them. Zeros that follow zeros and
// overlap them are joined.
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

// scanSpan is a part of the bytes of one Read in which no scan of a JPEG picture ends.
type scanSpan struct {
	from, to int
	at       int64 // the offset of from in the file
	bytes    []byte
}

// scanning records that the n bytes of dst at index from lie in a scan of a JPEG picture, which does
// not end there. They extend the span that was recorded last if they adjoin it, and else
// replace it.
func (w *walk) scanning(from, n int) {
	s := &w.scanned
	if n <= 0 {
		return
	}
	if s.bytes == nil || from != s.to {
		s.from, s.at = from, w.off+int64(from-w.n)
	}
	s.to = from + n
	s.bytes = w.dst[s.from:s.to:s.to]
}
