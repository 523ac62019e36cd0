package s3store

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
)

// RemoveListed implements [upload.Lister]. It looks at the object (s3:GetObject,
// and s3:ListBucket to see that there is none), and where there are versions
// removes exactly the one that is readable, by its id, after the versions and
// delete markers that are not younger, as far as it may list them
// (s3:DeleteObjectVersion, s3:ListBucketVersions). It leaves no delete marker.
//
// Without versions (s3:DeleteObject) the removal is bound to the ETag. Services
// that ignore If-Match there, and those whose Profile has
// InsecureUnconditionalPut, which are not asked for it, remove whatever was
// written in the moment between the two calls.
func (s *Store) RemoveListed(ctx context.Context, o upload.ListedObject) error {
	out, err := s.head(ctx, o.Key, nil)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil
	case err != nil:
		return err
	case !sameObject(out, o):
		return fmt.Errorf("s3store: %q: %w", o.Key, upload.ErrChanged)
	case out.VersionId == nil:
		return s.deleteUnversioned(ctx, o.Key, out.ETag)
	}
	older, err := s.versions(ctx, o.Key)
	if err != nil && !mayNotList(err) {
		return err
	}
	// The readable one comes last: none of the others is ever readable.
	for _, v := range older {
		if aws.ToString(v.id) == *out.VersionId || seconds(&v.modified).After(seconds(out.LastModified)) {
			continue
		}
		if err := s.deleteVersion(ctx, o.Key, v.id); err != nil {
			return err
		}
	}
	return s.deleteVersion(ctx, o.Key, out.VersionId)
}

// sameObject compares what a list told with what there is.
func sameObject(now *s3.HeadObjectOutput, o upload.ListedObject) bool {
	return unquoted(aws.ToString(now.ETag)) == unquoted(o.ETag) && aws.ToInt64(now.ContentLength) == o.Size &&
		seconds(now.LastModified).Equal(seconds(&o.Modified))
}

// seconds makes times comparable: HTTP has whole seconds, lists may have finer
// ones.
func seconds(t *time.Time) time.Time { return aws.ToTime(t).Truncate(time.Second) }

func unquoted(etag string) string { return strings.Trim(etag, `"`) }

// deleteUnversioned removes the object of that ETag.
func (s *Store) deleteUnversioned(ctx context.Context, key string, etag *string) error {
	if s.opts.Profile.InsecureUnconditionalPut {
		etag = nil
	}
	_, err := call(ctx, s, s.client.DeleteObject, &s3.DeleteObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		IfMatch:             etag,
	})
	switch {
	case statusOf(err) == http.StatusPreconditionFailed:
		return fmt.Errorf("%w: %w", upload.ErrChanged, err)
	case statusOf(err) == http.StatusNotImplemented && etag != nil:
		return s.deleteVersion(ctx, key, nil)
	case codeOf(err) == "NoSuchKey":
		return nil
	case silent(err):
		return s.unlessGone(ctx, key, nil, err)
	}
	return err
}
