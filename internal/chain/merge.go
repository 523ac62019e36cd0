package chain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/airlock-go/upload/storage"
)

// Sources returns the sources of a Promotion of a complete upload, one object for each cell. Before
// all bytes have arrived the error is ErrIncomplete. If a piece is missing, it is ErrGap or
// ErrUnsettled.
//
// A cell of several pieces is merged: its bytes are read and stored as one more object, created
// only if its key is free. Sources takes the memory of Stage for a few cells at once. The error is
// storage.ErrBusy if it gets no memory. A later call, in any process, merges only the other cells.
//
// The store must be a storage.Lister and a storage.DirectStorage. For any other the error is
// errors.ErrUnsupported.
func (c *Chain) Sources(ctx context.Context, t Template) ([]storage.Source, error) {
	if _, ok := c.index.(listed); !ok {
		return nil, errors.ErrUnsupported
	}
	f, err := c.settled(ctx)
	switch {
	case err != nil:
		return nil, err
	case f.offset() < c.size:
		return nil, ErrIncomplete
	}
	cells := slices.Collect(c.cells(c.sources(f)))
	whole := make([]storage.Source, len(cells))
	err = atOnceEach(ctx, len(cells), func(ctx context.Context, i int) (err error) {
		whole[i], err = c.one(ctx, t, int64(i), cells[i], slices.Contains(f.merged, int64(i)))
		return err
	})
	if err != nil {
		return nil, err
	}
	return whole, nil
}

// cells cuts the pieces of a complete upload where a cell ends.
func (c *Chain) cells(pieces []storage.Source) func(yield func([]storage.Source) bool) {
	return func(yield func([]storage.Source) bool) {
		first, offset := 0, int64(0)
		for i, p := range pieces {
			offset += p.Size
			if offset%c.cell == 0 || offset == c.size {
				if !yield(pieces[first : i+1]) {
					return
				}
				first = i + 1
			}
		}
	}
}

// one returns the object that has all bytes of a cell. It merges the pieces unless that was done.
func (c *Chain) one(ctx context.Context, t Template, cell int64, pieces []storage.Source, merged bool) (storage.Source, error) {
	if len(pieces) == 1 {
		return pieces[0], nil
	}
	size := int64(0)
	for _, p := range pieces {
		size += p.Size
	}
	key := c.mergedKey(cell)
	if !merged {
		if err := c.merge(ctx, c.object(key, size, t), pieces); err != nil && !errors.Is(err, ErrTaken) {
			return storage.Source{}, err
		}
	}
	o, err := c.store.Stat(ctx, key)
	if err == nil && o.Size != size {
		err = fmt.Errorf("chain: %q has %d bytes, not %d: %w", key, o.Size, size, storage.ErrChanged)
	}
	return storage.Source{Key: key, ETag: o.ETag, Size: size}, err
}

// merge stores the pieces as one object. Their bytes pass through this process.
func (c *Chain) merge(ctx context.Context, obj storage.Object, pieces []storage.Source) (err error) {
	r := c.Read(ctx, pieces)
	defer func() { err = errors.Join(err, r.Close()) }()
	staged, err := c.store.Stage(ctx, obj, r)
	if err != nil {
		return err
	}
	return commit(ctx, staged)
}
