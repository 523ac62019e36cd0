package s3store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

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

// parked is a file of several parts that may be changed: an object under a staging key, or already
// the parts of what Commit publishes.
type parked struct {
	staging *staged
	etag    string
	size    int64

	public *staged
	copied bool // public has its parts
	spent  bool // Commit or Discard was called
}

// park makes an object of the parts of f, of size bytes. On error it removes the file, and logs if
// it cannot.
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

// left logs that a staging object may not have been removed. A sweep removes it.
func (f *staged) left(ctx context.Context, err error) {
	f.store.opts.Logger.WarnContext(ctx, "s3store: a staged file may be left", "key", f.key, "error", err)
}

// Patch implements [storage.Patcher]. It makes the parts of what Commit publishes and removes the
// staged object. So Commit needs no memory, which later files of the request may hold.
func (p *parked) Patch(ctx context.Context, list []storage.Patch) error {
	if p.copied || p.spent {
		return errSpent
	}
	if err := p.copy(ctx, p.promotion(list)); err != nil {
		return err
	}
	p.copied = true
	if failed := p.staging.Discard(ctx); failed != nil {
		p.staging.left(ctx, failed)
	}
	return nil
}

// promotion describes how the staged object is published.
func (p *parked) promotion(list []storage.Patch) storage.Promotion {
	f := p.public
	m := storage.Promotion{
		Sources: []storage.Source{{Key: p.staging.key, ETag: p.etag, Size: p.size}}, Key: f.key, Type: f.obj.Type, Name: f.obj.Name,
		Size: p.size, Nonce: f.nonce, Patches: list,
	}
	if f.obj.SHA256 != nil {
		m.SHA256 = f.obj.SHA256()
	}
	return m
}

// copy makes the parts as [Store.Promote] does. It waits for memory no longer than Stage does. On
// HTTP/2 the unread rest of the form can hold up the requests whose memory it waits for. Only this
// process writes the staged object, so its ETag is pin enough. On error it aborts the upload. If
// that fails for an upload of copies, Discard tries again.
func (p *parked) copy(ctx context.Context, of storage.Promotion) (err error) {
	s := p.public.store
	obj := p.public.obj
	obj.MaxSize, obj.MayPatch = of.Size, false
	if s.opts.Profile.NoPinnedCopies {
		f, err := s.reread(ctx, of, obj)
		if err == nil {
			p.public = f
		}
		return err
	}
	m := &promotion{target: p.public.target, Promotion: of, waits: obj}
	parts, err := m.upload(ctx)
	switch {
	case err == nil:
		p.public.uploadID, p.public.parts = m.uploadID, parts
	case m.uploadID != nil:
		if failed := m.abandon(context.WithoutCancel(ctx)); failed != nil {
			p.public.uploadID, err = m.uploadID, errors.Join(err, failed)
		}
	}
	return err
}

// Commit implements [storage.Staged]. Without a call of Patch it first does what that does.
func (p *parked) Commit(ctx context.Context) error {
	switch {
	case p.spent:
		return errSpent
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !p.copied:
		if err := p.Patch(ctx, nil); err != nil {
			return err
		}
	}
	p.spent = true
	return p.public.Commit(ctx)
}

// Discard implements [storage.Staged].
func (p *parked) Discard(ctx context.Context) error {
	p.spent = true
	return errors.Join(p.public.Discard(ctx), p.staging.Discard(ctx))
}
