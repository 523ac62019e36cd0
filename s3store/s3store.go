// Package s3store keeps uploads in an S3 bucket, on AWS or on any service that
// speaks its protocol. It is the only package of this module that imports the
// AWS SDK; the caller brings the client.
//
// A file that fits one part stays in memory until Commit and is one PutObject.
// A larger one is a multipart upload whose parts are sent while the file
// arrives; Commit completes it. Neither can be read before Commit, and both are
// written with "If-None-Match: *", so no object is ever replaced. Objects get
// the detected media type, a Content-Disposition of attachment with the
// client's file name, "Cache-Control: private", and no ACL.
//
// # When S3 does not answer
//
// Every upload puts a random value, the nonce, into its object's metadata. When
// the answer to a commit is lost or doubtful, the store asks for the object and
// the nonce says whose it is. That takes the permission s3:GetObject. Without
// s3:ListBucket AWS answers 403 instead of 404 for a key that does not exist;
// the store takes that for neither, so the outcome then stays unknown.
//
// A status of 200 is no answer by itself. S3 begins the answer to a long call with
// it, and gateways give it with pages of their own. A call has succeeded only if the
// answer tells what S3 tells of it: the ETag of what was written, and of a multipart
// upload its key; 204 of a removal; of a list what it lists. Any other is tried
// again, and then asked about, like one that was lost.
//
// What remains for a sweeper or for the bucket's lifecycle rule
// AbortIncompleteMultipartUpload, which every bucket should have: the uploads
// of a killed process; a request that S3 carries out only after it was given up
// and asked about; and what could not be removed because S3 refused or was down
// for longer than the retries, which is logged with its key.
//
// # Direct uploads and links
//
// For [upload.Presigner] the store signs what clients then send to S3 themselves:
// a PUT, which works once; a POST form; or the parts of a multipart upload. S3
// holds them to key, type, length and, if it is known, SHA-256. What they send
// lies under a staging key until Promote copies it to an object with new
// attributes. For [upload.Links] it signs reads. Nothing that is signed works for
// longer than seven days, or than the credentials it is signed with: those of a
// role end within hours. Services that do not enforce all of it need a [Profile].
//
// Pages of another origin can use this only if the bucket's CORS rules let them, and
// what clients send and never confirm stays until a lifecycle rule removes it:
// [Store.Setup] adds both kinds of rules to those of the bucket.
//
// # The bucket
//
// [Options.Layout] says how the application uses it. From that [Store.Check] finds
// out whether the bucket is set up right and enforces what it promises, [Store.Policy]
// writes the least that each part of the application must be allowed to do, with the
// reason for each action, and [Store.BucketPolicy] what nobody may do. The program
// examples/bucket does so from the command line, and docs/iam.md shows the policies.
// KMS keys take kms:GenerateDataKey and kms:Decrypt besides.
//
// What clients are given can be signed by others, [Options.Signer]: for uploads with
// the statements Sign and SignTags of the role [Direct], for links with the role
// [Delivery].
package s3store

import (
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload"
)

// The limits that S3 sets, and the defaults of [Options].
const (
	minPartSize = 5 << 20
	maxPartSize = 5 << 30
	maxParts    = 10_000
	maxTags     = 10

	defaultMaxMemory   = 64 << 20
	defaultCallTimeout = time.Minute
)

