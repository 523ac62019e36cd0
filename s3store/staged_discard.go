package s3store

import (
	"context"
	"errors"
	"fmt"

	"github.com/airlock-go/upload/storage"
)

// maxVersions is how often one Discard tries to remove the object. Without conditions, retries of
// one PutObject can create several versions.
const maxVersions = 10

// Discard implements [storage.Staged]. It continues when ctx ends; CallTimeout limits each call. On
// versioned buckets it removes the version that Commit published, for which it needs
// s3:DeleteObjectVersion, and leaves no delete marker. It fails under Object Lock. Where versioning
// is suspended it needs s3:DeleteObject and leaves a delete marker, since S3 binds no other removal
// to an ETag.
func (f *staged) Discard(ctx context.Context) error {
	f.spent = true
	f.forget()
	ctx = context.WithoutCancel(ctx)
	if err := f.abort(ctx); err != nil {
		return err
	}
	return f.withdraw(ctx)
}

// withdraw removes the published object. A unique version id is never reused, but a bare key can
// have another writer's object by now, so withdraw compares the nonce first.
func (f *staged) withdraw(ctx context.Context) error {
	for range maxVersions {
		if f.published == no {
			return nil
		}
		var etag *string
		if f.published == maybe || !isUnique(f.version) {
			found, out, err := f.find(ctx)
			if err != nil {
				return err
			}
			if found != ours {
				f.published = no
				return nil
			}
			f.published, f.version, etag = yes, out.VersionId, out.ETag
		}
		err := f.store.deleteReadable(ctx, f.key, f.version, etag)
		if errors.Is(err, storage.ErrChanged) { // it was replaced after the look, or is gone
			f.published = maybe
			continue
		}
		if err != nil {
			return err
		}
		// Without conditions a retried PutObject may have created another version, which is the
		// readable one now.
		f.published, f.version = no, nil
		if f.store.opts.Profile.InsecureUnconditionalPut {
			f.published = maybe
		}
	}
	return fmt.Errorf("s3store: the object may still be readable after %d tries to remove it", maxVersions)
}
