package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload"
)

var errSpent = errors.New("s3store: there is nothing to commit any more")

// Commit implements [upload.Staged]. Once begun it does not end with ctx, since
// S3 may still carry out a request that is given up here: it ends with S3's
// answer or with CallTimeout and, in doubt, with the few calls that settle it.
func (f *staged) Commit(ctx context.Context) error {
	if f.spent || f.buffer == nil && f.uploadID == nil {
		return errSpent
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f.spent = true
	defer f.forget()
	ctx = context.WithoutCancel(ctx)

	free, err := f.publish(ctx)
	if free && f.buffer != nil && statusOf(err) == http.StatusConflict {
		// S3 asks for another try. After Complete it asks for all parts again,
		// which are gone.
		_, err = f.publish(ctx)
	}
	return err
}

// publish makes the object readable. When it fails, free says that nothing is
// readable under the key.
func (f *staged) publish(ctx context.Context) (free bool, err error) {
	if f.store.opts.Profile.InsecureUnconditionalWrites {
		if found, _, err := f.find(ctx); err != nil {
			return false, err
		} else if found != nobodys {
			return false, fmt.Errorf("s3store: %q: %w", f.obj.Key, upload.ErrExists)
		}
	}
	var doubt bool
	version, err := f.write(ctx, watch(&doubt))
	switch {
	case err == nil:
		f.published, f.version, f.uploadID = yes, version, nil
		return false, nil
	case doubt:
		f.published = maybe
		return f.settle(ctx, err)
	case contested(err):
		return f.settle(ctx, err)
	}
	return true, errors.Join(err, f.abort(ctx))
}

// write makes the call that publishes and returns the version it created, if
// the bucket has versions.
func (f *staged) write(ctx context.Context, opt func(*s3.Options)) (version *string, err error) {
	s := f.store
	if f.buffer == nil {
		out, err := call(ctx, s, s.client.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{
			Bucket:              s.bucket,
			ExpectedBucketOwner: s.owner,
			Key:                 &f.obj.Key,
			UploadId:            f.uploadID,
			MultipartUpload:     &types.CompletedMultipartUpload{Parts: f.parts},
			IfNoneMatch:         s.opts.Profile.create(),
		}, opt)
		if err != nil {
			return nil, err
		}
		return out.VersionId, nil
	}
	body := f.buffer.body()
	defer body.close()
	out, err := call(ctx, s, s.client.PutObject, &s3.PutObjectInput{
		Bucket:               s.bucket,
		ExpectedBucketOwner:  s.owner,
		Key:                  &f.obj.Key,
		Body:                 body,
		ContentType:          optional(f.obj.Type),
		ContentDisposition:   f.disposition(),
		CacheControl:         aws.String(cacheControl),
		Metadata:             f.metadata(),
		ServerSideEncryption: s.opts.SSE,
		SSEKMSKeyId:          s.kmsKeyID,
		StorageClass:         s.opts.StorageClass,
		Tagging:              s.tagging,
		IfNoneMatch:          s.opts.Profile.create(),
	}, opt)
	if err != nil {
		return nil, err
	}
	return out.VersionId, nil
}

// contested reports that S3 refused a write for what it found under the key or
// in place of the upload. That can be this upload's own object: services and
// proxies repeat requests without telling.
func contested(err error) bool {
	status := statusOf(err)
	return status == http.StatusPreconditionFailed || status == http.StatusConflict || codeOf(err) == "NoSuchUpload"
}

// settle finds out what a write that failed with cause has done. It first aborts
// the multipart upload, after which it can no longer be completed behind our
// back; S3 has no such means against a late PutObject.
func (f *staged) settle(ctx context.Context, cause error) (free bool, err error) {
	aborting := f.abort(ctx)
	found, version, err := f.find(ctx)
	switch {
	case err != nil:
		f.published = maybe
		return false, fmt.Errorf("%w: %w; %w", upload.ErrUnknownOutcome, cause, err)
	case found == ours:
		f.published, f.version = yes, version
		return false, nil
	case found == anothers:
		f.published = no
		return false, fmt.Errorf("%w: %w", upload.ErrExists, cause)
	case aborting != nil:
		f.published = maybe
		return false, fmt.Errorf("%w: %w; %w", upload.ErrUnknownOutcome, cause, aborting)
	}
	return true, cause
}

// owner says whose the object under a key is.
type owner int

const (
	nobodys owner = iota
	ours
	anothers
)

// find asks S3 for the object under the key and compares nonces. An answer that
// the caller may not know, 403, is an error: it proves nothing.
func (f *staged) find(ctx context.Context) (found owner, version *string, err error) {
	out, err := f.store.head(ctx, f.obj.Key, nil)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nobodys, nil, nil
	case err != nil:
		return nobodys, nil, err
	case out.Metadata[metaNonce] == f.nonce:
		return ours, out.VersionId, nil
	}
	return anothers, nil, nil
}
