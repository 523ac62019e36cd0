package s3store

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// ListObjects implements [storage.Lister] with one call, which needs s3:ListBucket. It lists what
// can be read: objects hidden by a delete marker are for the lifecycle rule
// NoncurrentVersionExpiration. The next page begins after the last key of this one, which needs a
// bucket that lists in order. Directory buckets do not. A list out of order is an error. The time
// is the answer's Date (RFC 9110, section 6.6.1), and zero without one.
func (s *Store) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	var page, none storage.ListPage[storage.ListedObject]
	out, err := s3calls.Do(ctx, s.caller, s.client.ListObjectsV2, &s3.ListObjectsV2Input{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Prefix:              optional(prefix),
		StartAfter:          optional(after),
		EncodingType:        types.EncodingTypeUrl, // keys may contain characters that XML cannot
	})
	if err != nil {
		return none, err
	}
	page.Time = serviceTime(out.ResultMetadata)
	for _, o := range out.Contents {
		key, err := decode(o.Key, out.EncodingType)
		if err != nil {
			return none, err
		}
		if key <= max(after, page.Next) {
			return none, errUnordered
		}
		page.Items = append(page.Items, storage.ListedObject{
			Key:      key,
			Size:     aws.ToInt64(o.Size),
			ETag:     aws.ToString(o.ETag),
			Modified: aws.ToTime(o.LastModified),
		})
		page.Next = key
	}
	switch {
	case !aws.ToBool(out.IsTruncated):
		page.Next = ""
	case page.Next <= after:
		return none, errUnordered
	}
	return page, nil
}

// ListUploads implements [storage.UploadLister] with one call, which needs
// s3:ListBucketMultipartUploads. If a key has more than 1,000 open uploads, it lists the rest only
// once those are gone: ask for the same page again then. The time is found as in ListObjects.
func (s *Store) ListUploads(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	var page, none storage.ListPage[storage.ListedUpload]
	out, err := s3calls.Do(ctx, s.caller, s.client.ListMultipartUploads, &s3.ListMultipartUploadsInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Prefix:              optional(prefix),
		KeyMarker:           optional(after),
		EncodingType:        types.EncodingTypeUrl,
	})
	if err != nil {
		return none, err
	}
	page.Time = serviceTime(out.ResultMetadata)
	for _, u := range out.Uploads {
		key, err := decode(u.Key, out.EncodingType)
		if err != nil {
			return none, err
		}
		if after != "" && key <= after {
			return none, errUnordered
		}
		page.Items = append(page.Items, storage.ListedUpload{Key: key, UploadID: aws.ToString(u.UploadId), Initiated: aws.ToTime(u.Initiated)})
	}
	if aws.ToBool(out.IsTruncated) {
		page.Items, page.Next, err = wholeKeys(page.Items, after)
	}
	if err != nil {
		return none, err
	}
	return page, nil
}

// serviceTime returns the Date of the answer as the service wrote it. The SDK corrects the times of
// its requests by it, so an accepted request does not show that the process's clock is right.
func serviceTime(answer middleware.Metadata) time.Time {
	t, _ := awsmiddleware.GetServerTime(answer)
	return t
}

// wholeKeys leaves the last key's uploads of a page to the next page, so that a key marks the
// position between them. An upload id does not, once the upload is aborted.
func wholeKeys(page []storage.ListedUpload, after string) ([]storage.ListedUpload, string, error) {
	if len(page) == 0 || page[len(page)-1].Key <= after {
		return nil, "", errUnordered
	}
	last := page[len(page)-1].Key
	for i, u := range slices.Backward(page) {
		if u.Key != last {
			return page[:i+1], u.Key, nil
		}
	}
	return page, last, nil
}

// decode returns a key of a list. Services without support for the encoding do not report that they
// used it.
func decode(key *string, encoding types.EncodingType) (string, error) {
	if encoding != types.EncodingTypeUrl {
		return aws.ToString(key), nil
	}
	plain, err := url.QueryUnescape(aws.ToString(key))
	if err != nil {
		return "", fmt.Errorf("s3store: the service lists the key %q: %w", aws.ToString(key), err)
	}
	return plain, nil
}
