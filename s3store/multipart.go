package s3store

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// codeNoUpload is S3's error code for a multipart upload that is not open.
const codeNoUpload = "NoSuchUpload"

func (s *Store) abortUpload(ctx context.Context, key, id string) error {
	_, err := s3calls.Do(ctx, s.caller, s.client.AbortMultipartUpload, &s3.AbortMultipartUploadInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		UploadId:            &id,
	})
	switch {
	case s3calls.Code(err) == codeNoUpload:
		return nil
	case s3calls.Silent(err):
		return s.unlessEnded(ctx, key, id, err)
	}
	return err
}

// unlessEnded returns err, the error of an abort, unless the upload has ended.
func (s *Store) unlessEnded(ctx context.Context, key, id string, err error) error {
	open, asked := s.openUploads(ctx, key)
	if asked == nil && !slices.Contains(open, id) {
		return nil
	}
	return errors.Join(err, asked)
}

// openUploads lists the ids of the uploads of exactly this key, up to 1,000.
func (s *Store) openUploads(ctx context.Context, key string) (ids []string, err error) {
	out, err := s3calls.Do(ctx, s.caller, s.client.ListMultipartUploads, &s3.ListMultipartUploadsInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Prefix:              &key, // the key itself is listed before the longer ones
	})
	if err != nil {
		return nil, err
	}
	for _, u := range out.Uploads {
		if aws.ToString(u.Key) == key {
			ids = append(ids, aws.ToString(u.UploadId))
		}
	}
	return ids, nil
}

// completeUpload makes an object of the parts. It fails if one exists, except with
// InsecureUnconditionalComplete. opts are those of the call.
func (s *Store) completeUpload(ctx context.Context, key string, id *string, parts []types.CompletedPart, opts ...func(*s3.Options)) (version, etag *string, err error) {
	out, err := s3calls.Do(ctx, s.caller, s.client.CompleteMultipartUpload, s.completeInput(key, id, parts), opts...)
	if err != nil {
		return nil, nil, err
	}
	return out.VersionId, out.ETag, nil
}

func (s *Store) completeInput(key string, id *string, parts []types.CompletedPart) *s3.CompleteMultipartUploadInput {
	return &s3.CompleteMultipartUploadInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		UploadId:            id,
		MultipartUpload:     &types.CompletedMultipartUpload{Parts: parts},
		IfNoneMatch:         ifFree(s.opts.Profile.InsecureUnconditionalComplete),
	}
}
