package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// Stat implements [storage.ObjectReader] with one call. For an object that this package did not
// write, or that a client staged, everything except Size, ETag and Version is what that writer
// claimed. Without s3:ListBucket AWS answers 403 for a key that does not exist, and the error is
// then not fs.ErrNotExist.
func (s *Store) Stat(ctx context.Context, key string) (storage.Stored, error) {
	out, err := s.head(ctx, key, nil)
	if err != nil {
		return storage.Stored{}, missing(err)
	}
	return storage.Stored{
		Type:    aws.ToString(out.ContentType),
		Name:    nameIn(out.ContentDisposition),
		Size:    aws.ToInt64(out.ContentLength),
		ETag:    aws.ToString(out.ETag),
		Version: aws.ToString(out.VersionId),
		SHA256:  out.Metadata[metaSHA256],
		Nonce:   out.Metadata[metaNonce],
		Facts:   out.Metadata[metaFacts],
	}, nil
}

// OpenAt implements [storage.ObjectReader]. The body is read from S3 as the caller reads it, for as
// long as ctx lasts; CallTimeout limits the time until it begins. Like Stat, it needs s3:ListBucket
// to recognise a key that does not exist. An offset at or after the end gives an empty reader. The
// bytes are the stored ones, whatever Content-Encoding they were sent with. S3 sends only the bytes
// of the range, or one byte if length is 0.
func (s *Store) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	if offset < 0 {
		return nil, fmt.Errorf("s3store: %q: offset %d", key, offset)
	}
	body, _, err := s.open(ctx, key, etag, byteRange{offset, length})
	if err == nil && length == 0 {
		return http.NoBody, body.Close()
	}
	return body, err
}

// open requests a range, and returns how many bytes S3 answers with.
func (s *Store) open(ctx context.Context, key, etag string, asked byteRange) (body io.ReadCloser, n int64, err error) {
	out, err := s.get(ctx, &s3.GetObjectInput{Key: &key, IfMatch: optional(etag), Range: optional(asked.header())})
	switch {
	case s3calls.Status(err) == http.StatusPreconditionFailed:
		return nil, 0, fmt.Errorf("%w: %w", storage.ErrChanged, err)
	case s3calls.Status(err) == http.StatusRequestedRangeNotSatisfiable:
		return http.NoBody, 0, nil
	case err != nil:
		return nil, 0, err
	case etag != "" && s3calls.Unquoted(aws.ToString(out.ETag)) != s3calls.Unquoted(etag): // the service ignores If-Match
		return nil, 0, errors.Join(fmt.Errorf("s3store: %q: %w", key, storage.ErrChanged), out.Body.Close())
	case !asked.isIn(out):
		return nil, 0, errors.Join(errors.New("s3store: the service answers a range with other bytes"), out.Body.Close())
	}
	return out.Body, aws.ToInt64(out.ContentLength), nil
}

func (s *Store) get(ctx context.Context, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	in.Bucket, in.ExpectedBucketOwner = s.bucket, s.owner
	out, err := s3calls.Get(ctx, s.caller, s.client, in)
	return out, missing(err)
}

// nameIn returns the file name in a Content-Disposition, "" if there is none, for example in an
// object of another writer.
func nameIn(disposition *string) string {
	_, params, err := mime.ParseMediaType(aws.ToString(disposition))
	if err != nil {
		return ""
	}
	return params["filename"]
}
