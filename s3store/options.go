package s3store

import (
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/contained"
)

// These are limits that S3 sets, and defaults of [Options].
const (
	minPartSize = 5 << 20
	maxPartSize = 5 << 30
	maxParts    = 10_000
	maxTags     = 10

	defaultMaxMemory   = 64 << 20
	defaultCallTimeout = time.Minute
)

// These limit how much a [Store] does at once, except in tests.
const (
	// copySize is the most bytes of a range that one call copies, where [Store.Promote] can choose.
	// S3 would accept 5 GiB, for which CallTimeout may be too short, and which is slower than many
	// ranges at once.
	copySize = 64 << 20

	// listedVersions is about how many versions of one key are listed, and removed, before the
	// caller is asked to call again.
	listedVersions = 10_000
)

// ScanTag is the key of the tag in which GuardDuty Malware Protection for S3 keeps its result, if
// its plan enables tagging.
const ScanTag = "GuardDutyMalwareScanStatus"

// Options are the settings of a [Store]. The zero value is ready for AWS.
type Options struct {
	// MaxMemory is the most bytes that the buffers of all uploads of the store take together. An
	// upload reserves one part of it, or less if its limit is smaller, and a second part only while
	// nobody waits. The check of a direct upload reserves up to two parts, only while nobody waits;
	// for its publication see [Store.Promote]. A named subject gets half of it at most, or what one
	// file needs if that is more. Buffers of 64 KiB and more are kept until other uploads need
	// their memory. Default: 64 MiB.
	MaxMemory int64

	// PartSize is the size of a part of a multipart upload in bytes, and the size up to
	// which a file is stored by one call. It is rounded up to a multiple of 64 KiB. Files
	// whose size limit exceeds 10,000 parts get larger parts. Default: 5 MiB, the least;
	// at most 5 GiB, and at most MaxMemory.
	PartSize int64

	// CallTimeout is the longest that one call to S3 may take, including all its retries, before it
	// fails. It must be enough to send a part, to assemble a large file, and to copy 64 MiB within
	// S3. For [Store.Promote] it may have to be enough to copy the whole file. When S3 is silent,
	// Stage, Commit and Discard each take up to about five times as long. Default: 1 min.
	CallTimeout time.Duration

	// Profile says what the service cannot do. The zero value is for AWS, and for services that can
	// do the same.
	Profile Profile

	// SSE requests server-side encryption, for buckets that have none by default. KMSKeyID names
	// the key if SSE is aws:kms or aws:kms:dsse.
	SSE      types.ServerSideEncryption
	KMSKeyID string

	// StorageClass is the class of published objects. Default: the service's. Staged ones always
	// have that.
	StorageClass types.StorageClass

	// Tags are set on every object, at most 10. A scanner that tags objects needs one of the 10.
	// GuardDuty's tag cannot be set here.
	Tags map[string]string

	// ExpectedBucketOwner is the account id of the bucket's owner. With it AWS refuses every call
	// if the bucket belongs to another account.
	ExpectedBucketOwner string

	// Signer is the client that signs what others send: direct uploads and links. It makes no calls
	// to S3. Its endpoint must be the one where they reach the service. For uploads its credentials
	// need s3:PutObject for staging keys, and should have no right to read. Where the service obeys
	// fields that are not signed, a client could have any object copied that the signer may read.
	// For links they need s3:GetObject for published keys. An application that does both should have
	// two stores, each with its own signer. Default: the store's own client.
	Signer *s3.Client

	// Logger gets warnings about what may be left in the bucket. Default: slog.Default().
	Logger *slog.Logger
}

// complete fills in the defaults and checks the rest.
func (o *Options) complete() error {
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMaxMemory
	}
	if o.PartSize == 0 {
		o.PartSize = minPartSize
	}
	if o.CallTimeout == 0 {
		o.CallTimeout = defaultCallTimeout
	}
	o.Logger = contained.Logger(o.Logger)
	if o.PartSize < minPartSize || o.PartSize > maxPartSize {
		return errors.New("s3store: PartSize must be between 5 MiB and 5 GiB")
	}
	o.PartSize = footprint(o.PartSize)
	switch {
	case o.MaxMemory < o.PartSize:
		return errors.New("s3store: MaxMemory must be at least PartSize")
	case o.CallTimeout < 0:
		return errors.New("s3store: CallTimeout must not be negative")
	case len(o.Tags) > maxTags:
		return errors.New("s3store: an object has at most 10 tags")
	case tagged(o.Tags):
		return errors.New("s3store: the tag " + ScanTag + " is reserved for the scanner")
	case o.KMSKeyID != "" && o.SSE != types.ServerSideEncryptionAwsKms && o.SSE != types.ServerSideEncryptionAwsKmsDsse:
		return errors.New("s3store: KMSKeyID needs an SSE of aws:kms or aws:kms:dsse")
	}
	return nil
}

// tagging returns Tags in the form of a header field.
func (o *Options) tagging() string {
	tags := make(url.Values, len(o.Tags))
	for k, v := range o.Tags {
		tags.Set(k, v)
	}
	return tags.Encode()
}

// tagged reports whether tags would forge a scan result.
func tagged(tags map[string]string) bool {
	_, there := tags[ScanTag]
	return there
}
