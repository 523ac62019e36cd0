package s3store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// Patch implements [storage.Patcher] for a file that is still in memory.
func (f *staged) Patch(_ context.Context, list []storage.Patch) error {
	if f.buffer == nil {
		return fmt.Errorf("s3store: %q: %w", f.key, storage.ErrNotPatched)
	}
	f.buffer.patch(list)
	return nil
}

// parkingKey returns a staging key in the folder of key, for which the same rights are given.
func parkingKey(key, nonce string) string {
	return path.Join(path.Dir(key), storage.StagingSegment, strings.ToLower(nonce))
}

// parked is a file of several parts that may be changed, an object under a staging key.
type parked struct {
	staging *staged
	etag    string
	size    int64
	patches []storage.Patch

	public *staged // what Commit publishes
	spent  bool
}

// park makes an object of the parts of f, of size bytes. On error nothing of the file is left.
func park(ctx context.Context, f *staged, size int64) (*parked, error) {
	etag, err := f.commitStaging(ctx)
	if err != nil {
		if failed := f.Discard(ctx); failed != nil {
			f.left(ctx, failed)
		}
		return nil, err
	}
	public := &staged{target: target{store: f.store, key: f.obj.Key, nonce: rand.Text()}, obj: f.obj}
	return &parked{staging: f, etag: etag, size: size, public: public}, nil
}

// commitStaging makes the staging object, and returns its ETag.
func (f *staged) commitStaging(ctx context.Context) (etag string, err error) {
	if err := f.Commit(ctx); err != nil {
		return "", err
	}
	if f.etag != nil {
		return *f.etag, nil
	}
	stored, err := f.store.Stat(ctx, f.key)
	return stored.ETag, err
}

// left logs that a staging object was not removed. A sweep removes it.
func (f *staged) left(ctx context.Context, err error) {
	f.store.opts.Logger.WarnContext(ctx, "s3store: a staged file is left", "key", f.key, "error", err)
}

// Patch implements [storage.Patcher].
func (p *parked) Patch(_ context.Context, list []storage.Patch) error {
	p.patches = list
	return nil
}

// Commit implements [storage.Staged] as [Store.Promote] does, and removes the staged object. If that
// fails, a sweep removes it.
func (p *parked) Commit(ctx context.Context) error {
	if p.spent {
		return errSpent
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.spent, p.public.published = true, maybe
	ctx = context.WithoutCancel(ctx)
	digest := ""
	if p.public.obj.SHA256 != nil {
		digest = p.public.obj.SHA256()
	}
	err := p.staging.store.Promote(ctx, storage.Promotion{
		From: p.staging.key, ETag: p.etag, Key: p.public.key, Type: p.public.obj.Type, Name: p.public.obj.Name,
		Size: p.size, SHA256: digest, Nonce: p.public.nonce, Patches: p.patches,
	})
	if err != nil {
		return err
	}
	if failed := p.staging.Discard(ctx); failed != nil {
		p.staging.left(ctx, failed)
	}
	return nil
}

// Discard implements [storage.Staged].
func (p *parked) Discard(ctx context.Context) error {
	p.spent = true
	return errors.Join(p.public.Discard(ctx), p.staging.Discard(ctx))
}
