// Package storage defines the contract between the handlers of package upload and the stores that
// keep the files. Hosts use an existing backend, such as s3store. This package is for authors of
// backends. A backend receives uploads if it implements [Storage], whose Stage returns a [Staged].
// It must pass storetest.Run, which reads through [ObjectReader]. Links, and direct and resumable
// uploads, need an ObjectReader, too.
//
// A backend with more abilities has more methods: those of [DirectStorage], [LinkStorage],
// [Lister], [UploadLister], [ScanReader], [PieceKeeper] and [ManyDeleter]. Its Staged may be a
// [Patcher]. Without it, a file is refused if metadata that must be blanked follows its sound or
// pictures. Links that pass the bytes through the process (upload.LinksOptions.Proxy) need
// no LinkStorage.
package storage

import (
	"context"
	"errors"
	"io"
	"time"
)

// Storage keeps files. The packages memstore, diskstore and s3store implement it; a backend of your
// own must pass storetest.Run.
//
// Publishing is explicit: nothing that Stage reads may become readable under its key before
// [Staged.Commit], however the stream ends. Implementations must be safe for concurrent use.
type Storage interface {
	// Stage reads r to its end and keeps the bytes, which nobody can read under obj.Key yet. r
	// never delivers more than obj.MaxSize bytes.
	//
	// Any error of r except io.EOF fails the call. Stage then leaves nothing in the store and
	// returns an error. It cleans up on a context of its own, since ctx is often cancelled by then.
	// It need not return r's error, which the upload.Handler keeps itself.
	//
	// A store that shares memory between uploads waits for it before its first read of r. After
	// obj.MaxWait, or at once if too many wait, it returns an error that is [ErrBusy]. Before it
	// waits it may give back the memory that obj.Siblings hold, but never publish them.
	Stage(ctx context.Context, obj Object, r io.Reader) (Staged, error)

	// Delete removes the object of that key, published or under a staging key. A store with
	// versions removes all versions that this library wrote. A key that does not exist is not an
	// error.
	Delete(ctx context.Context, key string) error
}

// Staged is one file that a [Storage] holds. Before Commit nobody can read it under its key. Its
// methods are called from one goroutine at a time.
type Staged interface {
	// Commit publishes the file under its key. It never replaces an object: when the key is taken
	// by another upload, the error is [ErrExists]. When the store cannot determine whether the file
	// was published, even after asking, the error is [ErrUnknownOutcome]. After any other error the
	// file is not readable. It returns nil only if the store has confirmed that the file is
	// readable; an empty answer does not confirm. Commit is called once.
	Commit(ctx context.Context) error

	// Discard removes the file permanently, before Commit or after it, whatever Commit returned.
	// Afterwards no byte of this upload is readable or stored, and no other object was touched. It
	// may be called again after an error. After a success it does nothing.
	Discard(ctx context.Context) error
}

// Object describes a file to a [Storage] before its first byte is read.
type Object struct {
	// Key is the key under which Commit publishes. It passed [ValidKey].
	Key string

	// Type is the media type to be stored as the object's Content-Type. That of a whole file is the
	// detected one; the type that the client claimed is not passed on.
	Type string

	// Name is the client's file name, cleaned, or one that the library gave. Stores treat it as
	// data: they keep it only in a Content-Disposition or a similar field, properly encoded.
	Name string

	// Nonce is the random value of the upload, which [ObjectReader.Stat] returns. If it is "", the
	// store may choose one.
	Nonce string

	// MaxSize is the most bytes that the reader can deliver, such as the file limit or, if less,
	// the rest of the request's Content-Length. It is always known and at least 1.
	MaxSize int64

	// Subject identifies the caller, "" for anonymous ones. A store that shares memory gives a
	// named subject only a share of it, or what one file needs if that is more.
	Subject string

	// MaxWait is how long Stage may wait for memory. 0 means not at all.
	MaxWait time.Duration

	// Siblings are the files of the same request that were staged before this one, all by the same
	// store.
	Siblings []Staged

	// SHA256 returns the hexadecimal SHA-256 of the file once its reader has returned io.EOF. It
	// may return "" before that. It always returns "" if no digest is computed. After io.EOF it
	// also returns "" for a file that Patch is to change. A store that creates its object only after
	// reading the whole file may keep the digest as metadata. SHA256 may be nil.
	SHA256 func() string

	// MayPatch says that [Patcher.Patch] may be called: the head of the file shows that what must
	// be blanked may be known only after its end. Stage must then keep the file so that it can be
	// changed, if the store can do that at all.
	MayPatch bool
}

// Patcher is an optional ability of a [Staged] file: it can be changed before it is published. The
// caller is a handler that blanks metadata, which in some videos and pictures follows the media
// data. A file that needs it is refused where a store does not have it.
type Patcher interface {
	Staged

	// Patch makes Commit publish the file with these changes, which passed [ValidPatches]. It is
	// called once at most, right after Stage. The list may be empty.
	//
	// For a file that can no longer be changed, perhaps since it lacks [Object.MayPatch], the error
	// is [ErrNotPatched]. A store that needs memory for the changes waits for it here, up to
	// [Object.MaxWait]. It does not wait in Commit, since later files of the request may hold the
	// memory. If the memory did not become free in time, the error is [ErrBusy]. After any error
	// the file is only discarded.
	Patch(ctx context.Context, list []Patch) error
}

var (
	// ErrExists is returned by [Staged.Commit] and [DirectStorage.Promote] when another upload's
	// object already has the key.
	ErrExists = errors.New("storage: an object with this key exists")

	// ErrUnknownOutcome is returned by [Staged.Commit] and [DirectStorage.Promote] when the store
	// cannot tell whether the file was published. The file may or may not be readable. After Commit
	// that lasts until Discard has succeeded.
	ErrUnknownOutcome = errors.New("storage: the outcome of the commit is not known")

	// ErrNotPatched is returned by [Patcher.Patch] for a file that cannot be changed.
	ErrNotPatched = errors.New("storage: the staged file cannot be changed")

	// ErrBusy is returned by [Storage.Stage] when the memory for another upload did not become free
	// within [Object.MaxWait], or too many waited. [Patcher.Patch] and [DirectStorage.Promote]
	// return it for lack of memory, too. Clients get upload.CodeBusy.
	ErrBusy = errors.New("storage: no memory for another upload")

	// ErrFull is returned by [Storage.Stage], [Patcher.Patch], [Staged.Commit] and
	// [DirectStorage.Promote] when the store lacks space for the file until something is removed.
	// Clients get upload.CodeStorageFull.
	ErrFull = errors.New("storage: no space for another file")
)
