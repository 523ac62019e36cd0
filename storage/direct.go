package storage

import (
	"context"
	"time"
)

// What S3 allows, and so every [DirectStorage] may rely on.
const (
	MinPartSize = 5 << 20
	MaxPartSize = 5 << 30 // also of a single request
	MaxParts    = 10_000
)

// DirectStorage is an optional ability of a [Storage]: clients send it files by
// themselves, with requests that it has signed for them. upload.NewPresigner needs
// it. Such a file lies under a staging key, unchecked, until Promote makes a
// new object of it. Whatever a signed request states must be enforced by the
// store; what cannot be enforced must not be signed.
//
// Implementations must be safe for concurrent use and pass storetest.RunDirect.
type DirectStorage interface {
	Storage
	ObjectReader

	// DirectMethods tells which single requests the store can sign. It is an
	// error if it can sign none, as for lack of a public address.
	DirectMethods() (DirectMethods, error)

	// SignPut and SignForm sign one request that sends the whole file. A method
	// that DirectMethods does not offer is an error.
	SignPut(ctx context.Context, d DirectObject) (*SignedRequest, error)
	SignForm(ctx context.Context, d DirectObject) (*SignedRequest, error)

	// CreateMultipart opens a multipart upload under d.Key.
	CreateMultipart(ctx context.Context, d DirectObject) (uploadID string, err error)

	// SignPart signs the PUT of one part of exactly d.Size bytes. Of d only
	// Key, Size and Expires count.
	SignPart(ctx context.Context, d DirectObject, uploadID string, number int) (*SignedRequest, error)

	// Parts lists all parts that have arrived, by their numbers. An upload that
	// is not open is an error that is fs.ErrNotExist.
	Parts(ctx context.Context, key, uploadID string) ([]Part, error)

	// CompleteMultipart makes an object under the staging key of exactly these
	// parts. An upload that is not open is an error that is fs.ErrNotExist, and a
	// part that is not the listed one any more is [ErrChanged].
	CompleteMultipart(ctx context.Context, key, uploadID string, parts []Part) error

	// AbortMultipart ends the upload and removes its parts. An upload that is
	// not open is not an error.
	AbortMultipart(ctx context.Context, key, uploadID string) error

	// Promote publishes the object under p.From, if it is still the one that
	// p.ETag names, under another key: create-only, with the type and name of p
	// and none of the staged object's own metadata. The staged object stays.
	//
	// When the key is taken by an object with another nonce the error is
	// [ErrExists]; with the same nonce it is published already, and that is no
	// error. When the staged object is not that of p.ETag the error is
	// [ErrChanged]. In doubt the store asks; if that fails, too, the error is
	// [ErrUnknownOutcome]. After any other error nothing is readable under the
	// key. A store that finds no memory for it returns one that is [ErrBusy], and
	// the client is asked to confirm later. Promote may be called concurrently with
	// the same p. What it says is looked at with Stat before the staged object is
	// deleted.
	Promote(ctx context.Context, p Promotion) error
}

// DirectMethods says how a store can be sent a whole file in one request. For
// each it must enforce exactly what is signed: key, type, length, digest.
type DirectMethods struct {
	Put  bool // a PUT, which never replaces an object, and works again once that was removed
	Form bool // a POST form (an S3 POST policy), which may be repeated until it expires

	// NeedsDigest is that Promote cannot hold what it publishes against a
	// SHA-256, so a single request must be signed for one. Files whose digest is
	// not declared are then sent in parts, which nobody can replace.
	NeedsDigest bool
}

// DirectObject is what a client may send.
type DirectObject struct {
	Key     string // a staging key
	Type    string // the Content-Type to be sent
	Size    int64  // bytes, exactly
	SHA256  string // hexadecimal, "" if it is not known
	Expires time.Duration
}

// SignedRequest is a request for a client to send. Its URL may be a path of the origin
// that the client has it from, if the process itself serves the store. Header fields that HTTP
// clients set by themselves, Content-Length and Host, are signed and not listed.
type SignedRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`          // to be sent exactly
	Fields  map[string]string `json:"fields,omitempty"` // of a POST form, before the file, which is called "file"
}

// Part is a part of a multipart upload.
type Part struct {
	Number int // from 1
	Size   int64
	ETag   string
}

// Promotion says what [DirectStorage.Promote] publishes.
type Promotion struct {
	From   string // the staging key
	ETag   string // what Stat said when the bytes were checked
	Key    string // the new key; it passed [ValidKey]
	Type   string // the detected media type
	Name   string // the cleaned file name
	Size   int64
	SHA256 string // hexadecimal, "" if it was not computed
	Nonce  string // kept with the object, for Stat
}
