package chain

import (
	"context"
	"slices"
)

// State is what the store holds of an upload.
type State struct {
	// Offset is how many bytes are stored. It never decreases before the upload has ended, and
	// means nothing afterwards.
	Offset int64

	End  *End   // nil until the upload has ended
	Done []byte // as the first call of Done gave it, nil before that

	inCell int // pieces of the cell of Offset
}

// End is how an upload ended.
type End struct {
	Data []byte // as the first call of [Chain.End] gave it
}

// State asks the store for the state. On a store with ordered lists that takes one list, and a read
// of each marker. If the newest pieces do not join, State lists all pieces. It returns ErrGap or
// ErrUnsettled if those do not join either.
func (c *Chain) State(ctx context.Context) (State, error) {
	f, err := c.index.front(ctx)
	if err != nil {
		return State{}, err
	}
	if !f.end && !f.done && !c.joined(f) {
		f, err = c.settled(ctx)
	}
	if f.end || f.done { // pieces may be gone
		return c.ended(ctx, f)
	}
	if err != nil {
		return State{}, err
	}
	s := State{Offset: f.offset()}
	cell, _ := c.span(s.Offset)
	s.inCell = f.in(cell)
	return s, nil
}

// ended returns the state of an upload with a marker.
func (c *Chain) ended(ctx context.Context, f contents) (s State, err error) {
	s.Offset = f.offset()
	if f.end {
		s.End = new(End)
		s.End.Data, err = c.marker(ctx, endName)
	}
	if f.done && err == nil {
		s.Done, err = c.marker(ctx, doneName)
	}
	return s, err
}

// settled returns all objects, with pieces from the first byte to the newest. If one is missing, it
// lists again, since a list may come from a server that is not up to date.
func (c *Chain) settled(ctx context.Context) (contents, error) {
	first, err := c.index.all(ctx)
	if err != nil || c.joined(first) {
		return first, err
	}
	second, err := c.index.all(ctx)
	switch {
	case err != nil || c.joined(second):
		return second, err
	case slices.Equal(first.pieces, second.pieces):
		return second, ErrGap
	}
	return second, ErrUnsettled
}
