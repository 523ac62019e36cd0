package clean

import (
	"encoding/binary"
	"slices"
)

// filmBox is a box whose header was read.
type filmBox struct {
	kind       [4]byte
	size       int64 // as declared; 0 is up to the end of what is around it
	start, end int64
}

// is reports whether the box is of that type.
func (b *filmBox) is(kind string) bool { return string(b.kind[:]) == kind }

// left returns the number of bytes of the box that were not read.
func (b filmBox) left(w *walk) int64 { return b.end - w.pos() }

// more reads n more bytes into what is held, and returns them.
func (w *walk) more(n int64) []byte {
	if n > maxHeld {
		w.fail("has metadata that is too large to be looked into")
	}
	held := w.holdMore(int(n))
	return held[len(held)-int(n):]
}

// fields does what more does for the next n bytes of a box, which must have them.
func (f *film) fields(b filmBox, n int64) []byte {
	if n > b.left(f.walk) {
		f.fail(filmMalformed)
	}
	return f.more(n)
}

// begin returns the box at start, which must end at end at the latest. The last 8 bytes that are
// held must be the first ones of the box.
func (f *film) begin(start, end int64) filmBox {
	head := f.front()[f.looked-8:]
	b := filmBox{[4]byte(head[4:8]), int64(binary.BigEndian.Uint32(head)), start, 0}
	least := int64(8)
	if b.size == 1 {
		least = 16
		b.size = clipped(binary.BigEndian.Uint64(f.more(8)))
	}
	switch b.end = start + b.size; {
	case b.size == 0:
		b.end = end
	case b.size < least || b.end > end:
		f.fail(filmMalformed)
	}
	return b
}

// next holds the header of the next box before end. It returns false after the last box. Bytes
// after that become zeros: some programs end lists with the size 0.
func (f *film) next(end int64) (filmBox, bool) {
	start := f.pos()
	if n := f.tryMore(int(min(8, end-start))); n < 8 || isZero(f.front()[f.looked-8:f.looked-4]) {
		clear(f.held()[f.looked-n:])
		if end-start-int64(n) > 0 && end < everything {
			f.blankTo(end)
		}
		return filmBox{}, false
	}
	return f.begin(start, end), true
}

// inside walks the boxes up to end.
func (f *film) inside(end int64, each func(filmBox)) {
	for f.pos() < end {
		f.flush()
		b, ok := f.next(end)
		if !ok {
			break
		}
		each(b)
	}
	if f.pos() < end { // of a box that goes to the end of the file
		f.flush()
		f.blankRest()
	}
}

// blankTo hands on zeros in place of the bytes up to end.
func (f *film) blankTo(end int64) { f.blank(end - f.pos()) }

// listed returns a function that keeps boxes of these types, and makes free space of others.
func (f *film) listed(kinds ...string) func(filmBox) {
	return func(b filmBox) {
		if !slices.Contains(kinds, string(b.kind[:])) {
			f.free(b)
			return
		}
		f.keep(b.left(f.walk))
	}
}

// free makes free space of a box. Its header, or more of it, must be what was looked at last.
func (f *film) free(b filmBox) {
	switch n := int(f.pos() - b.start); {
	case n > 8:
		freed(f.held(), n)
	case !isFree(b.kind[:]):
		f.flushWith(f.looked-4, boxFree)
	}
	f.blankTo(b.end)
}

var boxFree = [4]byte([]byte("free"))

// isFree reports whether kind is a type of boxes of free space.
func isFree(kind []byte) bool {
	return string(kind) == "free" || string(kind) == "skip" || string(kind) == "wide"
}

// contentOf returns what stands after the header of a box.
func contentOf(box []byte) []byte {
	if binary.BigEndian.Uint32(box) == 1 {
		return box[16:]
	}
	return box[8:]
}

// freed makes free space of a box, of which the first n bytes are the last ones of p.
func freed(p []byte, n int) {
	box := p[len(p)-n:]
	if !isFree(box[4:8]) {
		copy(box[4:], boxFree[:])
	}
	clear(contentOf(box))
}

// small holds the rest of a box whose header is held already, and calls change with it.
func (f *film) small(b filmBox, change func(content []byte)) {
	change(f.more(b.left(f.walk)))
}

// isBoxType reports whether p begins with four printable characters of Latin-1, as types are.
func isBoxType(p []byte) bool {
	for _, c := range p[:4] {
		if c < ' ' || 0x7f <= c && c < 0xa0 {
			return false
		}
	}
	return true
}

// boxSize returns the size of the box at the front of p, 0 if that is not whole.
func boxSize(p []byte) int {
	if len(p) < 8 {
		return 0
	}
	least, size := uint64(8), uint64(binary.BigEndian.Uint32(p))
	if size == 1 && len(p) >= 16 {
		least, size = 16, binary.BigEndian.Uint64(p[8:])
	}
	if size < least || size > uint64(len(p)) {
		return 0
	}
	return int(size) //nolint:gosec // it fits
}

// heldBoxes calls each with the boxes in p, whose content it may change. Those for which it returns
// false become free space. From the first bytes that form no box on, all become zeros.
func heldBoxes(p []byte, each func(kind, content []byte) bool) {
	for n := boxSize(p); n > 0; n = boxSize(p) {
		if !each(p[4:8], contentOf(p[:n])) {
			freed(p[:n], n)
		}
		p = p[n:]
	}
	clear(p)
}

// keptBoxes makes free space of the boxes in p that are not of these types.
func keptBoxes(p []byte, kinds ...string) {
	heldBoxes(p, func(kind, _ []byte) bool {
		return slices.Contains(kinds, string(kind))
	})
}

// tileBoxes reports whether p consists of boxes, and at most 8 zeros after them.
func tileBoxes(p []byte) bool {
	for n := boxSize(p); n > 0; n = boxSize(p) {
		if !isBoxType(p[4:]) {
			return false
		}
		p = p[n:]
	}
	return len(p) <= 8 && isZero(p)
}

// clipped returns a number of a file, or everything if it is larger.
func clipped(n uint64) int64 { return int64(min(n, everything)) } //nolint:gosec // it fits

// undated makes zeros of the dates of a header. It returns false if fewer than least bytes follow
// them. Version 1, which has a longer duration, must have 4 more.
func undated(p []byte, least int) bool {
	n := 8
	if len(p) > 0 && p[0] == 1 {
		n = 16
		least += 4
	}
	if len(p) < 4+n+least {
		return false
	}
	clear(p[4 : 4+n])
	return true
}

// milliseconds returns the duration of n units, of which a second has unit. It returns 0 if unit is
// 0, or n is too large.
func milliseconds(n, unit uint64) int64 {
	if unit == 0 || n > everything/1000 {
		return 0
	}
	return clipped((n*1000 + unit/2) / unit)
}
