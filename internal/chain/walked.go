package chain

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sort"
)

// walked is the index of a store without lists in order. It looks for one object after the other,
// since the end of a piece is the start of the next. It may overlook what comes after a gap. It
// looks for no merged cells, since Sources needs ordered lists.
type walked struct {
	layout
	store Store
}

// front implements index. It looks for the markers last: pieces are removed only after the end, so
// without a marker none was removed before.
func (w walked) front(ctx context.Context) (f contents, err error) {
	start, err := w.newestCell(ctx)
	if err != nil {
		return f, err
	}
	_, end := w.span(start)
	if err := w.walk(ctx, start, end, &f); err != nil {
		return f, err
	}
	if f.end, err = w.there(ctx, endName); err == nil {
		f.done, err = w.there(ctx, doneName)
	}
	return f, err
}

// newestCell finds the newest cell by binary search. The first piece of a cell begins where the cell
// does.
func (w walked) newestCell(ctx context.Context) (start int64, err error) {
	cells := int((w.size + w.cell - 1) / w.cell)
	begun := sort.Search(cells, func(i int) bool {
		if err != nil {
			return true
		}
		var p piece
		p, err = w.piece(ctx, int64(i)*w.cell)
		return p.size == 0
	})
	return int64(max(begun-1, 0)) * w.cell, err
}

// all implements index.
func (w walked) all(ctx context.Context) (contents, error) {
	newest, err := w.front(ctx)
	if err != nil {
		return newest, err
	}
	f := contents{end: newest.end, done: newest.done, oldest: true}
	err = w.walk(ctx, 0, w.size, &f)
	if f.offset() < newest.offset() { // with a gap between them
		f.pieces = append(newest.pieces, f.pieces...)
	}
	return f, err
}

// walk adds to f, which has no pieces yet, those from start to the first that is missing, or to end.
func (w walked) walk(ctx context.Context, start, end int64, f *contents) error {
	for start < end {
		p, err := w.piece(ctx, start)
		if err != nil {
			return err
		}
		if p.size == 0 {
			break
		}
		f.pieces = append(f.pieces, p)
		start = p.end()
	}
	slices.Reverse(f.pieces)
	return nil
}

// piece returns the piece at start, with a size of 0 if there is none.
func (w walked) piece(ctx context.Context, start int64) (piece, error) {
	o, err := w.store.Stat(ctx, w.pieceKey(start))
	switch p := (piece{start: start, size: o.Size, etag: o.ETag}); {
	case errors.Is(err, fs.ErrNotExist):
		return piece{}, nil
	case err != nil:
		return piece{}, err
	case !w.fits(p):
		return piece{}, ErrGap
	default:
		return p, nil
	}
}

func (w walked) there(ctx context.Context, marker string) (bool, error) {
	_, err := w.store.Stat(ctx, w.prefix+marker)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
