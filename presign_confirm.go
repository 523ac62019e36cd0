package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// Confirm publishes the file of a ticket that its client has sent, then calls done, unless it is
// nil.
//
// It completes a multipart upload of exactly the signed parts, reads the stored bytes through the
// validators, and publishes exactly those under the ticket's key, whatever the client sends later.
// A refused file is removed. Before the whole file has arrived the error is [CodeNotUploaded].
//
// Confirming again returns the same file without reading it, and calls done again, even
// concurrently: done must be idempotent by the file's key. When done fails, published and staged
// file stay, for another try or a sweep. A ticket publishes one file; only if the host deletes
// that, another instance can publish again.
//
// Confirm calls done only if the published object is this ticket's, of its size and, where known,
// its SHA-256. Otherwise it fails with [CodeStorage], and can be tried again. WriteTimeout starts
// again for the answer. The error is an [*Error], for [Handler.RespondError], or that of done.
func (p *Presigner) Confirm(w http.ResponseWriter, r *http.Request, token string, done func(File) error) (f File, err error) {
	ctl := http.NewResponseController(w)
	stopWriteDeadline(ctl, r)
	var failed error
	q, t, err := p.step(r, token)
	defer func() {
		if err = q.leaveWith(err); err == nil {
			err = failed
		}
		renewWriteDeadline(ctl, r)
	}()
	if err != nil {
		return File{}, err
	}
	q.progress = p.h.opts.Progress.begin(r, t.Subject, StateWaiting, t.Size)
	err = p.turns.Do(q.ctx, t.ID, t.expires(), func(s *ticket.State) error {
		f, err = p.publish(q, t, s)
		return err
	})
	q.worker.Close() // and with it the slot: done takes none
	if err != nil {
		return File{}, withFile(err, t.Field, t.Name)
	}
	q.decide(Event{Kind: KindConfirmed, Files: []File{f}}) // unless it was accepted just now
	q.progress.is(StateDone, "")
	if done != nil {
		renewWriteDeadline(ctl, r)
		if failed = done(f); failed != nil {
			return f, nil
		}
	}
	_ = p.remove(q, t) // failures are logged
	return f, nil
}

// publish returns the published file, which it publishes unless that was done.
func (p *Presigner) publish(q *session, t *sealed, s *ticket.State) (File, error) {
	f, err := p.published(q.ctx, t, p.unchanged(q, t))
	switch {
	case err == nil, !errors.Is(err, fs.ErrNotExist):
		s.Published = s.Published || err == nil
		return f, err
	case s.Ended, s.Published: // and removed since by the host
		return File{}, errors.Join(errBadTicket, p.remove(q, t))
	}
	if err := p.complete(q.ctx, t); err != nil {
		return File{}, err
	}
	stored, err := p.store.Stat(q.ctx, t.Staging)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, &Error{Code: CodeNotUploaded}
	case err != nil:
		return File{}, storageError(err)
	case !s.MayRead(t.Size):
		return File{}, &Error{Code: CodeBusy, RetryAfter: time.Hour, Params: map[string]any{"kind": "checks"}}
	}
	c, err := p.checkStaged(q, t, stored, s)
	if err != nil {
		return File{}, p.refuse(q, t, err)
	}
	defer c.close()
	if err := p.promote(q, t, c, p.store, []storage.Source{{Key: t.Staging, ETag: stored.ETag, Size: t.Size}}); err != nil {
		return File{}, err
	}
	s.Published = true
	return c.file, nil
}

// complete makes one object of the parts if they are exactly those that were
// signed. It may have been done before.
func (p *Presigner) complete(ctx context.Context, t *sealed) error {
	if t.UploadID == "" {
		return nil
	}
	parts, err := p.store.Parts(ctx, t.Staging, t.UploadID)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return storageError(err)
	}
	for i, part := range parts {
		if part.Number != i+1 || i >= t.parts() || part.Size != t.partSize(i+1) {
			return &Error{Code: CodeNotUploaded, Params: map[string]any{"part": i + 1, "parts": t.parts()}}
		}
	}
	if len(parts) != t.parts() {
		return &Error{Code: CodeNotUploaded, Params: map[string]any{"arrived": len(parts), "parts": t.parts()}}
	}
	err = p.store.CompleteMultipart(ctx, t.Staging, t.UploadID, parts)
	switch {
	case errors.Is(err, fs.ErrNotExist): // by another instance, just now
		return nil
	case errors.Is(err, storage.ErrChanged):
		return errChanged(err)
	}
	return storageError(err)
}

// refuse removes a file that was judged bad. A file that could not be judged stays, for another
// try.
func (p *Presigner) refuse(q *session, t *sealed, err error) error {
	status := errorOf(err).Code.Status()
	if status >= http.StatusInternalServerError || errors.Is(err, CodeConflict) {
		return err
	}
	return errors.Join(err, p.remove(q, t))
}

// checkStaged reads the staged object, if it still has the ETag.
func (p *Presigner) checkStaged(q *session, t *sealed, stored storage.Stored, s *ticket.State) (*checked, error) {
	if stored.Size != t.Size {
		return nil, &Error{Code: CodeNotDeclared, Params: map[string]any{"kind": "size", "size": stored.Size, "declared": t.Size}}
	}
	staged := storage.StagedObject{Key: t.Staging, ETag: stored.ETag, Size: t.Size, Subject: q.grant.Subject}
	return p.check(q, t, s, func(ctx context.Context) (io.ReadCloser, error) { return p.store.OpenStaged(ctx, staged) })
}
