package storage

import (
	"context"
	"time"
)

// Lister is an optional ability of a [Storage]: telling what it keeps, and
// removing what it told. sweep.New needs it.
//
// Lists come in pages of at most 1,000. The first one is asked for with an after
// of "", the others with the Next of the page before. What is there from the
// first page to the last is on one of them; what comes or goes meanwhile may be. A page
// without items may have a Next, and the order of the items is the store's.
//
// Implementations must be safe for concurrent use and pass storetest.RunLister.
type Lister interface {
	// ListObjects lists what has a key that begins with prefix: published
	// objects, and the staged ones of direct uploads. The prefix is one of
	// bytes, so "a/b" is also the beginning of "a/bc".
	ListObjects(ctx context.Context, prefix, after string) (ListPage[ListedObject], error)

	// RemoveListed removes the object as it was listed, all that the store
	// keeps of the key from before included. If the key holds another object by
	// now, of other bytes or written at another time, that one stays and the
	// error is [ErrChanged]. A key that holds nothing any more is not an error.
	RemoveListed(ctx context.Context, o ListedObject) error
}

// UploadLister is an optional ability of a [Lister]: telling of uploads that were begun
// and not ended, and ending them. A sweep removes those of a store that has it; one
// without it must leave nothing of an upload whose process was killed.
//
// Implementations must be safe for concurrent use and pass storetest.RunLister.
type UploadLister interface {
	// ListUploads lists the uploads that are open under such keys, of clients and of
	// the store itself: in S3 the multipart uploads.
	ListUploads(ctx context.Context, prefix, after string) (ListPage[ListedUpload], error)

	// AbortMultipart ends the upload and removes its parts. An upload that is
	// not open is not an error.
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// ListPage is a page of a list.
type ListPage[T ListedObject | ListedUpload] struct {
	Items []T

	// Next is the place of the next page, "" after the last. It stays good for
	// days, in other processes too, and whatever is written or removed meanwhile.
	Next string

	// Time is the store's clock when it answered, the one that dates what it
	// keeps. The zero value says that the store cannot tell, and then nothing
	// is swept: how old an object is must not depend on the process's clock.
	Time time.Time
}

// ListedObject is an object as a [Lister] saw it.
type ListedObject struct {
	Key  string
	Size int64  // bytes
	ETag string // names the content

	// Modified is when it was written, by the store's clock. For an object that
	// came in parts S3 tells when the first of them was begun.
	Modified time.Time
}

// ListedUpload is an unfinished upload as an [UploadLister] saw it.
type ListedUpload struct {
	Key      string
	UploadID string

	// Initiated is when it was opened, or last written to, by the store's clock.
	Initiated time.Time
}
