package s3store

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// head describes a version of the object, or the readable one if version is nil.
func (s *Store) head(ctx context.Context, key string, version *string) (*s3.HeadObjectOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.HeadObject, &s3.HeadObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		VersionId:           version,
	})
}

// missing turns S3's answers for missing things into fs.ErrNotExist.
func missing(err error) error {
	switch s3calls.Code(err) {
	case codeNoUpload, "NoSuchKey", "NotFound": // NotFound is HeadObject's
		return fmt.Errorf("s3store: %w: %w", fs.ErrNotExist, err)
	}
	return err
}

// deleteReadable removes the readable object of a key: the version, or the object of that ETag if
// the version's id is not unique.
func (s *Store) deleteReadable(ctx context.Context, key string, version, etag *string) error {
	if !isUnique(version) {
		return s.deleteUnversioned(ctx, key, etag)
	}
	return s.deleteVersion(ctx, key, version)
}

// deleteVersion removes one version, or the object if version is nil. It is not an error if the
// version is gone already. Services report that differently: some refuse the id of a version that
// they no longer have.
func (s *Store) deleteVersion(ctx context.Context, key string, version *string) error {
	_, err := s3calls.Do(ctx, s.caller, s.client.DeleteObject, &s3.DeleteObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		VersionId:           version,
	})
	if s3calls.Silent(err) || version != nil && s3calls.Refused(err) {
		return s.unlessGone(ctx, key, version, err)
	}
	return err
}

// deleteUnversioned removes the readable object if it has that ETag, and otherwise returns
// [storage.ErrChanged]. Where the service lacks such a condition, it removes any object. It is not
// an error if the object is gone already.
func (s *Store) deleteUnversioned(ctx context.Context, key string, etag *string) error {
	if s.opts.Profile.InsecureUnconditionalPut {
		etag = nil
	}
	_, err := s3calls.Do(ctx, s.caller, s.client.DeleteObject, &s3.DeleteObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		IfMatch:             etag,
	})
	switch {
	case s3calls.Status(err) == http.StatusPreconditionFailed:
		return fmt.Errorf("%w: %w", storage.ErrChanged, err)
	case s3calls.Status(err) == http.StatusNotImplemented && etag != nil:
		return s.deleteVersion(ctx, key, nil)
	case s3calls.Code(err) == "NoSuchKey":
		return nil
	case s3calls.Silent(err):
		return s.unlessGone(ctx, key, nil, err)
	}
	return err
}

// unlessGone returns err, the error of a removal, unless nothing is left to remove.
func (s *Store) unlessGone(ctx context.Context, key string, version *string, err error) error {
	_, asked := s.head(ctx, key, version)
	if status := s3calls.Status(asked); status == http.StatusNotFound || version != nil && status == http.StatusBadRequest {
		return nil
	}
	return err
}
