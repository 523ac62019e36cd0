package storage

import (
	"context"
	"time"
)

// Lister is an optional ability of a [Storage]: it lists objects, and removes the listed ones.
// sweep.New needs it.
//
// Lists come in pages of at most 1,000. The first page is requested with an after of "", each other
// page with the Next of the page before. A list includes every item that exists from the first page
// to the last. It may include items that are created or removed meanwhile. A page without items may
// have a Next.
//
// The objects of a store that is also a [DirectStorage] come in the order of the bytes of their
// keys. Other lists may have any order.
//
// Implementations must be safe for concurrent use and pass storetest.RunLister.
type Lister interface {
	// ListObjects lists the objects whose key begins with prefix: published ones, and those under
	// staging keys. The prefix is compared by bytes, so "a/b" also matches "a/bc".
	ListObjects(ctx context.Context, prefix, after string) (ListPage[ListedObject], error)

	// RemoveListed removes the object as it was listed, including everything that the store keeps
	// under the key from before. If the key now holds another object, of other bytes or written at
	// another time, that object stays and the error is [ErrChanged]. A key that now holds nothing
	// is not an error.
	RemoveListed(ctx context.Context, o ListedObject) error
}

// UploadLister is an optional ability of a [Lister]: it lists uploads that were begun and not
// ended, and ends them. A sweep can then remove old ones. A store without it must keep nothing of
// an upload whose process was killed.
//
// Implementations must be safe for concurrent use and pass storetest.RunLister.
type UploadLister interface {
	// ListUploads lists the open uploads whose key begins with prefix, of clients and of the store
	// itself: in S3 the multipart uploads.
	ListUploads(ctx context.Context, prefix, after string) (ListPage[ListedUpload], error)

	// AbortMultipart ends the upload and removes its parts. An upload that is
	// not open is not an error.
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// ListPage is a page of a list.
type ListPage[T ListedObject | ListedUpload] struct {
	Items []T

	// Next is the position of the next page, "" after the last. It stays valid for days and in
	// other processes, whatever is written or removed meanwhile.
	Next string

	// Time is the time of the answer by the store's clock, which also dates the objects. If it is
	// zero, nothing is swept, because the age of an object must not depend on another clock.
	Time time.Time
}

// ListedObject is an object as a [Lister] listed it.
type ListedObject struct {
	Key  string
	Size int64  // bytes
	ETag string // names the content

	// Modified is when the object was written, by the store's clock. For an object that came in
	// parts, S3 returns the time when its upload was begun.
	Modified time.Time
}

// ListedUpload is an unfinished upload as an [UploadLister] listed it.
type ListedUpload struct {
	Key      string
	UploadID string

	// Initiated is when the upload was opened, or last written to, by the store's clock.
	Initiated time.Time
}
