package upload

import (
	"context"
	"errors"
	"fmt"
	"github.com/airlock-go/upload/storage"
	"io/fs"
	"time"
)

// promote publishes what was checked, and looks at what was published. It does not
// end with the request, and has a minute more for each gibibyte, which the storage
// has to copy.
func (p *Presigner) promote(q *request, t *sealed, etag, digest string, f File) error {
	q.progress.is(StateCommitting, "")
	timeout := p.h.opts.CommitTimeout + time.Duration(f.Size>>30)*time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), timeout)
	defer cancel()
	err := p.store.Promote(ctx, storage.Promotion{
		From: t.Staging, ETag: etag, Key: t.Key,
		Type: f.Type, Name: f.Name, Size: f.Size, SHA256: digest, Nonce: t.ID,
	})
	switch {
	case errors.Is(err, storage.ErrChanged):
		return errChanged(err)
	case err != nil:
		return commitError(err)
	}
	if _, err := p.published(ctx, t, digest); err != nil {
		return storageError(fmt.Errorf("upload: the storage says that it has published the file: %w", err))
	}
	q.decide(Event{Kind: KindAccepted, Files: []File{f}})
	return nil
}

// published returns the file if this ticket has published it, which is then what
// was checked; digest is its SHA-256, "" if it is not known. The error is
// fs.ErrNotExist if nobody has.
func (p *Presigner) published(ctx context.Context, t *sealed, digest string) (File, error) {
	stored, err := p.store.Stat(ctx, t.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, err
	case err != nil:
		return File{}, storageError(err)
	case stored.Nonce != t.ID:
		return File{}, commitError(storage.ErrExists)
	case stored.Size != t.Size, digest != "" && stored.SHA256 != "" && stored.SHA256 != digest:
		return File{}, storageError(errOtherFile)
	}
	return p.file(t, stored.Type, stored.SHA256), nil
}

var errOtherFile = errors.New("upload: what is published is not the file that was checked")
