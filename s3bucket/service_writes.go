package s3bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/s3calls"
)

// probeName is in the keys of everything that Check and Verify write.
const probeName = "upload-probe"

var probeBody = []byte("written by Bucket.Check or Verify, safe to delete\n")

// A probe writes an object with these, as the store does with a text. A test compares the two.
const (
	probeType    = "text/plain"
	cacheControl = "private"
	metaNonce    = "upload-nonce"
)

// put writes a small object as the store does; noneMatch is the condition.
func (s *service) put(ctx context.Context, key string, noneMatch *string, opts ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.PutObject, &s3.PutObjectInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &key,
		Body:                 bytes.NewReader(probeBody),
		ContentType:          aws.String(probeType),
		ContentDisposition:   aws.String(filename.Disposition("attachment", probeName)),
		CacheControl:         aws.String(cacheControl),
		Metadata:             map[string]string{metaNonce: rand.Text()},
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          optional(s.opts.KMSKeyID),
		StorageClass:         s.opts.StorageClass,
		Tagging:              s.tagging(),
		IfNoneMatch:          noneMatch,
	}, opts...)
}

// create opens a multipart upload as the store does.
func (s *service) create(ctx context.Context, key string, sums types.ChecksumAlgorithm, opts ...func(*s3.Options)) (*s3.CreateMultipartUploadOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.CreateMultipartUpload, &s3.CreateMultipartUploadInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &key,
		ChecksumAlgorithm:    sums,
		ContentType:          aws.String(probeType),
		ContentDisposition:   aws.String(filename.Disposition("attachment", probeName)),
		CacheControl:         aws.String(cacheControl),
		Metadata:             map[string]string{metaNonce: rand.Text()},
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          optional(s.opts.KMSKeyID),
		StorageClass:         s.opts.StorageClass,
		Tagging:              s.tagging(),
	}, opts...)
}

// part sends the only part of an upload.
func (s *service) part(ctx context.Context, key string, id *string) (types.CompletedPart, error) {
	sums := s.sums()
	out, err := s3calls.Do(ctx, s.caller, s.client.UploadPart, &s3.UploadPartInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, UploadId: id,
		PartNumber: aws.Int32(1), Body: bytes.NewReader(probeBody), ChecksumAlgorithm: sums,
	})
	if err != nil {
		return types.CompletedPart{}, err
	}
	part := types.CompletedPart{PartNumber: aws.Int32(1), ETag: out.ETag}
	if sums != "" {
		part.ChecksumCRC32 = out.ChecksumCRC32
	}
	return part, nil
}

// complete makes an object of a part, as the store does.
func (s *service) complete(ctx context.Context, key string, id *string, part types.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		UploadId:            id,
		MultipartUpload:     &types.CompletedMultipartUpload{Parts: []types.CompletedPart{part}},
		IfNoneMatch:         unless(s.opts.Profile.InsecureUnconditionalComplete),
	})
}

// unless returns the condition under which objects are written, nil if the service lacks it.
func unless(lacking bool) *string {
	if lacking {
		return nil
	}
	return aws.String("*")
}

// sums returns the algorithm of the store's multipart uploads.
func (s *service) sums() types.ChecksumAlgorithm {
	return s3calls.Checksum(s.client, s.opts.Profile.ChecksumsWhenRequired)
}

func (s *service) tagging() *string {
	tags := make(url.Values, len(s.opts.Tags))
	for k, v := range s.opts.Tags {
		tags.Set(k, v)
	}
	return optional(tags.Encode())
}
