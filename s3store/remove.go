package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// RemoveListed implements [storage.Lister]. It makes a HeadObject (s3:GetObject, and s3:ListBucket
// to see that the object is gone). Where there are versions it removes the readable one by its id.
// Before that it removes the versions and delete markers that are not younger, as far as it may
// list them (s3:DeleteObjectVersion, s3:ListBucketVersions). It adds no delete marker, except for
// the version "null". If a key has 10,000 versions or more, it removes about as many but not the
// readable one, and the error asks for another call.
//
// Without versions (s3:DeleteObject) the removal is bound to the ETag. Services that ignore
// If-Match there, or answer 501 to it, remove whatever was written between the two calls. So do
// those whose Profile has InsecureUnconditionalPut, which are sent no If-Match.
//
// The version "null", written while versioning was off, can be replaced like an object without
// versions. If it is the readable one, its removal is also bound to the ETag (s3:DeleteObject), and
// adds a delete marker. Where versioning is on by now, its bytes then stay for the lifecycle rule
// NoncurrentVersionExpiration. An older one is listed again right before its removal, which S3
// cannot bind to anything:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html.
func (s *Store) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	out, err := s.head(ctx, o.Key, nil)
	switch {
	case s3calls.Status(err) == http.StatusNotFound:
		return nil
	case err != nil:
		return err
	case !sameObject(out, o):
		return fmt.Errorf("s3store: %q: %w", o.Key, storage.ErrChanged)
	case out.VersionId == nil:
		return s.deleteUnversioned(ctx, o.Key, out.ETag)
	}
	older, listing := s.versions(ctx, o.Key)
	if listing != nil && !mayNotList(listing) && !errors.Is(listing, errManyVersions) {
		return listing
	}
	// The readable version comes last, so that no older one ever becomes readable.
	for _, v := range older {
		if aws.ToString(v.id) == *out.VersionId || seconds(&v.modified).After(seconds(out.LastModified)) {
			continue
		}
		if err := s.deleteOlder(ctx, o.Key, v); err != nil {
			return err
		}
	}
	if errors.Is(listing, errManyVersions) {
		return listing
	}
	return s.deleteReadable(ctx, o.Key, out.VersionId, out.ETag)
}

// deleteOlder removes a version as it was listed. If its id is "null" another may have taken its
// place, which stays.
func (s *Store) deleteOlder(ctx context.Context, key string, v version) error {
	if !isUnique(v.id) {
		now, err := s.versions(ctx, key)
		if err != nil && !errors.Is(err, errManyVersions) {
			return err
		}
		if !slices.ContainsFunc(now, v.is) {
			return nil
		}
	}
	return s.deleteVersion(ctx, key, v.id)
}

// sameObject compares a listed object with the present one.
func sameObject(now *s3.HeadObjectOutput, o storage.ListedObject) bool {
	return s3calls.Unquoted(aws.ToString(now.ETag)) == s3calls.Unquoted(o.ETag) && aws.ToInt64(now.ContentLength) == o.Size &&
		seconds(now.LastModified).Equal(seconds(&o.Modified))
}

// seconds makes times comparable: HTTP has whole seconds, lists may have finer times.
func seconds(t *time.Time) time.Time { return aws.ToTime(t).Truncate(time.Second) }
