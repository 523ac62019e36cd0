package s3store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/filename"
)

// The metadata that objects carry.
const (
	metaNonce  = "upload-nonce"
	metaSHA256 = "sha256" // only where the digest is known before the object is created
)

// cacheControl keeps objects out of the caches that many people share, such as
// a CDN's. How long a browser keeps one is for the link to say.
const cacheControl = "private"

// metadata is complete only once the file was read: a multipart upload that is
// created before carries the nonce alone.
func (f *staged) metadata() map[string]string {
	m := map[string]string{metaNonce: f.nonce}
	if f.obj.SHA256 != nil {
		if sum := f.obj.SHA256(); sum != "" {
			m[metaSHA256] = sum
		}
	}
	return m
}

func (f *staged) disposition() *string {
	return aws.String(filename.Disposition("attachment", f.obj.Name))
}

// create opens the multipart upload.
func (f *staged) create(ctx context.Context) error {
	s := f.store
	var doubt bool
	out, err := call(ctx, s, s.client.CreateMultipartUpload, &s3.CreateMultipartUploadInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &f.obj.Key,
		ContentType:          optional(f.obj.Type),
		ContentDisposition:   f.disposition(),
		CacheControl:         aws.String(cacheControl),
		Metadata:             f.metadata(),
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          s.kmsKeyID,
		StorageClass:         s.opts.StorageClass,
		Tagging:              s.tagging,
		ChecksumAlgorithm:    s.checksum,
	}, watch(&doubt))
	if err == nil {
		f.uploadID = out.UploadId
	}
	if doubt {
		f.abortStrays(ctx)
	}
	return err
}

// abortStrays aborts the uploads that an attempt of create may have opened
// without us learning their ids: all of this key but the one that we know. What
// it cannot do is logged and not an error, since the file itself is well.
func (f *staged) abortStrays(ctx context.Context) {
	s := f.store
	ctx = context.WithoutCancel(ctx)
	out, err := call(ctx, s, s.client.ListMultipartUploads, &s3.ListMultipartUploadsInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Prefix:              &f.obj.Key, // the key itself is listed before the longer ones
	})
	if err != nil {
		f.warn(ctx, err)
		return
	}
	for _, stray := range out.Uploads {
		id := aws.ToString(stray.UploadId)
		if aws.ToString(stray.Key) != f.obj.Key || id == aws.ToString(f.uploadID) {
			continue
		}
		if err := f.abortUpload(ctx, id); err != nil {
			f.warn(ctx, err)
		}
	}
}

// abort aborts the multipart upload if one is open, whatever has become of ctx.
func (f *staged) abort(ctx context.Context) error {
	if f.uploadID == nil {
		return nil
	}
	if err := f.abortUpload(context.WithoutCancel(ctx), *f.uploadID); err != nil {
		return err
	}
	f.uploadID, f.parts = nil, nil
	return nil
}

func (f *staged) abortUpload(ctx context.Context, id string) error {
	s := f.store
	_, err := call(ctx, s, s.client.AbortMultipartUpload, &s3.AbortMultipartUploadInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &f.obj.Key,
		UploadId:            &id,
	})
	if codeOf(err) == "NoSuchUpload" {
		return nil
	}
	return err
}

func (f *staged) warn(ctx context.Context, err error) {
	f.store.opts.Logger.WarnContext(ctx, "s3store: a multipart upload may be left open", "key", f.obj.Key, "error", err)
}
