// Package chain keeps one resumable upload in a store, without a lock, a lease or a database. The
// bytes are a chain of immutable pieces. Each piece is an object under a staging key that names its
// start, and is created only if that key is free. So the store itself is the fence between
// instances: a start has one piece, and the chain has no branches.
package chain

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Store is what a chain needs of a storage.
type Store interface {
	storage.Storage
	storage.ObjectReader
	storage.Lister
}

// Errors of a chain. Those of the store are wrapped.
var (
	// ErrTaken means that another writer stored a piece at the same start. What Append had stored
	// before stays. The client asks for the offset, and continues from there.
	ErrTaken = errors.New("chain: another writer has stored a piece here")

	// ErrTooMany means that the upload has as many pieces as it may have: 64, and one more for each
	// 64 KiB of the size.
	ErrTooMany = errors.New("chain: too many pieces")

	// ErrTooLong means that the reader has more bytes than the upload may still get.
	ErrTooLong = errors.New("chain: more bytes than the size")

	// ErrEnded means that the upload has ended.
	ErrEnded = errors.New("chain: the upload has ended")

	// ErrGap means that a piece is missing, and also was when the store listed the pieces again.
	ErrGap = errors.New("chain: a piece is missing")
)

// Chain is the name of one upload's objects. It holds no state, so any number of them may work on
// one upload, in any number of processes. It is safe for concurrent use.
type Chain struct {
	store      Store
	prefix     string
	size, cell int64
}

// New returns the chain under a prefix, which ends with "/", for an upload of size bytes. No piece
// crosses a multiple of cell, the store's PieceSize. New does no I/O.
func New(store Store, prefix string, size, cell int64) *Chain {
	return &Chain{store: store, prefix: prefix, size: size, cell: cell}
}

// State is what the store holds of an upload.
type State struct {
	Offset int64  // bytes that are stored
	End    *End   // nil until the upload has ended
	Done   []byte // nil until Done decided it
}

// End is how an upload ended.
type End struct {
	Data []byte // as the first call of [Chain.End] gave it
}

// Template describes the pieces to the store.
type Template struct {
	Subject string        // the caller, as in [storage.Object]
	MaxWait time.Duration // for the memory of each piece
}

// State asks the store for the state.
func (c *Chain) State(ctx context.Context) (State, error) {
	return State{}, errors.ErrUnsupported
}

// Append stores what r delivers up to io.EOF after the bytes of s, which is the answer of State. n is
// how many bytes are stored for certain, also with an error.
func (c *Chain) Append(ctx context.Context, s State, t Template, r io.Reader) (n int64, err error) {
	return 0, errors.ErrUnsupported
}

// Pieces returns the stored pieces in order, without gaps.
func (c *Chain) Pieces(ctx context.Context) ([]Source, error) {
	return nil, errors.ErrUnsupported
}

// Sources returns objects for a Promotion: one for each cell. It merges the pieces of a cell that has
// several.
func (c *Chain) Sources(ctx context.Context, t Template) ([]Source, error) {
	return nil, errors.ErrUnsupported
}

// Open returns all stored bytes in order.
func (c *Chain) Open(ctx context.Context) (io.ReadCloser, error) {
	return nil, errors.ErrUnsupported
}

// Read returns the bytes of the sources in order, each as its ETag names it.
func (c *Chain) Read(ctx context.Context, sources []Source) io.ReadCloser {
	return nil
}

// End ends the upload, if it has not ended, and returns how it ended: data, or what another call
// decided before.
func (c *Chain) End(ctx context.Context, data []byte) (decided []byte, err error) {
	return nil, errors.ErrUnsupported
}

// Done is End for the second marker.
func (c *Chain) Done(ctx context.Context, data []byte) (decided []byte, err error) {
	return nil, errors.ErrUnsupported
}

// Remove removes pieces and merged cells of an upload that has ended, and the markers unless
// keepMarkers is true.
func (c *Chain) Remove(ctx context.Context, keepMarkers bool) error {
	return errors.ErrUnsupported
}

// Source is storage.Source, until that is there.
type Source struct {
	Key, ETag string
	Size      int64
}