// Options are the settings of a [Store]. The zero value is ready for AWS.
type Options struct {
	// MaxMemory is the most bytes that the buffers of all uploads of the store
	// take together, 64 MiB if it is 0. An upload reserves one part of it, or
	// the most bytes it can have if that is less, and a second part only while
	// nobody waits. One subject gets half of it, and never less than a part.
	// Buffers are kept for the uploads to come and not given back to the
	// system.
	MaxMemory int64

	// PartSize is the size of a part of a multipart upload in bytes, and the
	// size up to which a file is stored by one call. It is 5 MiB if it is 0,
	// at least 5 MiB, at most 5 GiB and at most MaxMemory, and is rounded up to
	// 64 KiB. Files whose limit is above 10,000 parts get larger parts.
	PartSize int64

	// CallTimeout is the longest that one call to S3 may take, all its retries
	// included, after which it has failed; one minute if it is 0. It must be
	// enough to send a part and, for large files, to assemble one or to copy
	// 512 MiB within S3, or the whole file where [Store.Promote] says so. When S3
	// is silent, Stage, Commit and Discard each take up to three such calls' time.
	CallTimeout time.Duration

	// Profile says what the service can do. The zero value is right for AWS
	// and for every service that honors conditional writes and checksums.
	Profile Profile

	// SSE asks for server-side encryption, for buckets that have none by
	// default, and KMSKeyID names the key if SSE is aws:kms or aws:kms:dsse.
	SSE      types.ServerSideEncryption
	KMSKeyID string

	// StorageClass is the class of the objects, the service's default if it
	// is empty.
	StorageClass types.StorageClass

	// Tags are set on every object, at most 10; a scanner that tags objects
	// needs room for one more, and what GuardDuty writes cannot be set here.
	Tags map[string]string

	// ExpectedBucketOwner is the account id of the bucket's owner. With it AWS
	// refuses every call if the bucket has become somebody else's.
	ExpectedBucketOwner string

	// Signer is the client that signs what others send: direct uploads and
	// links. It is never called. Its endpoint must be the one that they reach
	// the service under. For uploads its credentials need s3:PutObject for staging
	// keys, and no right to read: what it may read a client might have copied
	// where the service does not keep to what was signed. For links they need
	// s3:GetObject for published keys. An application that does both has two
	// stores, with a signer each. It is the store's own client if it is nil.
	Signer *s3.Client

	// Layout says how the application uses the bucket, for Check, Setup and the
	// policies.
	Layout Layout

	// Logger is told what could not be cleaned up; slog.Default() if it is nil.
	Logger *slog.Logger
}

// Store is an [upload.Storage], an [upload.Opener], an [upload.DirectStorage], an
// [upload.LinkStorage] and an [upload.VerdictReader] over one bucket. It is safe for concurrent use.
type Store struct {
	client   *s3.Client
	http     s3.HTTPClient // that of client, which stays at its host
	bucket   *string
	opts     Options
	tagging  *string
	kmsKeyID *string
	owner    *string
	checksum types.ChecksumAlgorithm // of multipart uploads, "" for none
	memory   *memory
	presign  *s3.PresignClient // of opts.Signer
	guard    guard             // of what it signs for clients to send
	maxCopy  int64
}

var (
	_ upload.Storage       = (*Store)(nil)
	_ upload.Opener        = (*Store)(nil)
	_ upload.DirectStorage = (*Store)(nil)
	_ upload.LinkStorage   = (*Store)(nil)
	_ upload.Lister        = (*Store)(nil)
	_ upload.VerdictReader = (*Store)(nil)
)

// New returns a Store that keeps its objects in bucket. It makes no call to S3.
// The client is used as it is configured, with its retries, endpoint and
// credentials: without retries one lost answer fails an upload. opts may be nil.
//
// The keys that the store is given must be unique, as those of
// [upload.RandomKeys] are: after a lost answer it takes any open multipart
// upload of a key for its own.
func New(client *s3.Client, bucket string, opts *Options) (*Store, error) {
	if client == nil {
		return nil, errors.New("s3store: the client is nil")
	}
	if err := validBucket(bucket); err != nil {
		return nil, err
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	if o.Signer == nil {
		o.Signer = client
	}
	tags := make(url.Values, len(o.Tags))
	for k, v := range o.Tags {
		tags.Set(k, v)
	}
	s := &Store{
		client:   client,
		http:     unredirected(client.Options().HTTPClient),
		bucket:   &bucket,
		opts:     o,
		tagging:  optional(tags.Encode()),
		kmsKeyID: optional(o.KMSKeyID),
		owner:    optional(o.ExpectedBucketOwner),
		memory:   newMemory(o.MaxMemory, max(o.MaxMemory/2, o.PartSize)),
		presign:  s3.NewPresignClient(o.Signer),
		maxCopy:  copySize,
	}
	return s.under(o.Profile), nil
}

// under is the store with another profile.
func (s *Store) under(p Profile) *Store {
	other := *s
	other.opts.Profile = p
	other.checksum = p.checksum(s.client.Options())
	other.guard = p.guard(s.opts.Signer, *s.bucket)
	return &other
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
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
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
		return errors.New("s3store: the tag " + scanTag + " is the scanner's")
	case o.KMSKeyID != "" && o.SSE != types.ServerSideEncryptionAwsKms && o.SSE != types.ServerSideEncryptionAwsKmsDsse:
		return errors.New("s3store: KMSKeyID needs an SSE of aws:kms or aws:kms:dsse")
	}
	return o.Layout.complete()
}

// Memory returns, for metrics, how many bytes of MaxMemory uploads have
// reserved now, which is 0 when none is in progress, and the most bytes that
// the store's buffers, used and idle, ever took. Both are at most MaxMemory.
func (s *Store) Memory() (used, peak int64) {
	return s.memory.budget.Used(), s.memory.mostLive()
}
