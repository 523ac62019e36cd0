package s3bucket

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/s3store"
)

// service is a bucket as it is reached with the options of a store.
type service struct {
	client *s3.Client
	bucket *string
	owner  *string
	opts   s3store.Options
	caller *s3calls.Caller

	// store makes the store that has these options.
	store func() (*s3store.Store, error)
}

func newService(client *s3.Client, bucket string, o s3store.Options) *service {
	return &service{
		client: client,
		bucket: &bucket,
		owner:  optional(o.ExpectedBucketOwner),
		opts:   o,
		caller: s3calls.New(client, bucket, o.CallTimeout, o.Profile.ChecksumsWhenRequired),
		store:  sync.OnceValues(func() (*s3store.Store, error) { return s3store.New(client, bucket, &o) }),
	}
}

// with returns the service with other options.
func (s *service) with(change func(*s3store.Options)) *service {
	o := s.opts
	change(&o)
	return newService(s.client, *s.bucket, o)
}

// under returns the service with another profile.
func (s *service) under(p s3store.Profile) *service {
	return s.with(func(o *s3store.Options) { o.Profile = p })
}

func (s *service) head(ctx context.Context, key string, version *string) (*s3.HeadObjectOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.HeadObject, &s3.HeadObjectInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, VersionId: version,
	})
}

// deleteVersion removes one version, or the object if version is nil. It is not an error if the
// version is gone already. Services report that differently: some refuse the id of a version that
// they no longer have.
func (s *service) deleteVersion(ctx context.Context, key string, version *string) error {
	_, err := s3calls.Do(ctx, s.caller, s.client.DeleteObject, &s3.DeleteObjectInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, VersionId: version,
	})
	if !s3calls.Silent(err) && (version == nil || !s3calls.Refused(err)) {
		return err
	}
	_, asked := s.head(ctx, key, version)
	if status := s3calls.Status(asked); status == http.StatusNotFound || version != nil && status == http.StatusBadRequest {
		return nil
	}
	return err
}

// isUnique reports whether a version id always names the same object. "null" is the last write
// while versioning was off.
func isUnique(version *string) bool {
	v := aws.ToString(version)
	return v != "" && v != "null"
}

// notTaken reports whether the service answered that a request is wrong or not supported.
func notTaken(err error) bool {
	switch s3calls.Status(err) {
	case http.StatusBadRequest, http.StatusNotImplemented:
		return true
	}
	return false
}

// notKnown reports whether the service does not support a call.
func notKnown(err error) bool {
	status := s3calls.Status(err)
	return status == http.StatusNotImplemented || status == http.StatusMethodNotAllowed
}

// optional returns v for an optional field of the SDK, which is nil if v is "".
func optional(v string) *string {
	if v == "" {
		return nil
	}
	return &v
}
