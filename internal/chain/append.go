package chain

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/airlock-go/upload/storage"
)

// Append stores what r delivers after the bytes of s, an answer of State. n is how many bytes are
// stored for certain, also with an error.
//
// It stores pieces that end with their cell at the latest, each only after the store has confirmed
// the one before. Each takes the memory that the store's Stage takes for the rest of the cell, or
// for the rest of t.Length if that is less. The bytes that r delivered before io.EOF are kept. For
// a cut the caller's r returns io.EOF, so that what came is kept. The end of ctx counts as a cut:
// Append does not wait for r beyond its current Read, stores what came, and returns the cause. Any
// other error of r may be a verdict on the bytes. Append returns it and keeps nothing of the
// unfinished piece.
//
// After an error of the store a piece may be stored that n does not count, but State does. The
// errors of this package are ErrTaken, ErrTooMany, ErrTooLong and ErrEnded. After ErrEnded the
// caller goes by what State says, and removes what is left.
func (c *Chain) Append(ctx context.Context, s State, t Template, r io.Reader) (n int64, err error) {
	if s.End != nil {
		return 0, ErrEnded
	}
	n, err = c.append(ctx, s, t, r)
	if n == 0 {
		return 0, err
	}
	if ended := c.stillOpen(ctx); ended != nil {
		return 0, ended
	}
	return n, err
}

// stillOpen asks whether the upload has ended since the state was read. If it has not, nothing was
// removed before the pieces were stored, and their keys were free because they are the newest. If
// it has, their keys may have been free because the upload was removed.
func (c *Chain) stillOpen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_, err := c.store.Stat(ctx, c.prefix+endName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return ErrEnded
}

// append is Append without its checks of the end.
func (c *Chain) append(ctx context.Context, s State, t Template, r io.Reader) (n int64, err error) {
	src := &source{ctx: ctx, r: r}
	for src.more() {
		at := s.Offset + n
		cell, end := c.span(at)
		if at == cell {
			s.inCell = 0
		}
		switch {
		case at >= c.size:
			return n, ErrTooLong
		case s.inCell >= c.mostPieces():
			return n, ErrTooMany
		}
		most := end - at
		if t.Length > n { // a reader that has more makes more pieces
			most = min(most, t.Length-n)
		}
		stored, err := c.put(ctx, c.object(c.pieceKey(at), most, t), src)
		if err != nil {
			return n, err
		}
		s.inCell++
		n += stored
	}
	return n, src.failed()
}

// put stores one piece. The store gets a context that outlives the caller's, because what came
// before a cut is to be kept. Its wait for bytes ends with the source.
func (c *Chain) put(ctx context.Context, obj storage.Object, src *source) (int64, error) {
	src.left = obj.MaxSize
	staged, err := c.store.Stage(context.WithoutCancel(ctx), obj, src)
	if err != nil {
		if src.err != nil && src.err != io.EOF {
			err = src.err
		}
		return 0, err
	}
	if err := commit(ctx, staged); err != nil {
		return 0, err
	}
	return obj.MaxSize - src.left, nil
}
