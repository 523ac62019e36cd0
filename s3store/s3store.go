// Package s3store keeps uploads in an S3 bucket, on AWS or on any service that speaks its protocol.
// In this module only this package, s3bucket and the internal package s3calls import the AWS SDK;
// the caller brings the client.
//
// A file that fits one part stays in memory until Commit and is one PutObject, unless a later file
// of its request needs the memory. A larger one is a multipart upload whose parts are sent while
// the file arrives; Commit completes it. Neither can be read under its key before Commit. Both are
// written with "If-None-Match: *", so no object is replaced, except with an insecure [Profile].
// Objects get the detected media type, a Content-Disposition of attachment with the cleaned file
// name, "Cache-Control: private", and no ACL.
//
// The SDK makes the first PutObject and the first UploadPart. If the store can repeat such a
// request byte for byte, it sends most of the next ones itself, through the client's HTTP client
// and signer. That is faster for small files. If that fails, and not because the call was
// cancelled, the SDK makes that call again, with all its retries. It also makes all calls of the
// operation in the next minute. The SDK makes all calls of a client whose options observe, delay,
// address or sign calls. Such options are APIOptions, Interceptors, ClientLogMode,
// ContinueHeaderThresholdBytes, RetryMaxAttempts, and any EndpointResolver, EndpointResolverV2,
// AuthSchemeResolver, AuthSchemes, HTTPSignerV4, Retryer, TracerProvider or MeterProvider of
// another type than the SDK's default. The SDK also makes all calls of a client that is set up
// for a single attempt.
//
// # When S3 does not answer
//
// Every upload puts a random value, the nonce, into its object's metadata. When the answer to a
// commit is lost or doubtful, the store requests the object's metadata and compares the nonce. That
// takes the permission s3:GetObject. Without s3:ListBucket AWS answers 403 instead of 404 for a key
// that does not exist; the 403 proves neither case, so the outcome then stays unknown.
//
// A status of 200 alone is not an answer. S3 begins the answer to a long call with it, and gateways
// send it with pages of their own. A call has succeeded only if the answer has what S3 puts in it.
// Examples are the ETag of a written object, the key of a completed multipart upload, and the
// status 204 of a DeleteObject. The store treats any other answer of 2xx as lost: the call is
// retried, and the outcome of a commit is checked. Answers to HeadBucket, and about tags, are not
// judged so: without tags a file is pending.
//
// Some things remain for a sweeper or for the bucket's lifecycle rule
// AbortIncompleteMultipartUpload, which every bucket should have. These are the uploads of a killed
// process, and a request that S3 carries out only after it was given up and its outcome checked.
// Others could not be removed because S3 refused or was down for longer than the retries. Only a
// sweeper removes files that a killed process was to patch, except under a prefix with a lifecycle
// rule for staged files.
//
// # Direct uploads and links
//
// For upload.Presigner the store signs what clients then send to S3 themselves: a PUT, which never
// replaces an object; a POST form; or the parts of a multipart upload. S3 holds them to key, type,
// length and, if it is known, SHA-256; parts to key, number and length. Their files lie under a
// staging key. Promote makes new objects of them, with new attributes. For upload.Links the store
// signs reads. Nothing that is signed works for longer than seven days, or than the credentials it
// is signed with: those of a role expire within hours. Services that do not enforce all of it need
// a [Profile].
//
// Package s3bucket sets up a bucket for that, checks its settings and what the service enforces,
// and writes the policies of the credentials. Another client can sign what clients get: see
// [Options.Signer].
package s3store

import (
	"errors"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// Store is a [storage.Storage], [storage.DirectStorage], [storage.LinkStorage], [storage.Lister],
// [storage.UploadLister], [storage.ScanReader], [storage.PieceKeeper] and [storage.ManyDeleter]
// over one bucket. It is safe for concurrent use.
type Store struct {
	client    *s3.Client
	caller    *s3calls.Caller // for client, under opts.Profile
	puts      *s3calls.Puts[s3.PutObjectInput, s3.PutObjectOutput]
	parts     *s3calls.Puts[s3.UploadPartInput, s3.UploadPartOutput]
	bucket    *string
	opts      Options
	tagging   *string
	kmsKeyID  *string
	owner     *string
	checksum  types.ChecksumAlgorithm // "" for none
	memory    *memory
	presign   *s3.PresignClient // with opts.Signer
	guard     guard             // for what clients send
	maxCopy   int64
	maxListed int // versions
}

var (
	_ storage.Storage       = (*Store)(nil)
	_ storage.DirectStorage = (*Store)(nil)
	_ storage.LinkStorage   = (*Store)(nil)
	_ storage.Lister        = (*Store)(nil)
	_ storage.UploadLister  = (*Store)(nil)
	_ storage.ScanReader    = (*Store)(nil)
	_ storage.PieceKeeper   = (*Store)(nil)
	_ storage.ManyDeleter   = (*Store)(nil)
)

// New returns a Store that keeps its objects in bucket. It makes no call to S3. The client is used
// as it is configured, with its retries, endpoint and credentials: without retries one lost answer
// can fail an upload. The SDK's default transport keeps 10 idle connections to a host, which costs
// busy services a handshake for many uploads; s3open keeps 256. opts may be nil.
//
// The keys passed to the store must be unique, as those of upload.RandomKeys are. After a lost
// answer the store treats any open multipart upload of a key as its own.
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
	caller := s3calls.New(client, bucket, o.CallTimeout, o.Profile.ChecksumsWhenRequired)
	return &Store{
		client:    client,
		caller:    caller,
		puts:      s3calls.NewPuts(caller, client),
		parts:     s3calls.NewPartPuts(caller, client),
		bucket:    &bucket,
		opts:      o,
		tagging:   optional(o.tagging()),
		kmsKeyID:  optional(o.KMSKeyID),
		owner:     optional(o.ExpectedBucketOwner),
		checksum:  s3calls.Checksum(client, o.Profile.ChecksumsWhenRequired),
		memory:    newMemory(o.MaxMemory, max(o.MaxMemory/2, o.PartSize)),
		presign:   s3.NewPresignClient(o.Signer),
		guard:     o.Profile.guard(o.Signer, bucket),
		maxCopy:   copySize,
		maxListed: listedVersions,
	}, nil
}

// Client returns the client that the store was made with.
func (s *Store) Client() *s3.Client { return s.client }

// Bucket returns the name of the bucket.
func (s *Store) Bucket() string { return *s.bucket }

// Options returns the options of the store, with the defaults filled in.
func (s *Store) Options() Options {
	o := s.opts
	o.Tags = maps.Clone(o.Tags)
	return o
}

// Memory returns, for metrics, how many bytes of MaxMemory uploads and confirmations have reserved
// now, which is 0 when none is in progress. It also returns the peak size of the store's buffers,
// used and idle. Both are at most MaxMemory.
func (s *Store) Memory() (used, peak int64) {
	return s.memory.budget.Used(), s.memory.mostLive()
}

// optional returns a field that may be missing in the SDK's form.
func optional(v string) *string {
	if v == "" {
		return nil
	}
	return aws.String(v)
}
