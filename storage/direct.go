package storage

import (
	"context"
	"io"
	"time"
)

// Limits of S3, on which every [DirectStorage] may rely.
const (
	MinPartSize = 5 << 20
	MaxPartSize = 5 << 30 // of a single request too
	MaxParts    = 10_000
)

// DirectStorage is an optional ability of a [Storage]: clients send files to it directly, with
// requests that it has signed for them. upload.NewPresigner needs it. Such a file lies under a
// staging key, unchecked. Promote makes a new object of it. The store must enforce everything that
// a signed request states. It must not sign what it cannot enforce.
//
// Implementations must be safe for concurrent use and pass storetest.RunDirect.
type DirectStorage interface {
	Storage
	ObjectReader

	// DirectMethods returns the single requests that the store can sign. It returns an error if the
	// store can sign none, for example because it has no public address.
	DirectMethods() (DirectMethods, error)

	// SignPut and SignForm sign one request that sends the whole file. They return an error for a
	// method that DirectMethods does not offer.
	SignPut(ctx context.Context, d DirectObject) (*SignedRequest, error)
	SignForm(ctx context.Context, d DirectObject) (*SignedRequest, error)

	// CreateMultipart opens a multipart upload under d.Key.
	CreateMultipart(ctx context.Context, d DirectObject) (uploadID string, err error)

	// SignPart signs the PUT of one part of exactly d.Size bytes. It uses only Key, Size and
	// Expires of d.
	SignPart(ctx context.Context, d DirectObject, uploadID string, number int) (*SignedRequest, error)

	// Parts lists all parts that have arrived, in the order of their numbers. For an upload that is
	// not open the error is fs.ErrNotExist.
	Parts(ctx context.Context, key, uploadID string) ([]Part, error)

	// CompleteMultipart makes an object under the staging key from exactly these parts. For an
	// upload that is not open the error is fs.ErrNotExist. For a part that was replaced after it
	// was listed the error is [ErrChanged].
	CompleteMultipart(ctx context.Context, key, uploadID string, parts []Part) error

	// AbortMultipart ends the upload and removes its parts. An upload that is
	// not open is not an error.
	AbortMultipart(ctx context.Context, key, uploadID string) error

	// OpenStaged returns all bytes of a staged object, in a reader that the caller closes. It is
	// for a caller that reads the whole file as fast as it comes, so the store may read ahead, with
	// several requests at once. It shares the memory for that as Stage does, and never waits for
	// it. One goroutine at a time uses the reader.
	//
	// If the object has another ETag than o.ETag, the error is [ErrChanged]; for a key without an
	// object it is fs.ErrNotExist. A Read can return them too, since the object can be replaced
	// while it is read; it never returns bytes of the other object. The caller counts the bytes: an
	// object of another size than o.Size need not be an error. A Read that waits ends with ctx.
	// After Close nothing that OpenStaged began is running or holds memory.
	OpenStaged(ctx context.Context, o StagedObject) (io.ReadCloser, error)

	// PieceSize returns the size of the sources of a [Promotion] of size bytes, except the last, if
	// there are several. It is at least [MinPartSize], and so large that [MaxParts] suffice. It may
	// depend on the store's settings. Promote also accepts sources of another size, since settings
	// may change during an upload.
	PieceSize(size int64) int64

	// Promote makes one object of the bytes of p.Sources, one after the other, under another key.
	// It creates and never replaces. The new object has the type and name of p, and none of the
	// staged objects' own metadata. The staged objects stay, unmodified.
	//
	// The new object has the staged bytes, changed as p.Patches say. If the staged bytes are known
	// to have another SHA-256 than p.Pin, the error is [ErrChanged], also where the ETag is the
	// same. A p that is not Valid is an error.
	//
	// When the key is taken by an object with another nonce, the error is [ErrExists]. An object
	// with the same nonce is already published, which is not an error. When a staged object is
	// gone, or is not that of its Source, the error is [ErrChanged]. When the outcome is in doubt,
	// the store reads what the key holds; if that also fails, the error is [ErrUnknownOutcome].
	// After any other error the call has published nothing. A store without memory for the
	// promotion returns an error that is [ErrBusy], and the client is asked to come again later.
	// Promote may be called concurrently with the same p. The caller checks its result with Stat
	// before it deletes the staged objects.
	Promote(ctx context.Context, p Promotion) error
}

// DirectMethods describes how a store accepts a whole file in one request. For each method the
// store must enforce exactly what is signed: key, type, length, digest.
type DirectMethods struct {
	Put  bool // a PUT, which never replaces an object, and works again after the object was removed
	Form bool // a POST form (an S3 POST policy), which may be repeated until it expires

	// NeedsDigest reports that Promote cannot compare what it publishes with a SHA-256, so a
	// request for a whole file must be signed for a SHA-256. Files without a declared one are then
	// sent in parts: once these are completed, the client can no longer replace them.
	NeedsDigest bool
}

// DirectObject is what a client may send.
type DirectObject struct {
	Key     string // a staging key
	Type    string // the Content-Type to be sent
	Size    int64  // bytes, exactly
	SHA256  string // hexadecimal, "" if unknown
	Expires time.Duration
}

// SignedRequest is a request for a client to send. If the process itself serves the store, the URL
// may be a path, relative to the origin that gave it to the client. Content-Length and Host are not
// listed, even if they are signed, since HTTP clients set them by themselves.
type SignedRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`          // to be sent exactly
	Fields  map[string]string `json:"fields,omitempty"` // of a POST form, before the file, whose field is "file"
}

// Part is a part of a multipart upload.
type Part struct {
	Number int // from 1
	Size   int64
	ETag   string
}

// StagedObject is what [DirectStorage.OpenStaged] reads.
type StagedObject struct {
	Key     string // a staging key
	ETag    string // the answer of Stat
	Size    int64  // bytes, the answer of Stat
	Subject string // the caller, as in [Object]
}

// PieceKeeper is an optional ability of a [Storage] that may be unable to keep the pieces of a
// resumable upload. upload.NewResumer asks it.
type PieceKeeper interface {
	// KeepsPieces returns an error if Commit might replace an object, or if lists of a
	// [DirectStorage] do not come in the order of the keys. It also does if Stage has no memory for
	// a piece of a file of largest bytes.
	KeepsPieces(largest int64) error
}

// ManyDeleter is an optional ability of a [Storage]: it removes many objects by a few calls. The
// library calls it for the objects of a resumable upload that has ended.
//
// Implementations must be safe for concurrent use and pass storetest.Run.
type ManyDeleter interface {
	// DeleteMany removes what it can of these objects, each as [Storage.Delete] would. It returns
	// the keys of those that may be left, for whatever reason: the caller calls Delete for them. A
	// key that does not exist counts as removed.
	DeleteMany(ctx context.Context, keys []string) (rest []string)
}
