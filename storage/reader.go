package storage

import (
	"context"
	"errors"
	"io"
)

// ObjectReader is an optional ability of a [Storage]: it reads objects by their key, including
// those under staging keys. The conformance suite needs it.
type ObjectReader interface {
	// Stat describes the object. For a key without an object the error is fs.ErrNotExist. For an
	// object that Promote published, Size, Nonce and Facts are those of its Promotion.
	Stat(ctx context.Context, key string) (Stored, error)

	// OpenAt returns length bytes from offset on, in a reader that the caller closes. There are
	// fewer only if the object ends before. A negative length means all bytes to the end. A
	// negative offset is an error. The store reads no more than requested, since a proxy may
	// request one byte of a large object.
	//
	// If the object now has another ETag, the error is [ErrChanged]; an etag of "" matches any. For
	// a key without an object the error is fs.ErrNotExist.
	OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Stored describes an object, as [ObjectReader.Stat] returns it.
type Stored struct {
	Type    string // the Content-Type that it is kept with
	Name    string // the file name in its Content-Disposition, "" if it has none
	Size    int64  // bytes
	ETag    string // names the content
	Version string // names this version of the object, "" if the store keeps none
	SHA256  string // hexadecimal, "" if the store has none
	Nonce   string // the random value of the upload that wrote it, "" if unknown
	Facts   string // of the promotion that published it, "" if there are none
}

// ErrChanged is returned when an object or a part is not the one that the caller named, or was
// replaced or removed since then.
var ErrChanged = errors.New("storage: the object has changed")
