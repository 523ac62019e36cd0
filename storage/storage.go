// Package storage is the contract between the handlers of package upload and what
// keeps the files. Hosts take a backend that exists, such as s3store. This package
// is for authors of backends: a [Storage], whose Stage returns a [Staged], and which is
// an [ObjectReader], too, receives uploads when it passes storetest.Run.
//
// A backend that can do more has more methods: those of [DirectStorage], [LinkStorage],
// [Lister], [UploadLister] and [ScanReader]. Links that pass the bytes through
// (upload.LinksOptions.Proxy) need nothing but the ObjectReader.
package storage

import (
	"context"
	"errors"
	"io"
	"time"
)

// Storage is where files go. The packages memstore, diskstore and s3store implement it;
// a backend of your own must pass storetest.Run.
//
// Publishing is an explicit verb: nothing that Stage reads may become readable
// before [Staged.Commit], whatever ends the stream. Implementations must be
// safe for concurrent use.
type Storage interface {
	// Stage reads r to its end and keeps what it read where no reader of the
	// store can see it. r never delivers more than obj.MaxSize bytes.
	//
	// Any error of r but io.EOF fails the call: Stage then leaves nothing
	// behind, having sent whatever clean-up that needs on a context of its own
	// (ctx is often cancelled by then), and returns an error. It need not
	// relay r's error, which the upload.Handler remembers itself.
	//
	// A store that shares memory between uploads waits for it before its first
	// read of r, for obj.MaxWait at most, and then returns an error that is
	// [ErrBusy]. Before it waits it may give back the memory that obj.Siblings
	// hold, but never publish them.
	Stage(ctx context.Context, obj Object, r io.Reader) (Staged, error)

	// Delete removes the published object of that key, all of its versions
	// that this library wrote included where the store keeps versions. A key
	// that does not exist is not an error.
	Delete(ctx context.Context, key string) error
}

// Staged is one file that a [Storage] holds, not yet readable by anyone.
// Its methods are called from one goroutine at a time.
type Staged interface {
	// Commit publishes the file under its key. It never replaces an object:
	// when the key is taken by another upload the error is [ErrExists]. When
	// the store cannot tell whether the file was published, even after asking,
	// the error is [ErrUnknownOutcome]. After any other error nothing is
	// readable. Without an error the file is readable: the store has said so,
	// and an answer that says nothing is none. Commit is called once.
	Commit(ctx context.Context) error

	// Discard removes the file for good, before Commit and after it, whatever
	// Commit answered: afterwards no byte of this upload is readable or
	// stored, and no object of anybody else was touched. It may be called
	// again after an error, and after success it does nothing.
	Discard(ctx context.Context) error
}

// Object describes a file to a [Storage], before its first byte is read.
type Object struct {
	// Key is the name under which Commit publishes. It passed [ValidKey].
	Key string

	// Type is the detected media type, to be stored as the object's
	// Content-Type. The type that the client claimed is not passed on.
	Type string

	// Name is the client's file name, cleaned. It is data: stores keep it only
	// in a Content-Disposition or a similar field, properly encoded.
	Name string

	// MaxSize is the most bytes the reader can deliver: the file limit, or
	// what can still arrive of the request's Content-Length if that is less.
	// It is always known and at least 1.
	MaxSize int64

	// Subject is who uploads, "" for anonymous callers. A store that shares
	// memory gives no subject all of it.
	Subject string

	// MaxWait is how long Stage may wait for memory; 0 is not at all.
	MaxWait time.Duration

	// Siblings are the files of the same request that were staged before this
	// one, all by the same store.
	Siblings []Staged

	// SHA256 returns the hexadecimal SHA-256 of the file once its reader has
	// answered io.EOF, and "" before that or when no digest is computed. A
	// store that creates its object only after reading the whole file may keep
	// it as metadata. It may be nil.
	SHA256 func() string
}

var (
	// ErrExists is returned by [Staged.Commit] when the key is already taken
	// by an object that is not this upload's.
	ErrExists = errors.New("storage: an object with this key exists")

	// ErrUnknownOutcome is returned by [Staged.Commit] when the store did not
	// answer and could not be asked: the file may or may not be readable until
	// Discard has succeeded.
	ErrUnknownOutcome = errors.New("storage: the outcome of the commit is not known")

	// ErrBusy is returned by [Storage.Stage] when the memory for another
	// upload did not become free within [Object.MaxWait], and by
	// [DirectStorage.Promote] likewise. It is answered with upload.CodeBusy.
	ErrBusy = errors.New("storage: no memory for another upload")

	// ErrFull is returned by [Storage.Stage], [Staged.Commit] and
	// [DirectStorage.Promote] when there is no space for the file, and there will be
	// none before something is removed. It is answered with upload.CodeStorageFull.
	ErrFull = errors.New("storage: no space for another file")
)
