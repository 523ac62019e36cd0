package s3store

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"mime"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload"
)

// Open implements [upload.Opener]. The body is read from S3 as the caller reads
// it, for as long as ctx lasts; CallTimeout does not apply. Without
// s3:ListBucket AWS answers 403 for a key that does not exist, and the error is
// then not fs.ErrNotExist.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, upload.Stored, error) {
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
	}, s.opts.Profile.configure)
	switch {
	case codeOf(err) == "NoSuchKey":
		return nil, upload.Stored{}, fmt.Errorf("s3store: %w: %w", fs.ErrNotExist, err)
	case err != nil:
		return nil, upload.Stored{}, s.explain(ctx, err)
	}
	_, params, err := mime.ParseMediaType(aws.ToString(out.ContentDisposition))
	if err != nil {
		params = nil // an object that somebody else wrote
	}
	return out.Body, upload.Stored{
		Type: aws.ToString(out.ContentType),
		Name: params["filename"],
		Size: aws.ToInt64(out.ContentLength),
	}, nil
}
