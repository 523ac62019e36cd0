package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// CreateMultipart implements [storage.DirectStorage]. After a lost answer it tries to abort every
// other open upload of the key, so each upload needs a key of its own.
func (s *Store) CreateMultipart(ctx context.Context, d storage.DirectObject) (uploadID string, err error) {
	if err := s.opts.Profile.parts(); err != nil {
		return "", err
	}
	t := target{store: s, key: d.Key}
	if err := t.open(ctx, s.createInput(stagedAttributes(d))); err != nil {
		return "", err
	}
	return aws.ToString(t.uploadID), nil
}

// SignPart implements [storage.DirectStorage]. The length is signed. So is a header field by which
// S3 refuses copies of other objects, except at AWS's own hosts and with some profiles: see
// [Profile]. No Content-Type is signed, since browsers send a part without one. The same part may
// be sent again until the upload ends or the request expires.
//
// Some clients, such as Uppy 6, use only the URL of the signed request. They work where no header
// field must be sent: at AWS's own hosts, and with the profile [MinIO] or InsecureNoCopyGuard.
func (s *Store) SignPart(ctx context.Context, d storage.DirectObject, uploadID string, number int) (*storage.SignedRequest, error) {
	if err := s.opts.Profile.parts(); err != nil {
		return nil, err
	}
	switch {
	case number < 1 || number > maxParts:
		return nil, fmt.Errorf("s3store: %d is not a part number from 1 to %d", number, maxParts)
	case d.Size < 1 || d.Size > maxPartSize:
		return nil, fmt.Errorf("s3store: a part has 1 byte to 5 GiB, not %d bytes", d.Size)
	}
	expires, err := s.lifetime(ctx, d.Expires)
	if err != nil {
		return nil, err
	}
	signed, err := s.presign.PresignUploadPart(ctx, &s3.UploadPartInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &d.Key,
		UploadId:            &uploadID,
		PartNumber:          aws.Int32(int32(number)),
		ContentLength:       &d.Size,
	}, s.signSending(expires))
	if err != nil {
		return nil, s.caller.Explain(ctx, err)
	}
	return sendable(signed, d.Size)
}

// Parts implements [storage.DirectStorage]. It makes a call to S3 for every 1,000 parts. It is an
// error if S3 lists parts twice or out of order, more of them than it allows, or pages without end.
func (s *Store) Parts(ctx context.Context, key, uploadID string) ([]storage.Part, error) {
	in := &s3.ListPartsInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, UploadId: &uploadID}
	var parts []storage.Part
	for last := 0; ; {
		out, err := s3calls.Do(ctx, s.caller, s.client.ListParts, in)
		if err != nil {
			return nil, missing(err)
		}
		for _, p := range out.Parts {
			number, size := int(aws.ToInt32(p.PartNumber)), aws.ToInt64(p.Size)
			if number <= last || number > maxParts || size < 0 {
				return nil, errors.New("s3store: the service lists parts twice, out of order, or with an impossible number or size")
			}
			last = number
			parts = append(parts, storage.Part{Number: number, Size: size, ETag: aws.ToString(p.ETag)})
		}
		next := strconv.Itoa(last)
		switch {
		case !aws.ToBool(out.IsTruncated):
			return parts, nil
		case len(out.Parts) == 0, next != aws.ToString(out.NextPartNumberMarker):
			return nil, errors.New("s3store: the service does not say how its list of parts goes on")
		}
		in.PartNumberMarker = &next
	}
}

// CompleteMultipart implements [storage.DirectStorage]. Once begun it does not end with ctx;
// CallTimeout limits each of its calls. Some services answer a repeated call for a completed upload
// with success. After a lost answer, or if the key is taken, an object of the parts' total size
// under the key counts as the result.
func (s *Store) CompleteMultipart(ctx context.Context, key, uploadID string, parts []storage.Part) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx)
	var size int64
	completed := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		size += p.Size
		completed[i] = types.CompletedPart{PartNumber: aws.Int32(int32(p.Number)), ETag: aws.String(p.ETag)} //nolint:gosec // S3 refuses others than 1 to 10,000
	}
	var doubt bool
	_, _, err := s.completeUpload(ctx, key, &uploadID, completed, s3calls.Watch(&doubt))
	if s3calls.Code(err) == "InvalidPart" {
		return fmt.Errorf("%w: %w", storage.ErrChanged, err)
	}
	if err == nil || !doubt && (!contested(err) || s3calls.Code(err) == codeNoUpload) {
		return missing(err)
	}
	out, asked := s.head(ctx, key, nil)
	switch {
	case asked == nil && aws.ToInt64(out.ContentLength) == size:
		return nil
	case asked == nil:
		return fmt.Errorf("%w: %w", storage.ErrExists, err)
	case s3calls.Status(asked) == http.StatusNotFound:
		return missing(err)
	}
	return fmt.Errorf("%w: %w; %w", storage.ErrUnknownOutcome, err, asked)
}

// AbortMultipart implements [storage.DirectStorage]. As S3 documents, a part in flight can keep the
// upload open: call it again while Parts lists a part. The bucket's lifecycle rule removes the
// rest.
func (s *Store) AbortMultipart(ctx context.Context, key, uploadID string) error {
	return s.abortUpload(ctx, key, uploadID)
}
