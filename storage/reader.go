package storage

import (
	"context"
	"errors"
	"io"
)

// ObjectReader is an optional ability of a [Storage]: looking at objects by
// their key, staged ones of direct uploads included. The conformance suite needs
// it.
type ObjectReader interface {
	// Stat describes the object. A key under which there is none is an error
	// that is fs.ErrNotExist. Of an object that Promote published, Size and Nonce
	// are always told.
	Stat(ctx context.Context, key string) (Stored, error)

	// OpenAt returns length bytes from offset on, which the caller closes. They
	// are fewer only where the object ends before. A negative length is for all
	// bytes to the end, a negative offset an error. The store reads no more than
	// it is asked for, since a proxy asks for one byte of a large object.
	//
	// If the object has another ETag by then the error is [ErrChanged]; an etag of
	// "" is any. A key under which there is none is fs.ErrNotExist.
	OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Stored describes an object, as [ObjectReader.Stat] answers.
type Stored struct {
	Type    string // the Content-Type it is kept with
	Name    string // the file name in its Content-Disposition, "" if it has none
	Size    int64  // bytes
	ETag    string // names the content
	Version string // names this version of the object, "" where the store keeps none
	SHA256  string // hexadecimal, "" if the store does not know it
	Nonce   string // the random value of the upload that wrote it, "" if it is not known
}

// ErrChanged is returned when an object is not the one that was asked for by
// its ETag.
var ErrChanged = errors.New("storage: the object has changed")
