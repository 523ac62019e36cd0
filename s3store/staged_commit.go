package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

var errSpent = errors.New("s3store: the staged file was used already, or is gone")

// Commit implements [storage.Staged]. Once begun it does not end with ctx, since S3 may still carry
// out a request that is given up here. Each of its calls ends with S3's answer or after
// CallTimeout: the one that publishes and, in doubt, a few that settle it.
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
	if free && f.buffer != nil && s3calls.Status(err) == http.StatusConflict {
		// S3 asks for another try. After Complete it wants all parts again, whose memory is freed.
		_, err = f.publish(ctx)
	}
	return err
}

// publish makes the object readable. When it fails, free says that nothing of the file
// was readable when S3 was last asked.
func (f *staged) publish(ctx context.Context) (free bool, err error) {
	if f.unconditional() {
		if found, _, err := f.find(ctx); err != nil {
			return false, err
		} else if found != nobodys {
			return false, fmt.Errorf("s3store: %q: %w", f.key, storage.ErrExists)
		}
	}
	var doubt bool
	version, err := f.write(ctx, &doubt)
	switch {
	case err == nil:
		f.published, f.version, f.uploadID = yes, version, nil
		return false, nil
	case doubt:
		f.published = maybe
		return f.resolve(ctx, err)
	case contested(err):
		return f.resolve(ctx, err)
	}
	return true, errors.Join(err, f.abort(ctx))
}

// unconditional reports whether the call that publishes would replace an object.
func (f *staged) unconditional() bool {
	if f.buffer == nil {
		return f.store.opts.Profile.InsecureUnconditionalComplete
	}
	return f.store.opts.Profile.InsecureUnconditionalPut
}

// write makes the call that publishes and returns the version it created, if the bucket has
// versions. A PutObject gets its metadata only now, with the digest. A multipart upload that was
// created before the file was read may lack it.
func (f *staged) write(ctx context.Context, doubt *bool) (version *string, err error) {
	s := f.store
	if f.buffer == nil {
		version, f.etag, err = s.completeUpload(ctx, f.key, f.uploadID, f.parts, s3calls.Watch(doubt))
		return version, err
	}
	in := s.putInput(f.attributes())
	if s.checksum != "" {
		in.ChecksumCRC32 = aws.String(f.buffer.sum())
	}
	out, err := s.puts.Put(ctx, in, f.buffer.toPut, doubt)
	if err != nil {
		return nil, err
	}
	return out.VersionId, nil
}

// resolve settles what a write that failed with cause has done.
func (f *staged) resolve(ctx context.Context, cause error) (free bool, err error) {
	found, version, err := f.settle(ctx, cause)
	switch found {
	case ours:
		f.published, f.version = yes, version
	case anothers:
		f.published = no
	case unknown:
		f.published = maybe
	case nobodys: // after a doubt it stays maybe, since a late PutObject may still arrive
	}
	return found == nobodys, err
}
