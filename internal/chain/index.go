package chain

import (
	"context"
	"slices"
)

// index finds the objects of an upload.
type index interface {
	// front finds the markers, and the pieces of the newest cell or more.
	front(ctx context.Context) (contents, error)

	// all finds everything.
	all(ctx context.Context) (contents, error)
}

// contents are the objects of an upload that an index has found.
type contents struct {
	end, done bool    // the markers
	pieces    []piece // the newest first
	oldest    bool    // no piece is older than these
	merged    []int64 // the numbers of cells
}

// piece is an object of the chain.
type piece struct {
	start, size int64 // bytes
	etag        string
}

func (p piece) end() int64 { return p.start + p.size }

// offset returns how many bytes are stored.
func (f contents) offset() int64 {
	if len(f.pieces) == 0 {
		return 0
	}
	return f.pieces[0].end()
}

// joined reports whether f has the pieces of this upload without a gap.
func (l layout) joined(f contents) bool {
	start := f.offset()
	for _, p := range f.pieces {
		if p.end() != start || !l.fits(p) {
			return false
		}
		start = p.start
	}
	return start == 0 || !f.oldest
}

// in returns how many pieces of f begin at start or later.
func (f contents) in(start int64) int {
	n := slices.IndexFunc(f.pieces, func(p piece) bool { return p.start < start })
	if n < 0 {
		return len(f.pieces)
	}
	return n
}
