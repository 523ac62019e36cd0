package chain

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// layout says which objects an upload has, and under which keys. A list in the order of the keys
// begins with the markers, then comes the newest piece, and at last what was merged. So one page
// gives the state, however many pieces there are.
type layout struct {
	prefix     string
	size, cell int64 // bytes
}

// Names under the prefix. Pieces have names of 16 hexadecimal digits. Those of markers sort before
// them, since "-" is less than a digit, and those of merged cells sort after them.
const (
	doneName   = "0-done"
	endName    = "0-end"
	mergedName = "m/"
)

// kind is what an object of an upload is.
type kind int

const (
	unknownKind kind = iota
	pieceKind
	mergedKind
	markerKind
)

// pieceKey returns the key of the piece that begins at start. A later start sorts first.
func (l layout) pieceKey(start int64) string {
	return fmt.Sprintf("%s%016x", l.prefix, math.MaxInt64-start)
}

// mergedKey returns the key of the cell of that number, merged.
func (l layout) mergedKey(cell int64) string {
	return fmt.Sprintf("%s%s%016x", l.prefix, mergedName, cell)
}

// parse returns what the object of a key is, with the start of a piece or the number of a cell.
func (l layout) parse(key string) (k kind, n int64) {
	name, ours := strings.CutPrefix(key, l.prefix)
	switch {
	case !ours:
		return unknownKind, 0
	case name == doneName, name == endName:
		return markerKind, 0
	}
	digits, merged := strings.CutPrefix(name, mergedName)
	n, err := strconv.ParseInt(digits, 16, 64)
	switch {
	case err != nil || n < 0:
		return unknownKind, 0
	case merged && key == l.mergedKey(n):
		return mergedKind, n
	case !merged && key == l.pieceKey(math.MaxInt64-n):
		return pieceKind, math.MaxInt64 - n
	}
	return unknownKind, 0
}

// span returns where the cell of an offset begins and ends.
func (l layout) span(offset int64) (start, end int64) {
	start = offset - offset%l.cell
	return start, start + min(l.cell, l.size-start)
}

// fits reports whether a piece can be one of this upload.
func (l layout) fits(p piece) bool {
	if p.start < 0 || p.start >= l.size || p.size < 1 {
		return false
	}
	_, end := l.span(p.start)
	return p.size <= end-p.start
}

// Limits of the pieces of a cell. A cell of any size has fewer pieces than a page of a list has
// keys, so that one page shows whether there are too many. To count all pieces of an upload would
// take more pages.
const (
	freePieces = 64
	minGrain   = 64 << 10
	maxGrains  = 800
)

// mostPieces returns how many pieces a cell may have.
func (l layout) mostPieces() int {
	cell := min(l.cell, l.size)
	return freePieces + int(cell/max(minGrain, cell/maxGrains))
}
