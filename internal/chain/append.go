package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Template describes pieces to the store.
type Template struct {
	Subject string        // the caller, as in [storage.Object]
	MaxWait time.Duration // for the memory of each piece
}

// patience is the longest that a store may take to publish a piece or a marker, after the caller has
// left.
const patience = 2 * time.Minute

// octets is the type of all objects of an upload.
const octets = "application/octet-stream"

// Append stores what r delivers after the bytes of s, an answer of State. n is how many bytes are
// stored for certain, also with an error.
//
// It stores pieces that end with their cell, each only after the store has confirmed the one before.
// Each takes the memory that the store's Stage takes, and no more. What r delivered before io.EOF is
// kept. The caller makes an io.EOF of a cut, so a cut keeps what came. The end of ctx counts as a
// cut: Append does not wait for r beyond its current Read, stores what came, and returns the cause.
// Any other error of r may be a verdict on the bytes. Append returns it and keeps nothing of the
// running piece.
//
// After an error of the store a piece may be stored that n does not count: State has it. The errors
// ErrTaken, ErrTooMany, ErrTooLong and ErrEnded are those of this package.
func (c *Chain) Append(ctx context.Context, s State, t Template, r io.Reader) (n int64, err error) {
	if s.End != nil {
		return 0, ErrEnded
	}
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
		stored, err := c.put(ctx, c.object(c.pieceKey(at), end-at, t), src)
		if err != nil {
			return n, err
		}
		s.inCell++
		n += stored
	}
	return n, src.failed()
}

// object describes an object of the upload to the store.
func (c *Chain) object(key string, most int64, t Template) storage.Object {
	return storage.Object{Key: key, Type: octets, MaxSize: most, Subject: t.Subject, MaxWait: t.MaxWait}
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

// commit publishes an object under a key that was free. If the key was taken, the error is ErrTaken.
//
// After any other error it discards nothing. The object may be there, or arrive late, and another
// instance may have seen it and stored the next piece after it. Then a Discard would break the chain.
func commit(ctx context.Context, staged storage.Staged) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := staged.Commit(ctx)
	if errors.Is(err, storage.ErrExists) {
		return errors.Join(fmt.Errorf("%w: %w", ErrTaken, err), staged.Discard(ctx))
	}
	return err
}
