package s3store

import (
	"context"
	"time"

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

// strayPauses are what abortStrays waits before it looks again.
var strayPauses = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, 1600 * time.Millisecond}

// abortStrays aborts the uploads of this key that S3 still has without our
// wanting them: those that an attempt of create may have opened without us
// learning their ids, and one whose abort met a part on its way, which can keep
// it ("it might be necessary to abort a given multipart upload multiple times",
// as the description of AbortMultipartUpload has it). It looks again until none
// is listed. What it cannot do is logged and not an error, since the file
// itself is well or refused already.
func (f *staged) abortStrays(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, pause := range strayPauses {
		found, err := f.abortListed(ctx)
		if err != nil {
			f.warn(ctx, err)
			return
		}
		if found == 0 {
			return
		}
		time.Sleep(pause)
	}
}

// abortListed aborts all listed uploads of this key but the one that we know.
func (f *staged) abortListed(ctx context.Context) (found int, err error) {
	s := f.store
	out, err := call(ctx, s, s.client.ListMultipartUploads, &s3.ListMultipartUploadsInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Prefix:              &f.obj.Key, // the key itself is listed before the longer ones
	})
	if err != nil {
		return 0, err
	}
	for _, stray := range out.Uploads {
		id := aws.ToString(stray.UploadId)
		if aws.ToString(stray.Key) != f.obj.Key || id == aws.ToString(f.uploadID) {
			continue
		}
		found++
		if e := f.abortUpload(ctx, id); e != nil {
			err = e
		}
	}
	return found, err
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
