// Package chain keeps one resumable upload in a store, without a lock, a lease or a database. The
// bytes are a chain of immutable pieces. Each piece is an object under a staging key that names its
// start, and is created only if that key is free. So the store itself is the fence between
// instances: a start has one piece, and the chain has no branches.
//
// A piece is stored only after the one before it, and none is removed while a client can continue
// the upload. So the newest piece says how many bytes are stored. A server may keep the beginning
// of a piece whose writer was killed. Those bytes are right, and no more were acknowledged. They
// stay: the next piece follows them.
//
// Two markers, `end` and `done`, are created in the same way. The first writer decides what they
// say, and every later one reads it.
package chain

import (
	"errors"

	"github.com/airlock-go/upload/storage"
)

// Store is what a chain needs of a storage. If it is also a [storage.Lister] and a
// [storage.DirectStorage], whose lists come in the order of the keys, one list gives the state.
// Otherwise the chain asks for its objects one by one, which suits a disk.
type Store interface {
	storage.Storage
	storage.ObjectReader
}

// Errors of a chain. Those of the store are wrapped.
var (
	// ErrTaken means that another writer stored a piece at the same start. The pieces that Append had
	// stored before stay. The client asks for the offset, and continues from there.
	ErrTaken = errors.New("chain: another writer has stored this piece")

	// ErrTooMany means that the pieces are too small: a cell has at most 64 of them, and one more
	// for each 64 KiB of the cell, or for each 800th of a large one.
	ErrTooMany = errors.New("chain: too many pieces")

	// ErrTooLong means that the reader has more bytes than the upload lacks. Those that it lacked
	// are stored.
	ErrTooLong = errors.New("chain: more bytes than the upload has")

	// ErrEnded means that the upload has ended.
	ErrEnded = errors.New("chain: the upload has ended")

	// ErrIncomplete means that bytes are still missing.
	ErrIncomplete = errors.New("chain: the upload is not complete")

	// ErrGap means that a piece is gone, or has a size that does not fit. A gap in a list counts
	// only if a second list has the same one. The upload cannot be completed.
	ErrGap = errors.New("chain: a piece is missing")

	// ErrUnsettled means that a piece was missing, but a second list differed. A later try may
	// succeed.
	ErrUnsettled = errors.New("chain: the list of pieces changes")
)

// Chain names the objects of one upload. It has no state, so any number of them may work on one
// upload, in any number of processes. It is safe for concurrent use.
type Chain struct {
	layout
	store Store
	index index
}

// New returns the chain of an upload of size bytes, under a staging prefix that ends with "/". No
// piece crosses a multiple of cell, which stays the same for an upload. A [storage.DirectStorage]
// can send a piece in one call if cell is its PieceSize for that size. New does no I/O.
func New(store Store, prefix string, size, cell int64) *Chain {
	c := &Chain{layout: layout{prefix: prefix, size: size, cell: cell}, store: store}
	c.index = walked{c.layout, store}
	if lister, ok := store.(lister); ok {
		c.index = listed{c.layout, lister}
	}
	return c
}

// lister is a store whose lists are in order.
type lister interface {
	storage.Lister
	storage.DirectStorage
}
