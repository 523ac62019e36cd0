// Package s3bucket sets up and checks the bucket of an [s3store.Store], and writes policies for the
// roles that use it. Uploads do not need this package.
//
// A [Layout] says how the application uses the bucket. From that and from the options of the store,
// [Bucket.Check] finds out whether the bucket enforces what the library relies on, and which
// [s3store.Profile] fits the service. [Bucket.Verify] is a short form of Check for the start of a
// program. [Bucket.Setup] adds rules to those of the bucket: the CORS rule that lets pages send
// files, and the lifecycle rules that remove unfinished uploads. [Bucket.Policy] writes the least
// that each part of the application must be allowed to do, with the reasons. [Bucket.BucketPolicy]
// writes the bucket's own policy, which only forbids. The program cmd/upload-bucket does most of
// that from the command line, and docs/iam.md shows the policies.
//
// Encryption with a KMS key also takes kms:GenerateDataKey and kms:Decrypt. Another S3 client,
// [s3store.Options].Signer, can sign the requests that clients get: for uploads with the statements
// Sign and SignTags of [RoleDirect], for links with the policy of [RoleDelivery] alone.
package s3bucket

import (
	"errors"

	"github.com/airlock-go/upload/s3store"
)

// Bucket is the bucket of a store, as an application uses it. It is safe for concurrent use.
type Bucket struct {
	*service
	layout  Layout
	headers []string // that clients send
}

// New returns the bucket of a store. It makes no call to S3. The methods of the bucket use the
// options and the client of that store.
func New(store *s3store.Store, layout Layout) (*Bucket, error) {
	if store == nil {
		return nil, errors.New("s3bucket: the store is nil")
	}
	if err := layout.complete(); err != nil {
		return nil, err
	}
	return &Bucket{newService(store.Client(), store.Bucket(), store.Options()), layout, store.SignedHeaders()}, nil
}

// direct reports whether there are direct or resumable uploads.
func (b *Bucket) direct() bool { return len(b.layout.StagingPrefixes) > 0 }

func (b *Bucket) versioned() bool { return b.layout.Versioned }

// tagged reports whether each object is written with tags.
func (b *Bucket) tagged() bool { return len(b.opts.Tags) > 0 }
