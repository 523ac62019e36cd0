package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// Confirm publishes the file that the client of a ticket has sent, then calls done, unless it is
// nil.
//
// It completes a multipart upload of exactly the signed parts, and cleans and checks the stored
// bytes. It publishes exactly the result under the ticket's key, whatever the client sends later. A
// bad file is removed. Before the whole file has arrived the error is [CodeNotUploaded].
//
// Confirming again returns the same file, and calls done again, even concurrently: it must be
// idempotent by the file's key. When done fails, both files, staged and published, stay.
//
// Before done, Confirm looks at the published object. [CodeStorage] can be tried again.
// WriteTimeout starts again for the answer. The error is an [*Error], for [Handler.RespondError],
// or that of done.
func (p *Presigner) Confirm(w http.ResponseWriter, r *http.Request, token string, done func(File) error) (f File, err error) {
	ctl := http.NewResponseController(w)
	stopWriteDeadline(ctl, r)
	defer renewWriteDeadline(ctl, r)
	q, t, err := p.step(r, token)
	return p.confirm(q, t, err, func(f File) error {
		if done == nil {
			return nil
		}
		renewWriteDeadline(ctl, r)
		return done(f)
	})
}

// ConfirmStored is [Presigner.Confirm] for a client that left after sending: an event of the bucket
// brings the staging key, and a ticket lies beside the file. [PresignOptions.GrantStored] replaces
// the authorizer. The first confirmation publishes.
//
// Without a ticket, as after Confirm, the error is [CodeBadTicket], and not reported. Only an
// [*Error] with a status below 500 is final. See docs/production.md.
func (p *Presigner) ConfirmStored(ctx context.Context, key string, done func(subject string, f File) error) (File, error) {
	if p.stored == nil {
		return File{}, internal(errors.New("upload: ConfirmStored needs PresignOptions.GrantStored"))
	}
	t, err := p.storedTicket(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, errBadTicket
	}
	q := p.h.newSession(ctx, doorDirect, nil)
	if err == nil {
		err = p.admitStored(q, t)
	}
	return p.confirm(q, t, err, func(f File) error {
		if done == nil {
			return nil
		}
		return done(t.Subject, f)
	})
}

// storedTicket returns the ticket that lies beside the staged file of that key. The error is
// fs.ErrNotExist if there is none, as for every key outside of staging.
func (p *Presigner) storedTicket(ctx context.Context, key string) (*sealed, error) {
	id, ok := strings.CutPrefix(key, p.opts.StagingPrefix+storage.StagingSegment+"/")
	if !ok || strings.ContainsAny(id, "./") || storage.ValidKey(key) != nil {
		return nil, fs.ErrNotExist
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.h.opts.StallTimeout, errStall)
	defer cancel()
	r, err := p.store.OpenAt(ctx, key+ticketSuffix, "", 0, ticket.MaxToken)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	} else if err != nil {
		return nil, storageError(err)
	}
	token, err := io.ReadAll(io.LimitReader(r, ticket.MaxToken))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, storageError(err)
	}
	t, err := unsealTicket(p.stored, string(token))
	if err == nil && t.Staging != key {
		err = errBadTicket
	}
	return t, err
}

// confirm publishes the file of t, unless the step was not admitted, and ends the step.
func (p *Presigner) confirm(q *session, t *sealed, admitted error, done func(File) error) (f File, err error) {
	var failed error
	defer func() {
		if err = q.leaveWith(err); err == nil {
			err = failed
		}
	}()
	if admitted != nil {
		return File{}, admitted
	}
	q.progress = p.h.opts.Progress.begin(q.r, t.Subject, StateWaiting, t.Size)
	err = p.turns.Do(q.ctx, t.ID, t.expires(), func(s *ticket.State) error {
		f, err = p.publish(q, t, s)
		return err
	})
	q.worker.Close() // which frees the slot: done needs none
	if err != nil {
		return File{}, withFile(err, t.Field, t.Name)
	}
	q.decide(Event{Kind: KindConfirmed, Files: []File{f}}) // unless it was accepted just now
	q.progress.is(StateDone, "")
	if failed = done(f); failed != nil {
		return f, nil
	}
	_ = p.remove(q, t) // failures are logged
	return f, nil
}

// publish publishes the file unless that was done, and returns it.
func (p *Presigner) publish(q *session, t *sealed, s *ticket.State) (File, error) {
	f, err := p.published(q.ctx, t, p.unchanged(q, t))
	switch {
	case err == nil, !errors.Is(err, fs.ErrNotExist):
		s.Published = s.Published || err == nil
		return f, err
	case s.Ended, s.Published: // aborted, or published here and removed since by the host
		return File{}, errors.Join(errBadTicket, p.remove(q, t))
	}
	if err := p.complete(q.ctx, t); err != nil {
		return File{}, err
	}
	stored, err := p.store.Stat(q.ctx, t.Staging)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.Refused != nil: // an earlier confirmation has removed it
		return File{}, s.Refused
	case errors.Is(err, fs.ErrNotExist):
		return File{}, &Error{Code: CodeNotUploaded}
	case err != nil:
		return File{}, storageError(err)
	case !s.MayRead(t.Size):
		return File{}, &Error{Code: CodeBusy, RetryAfter: time.Hour, Params: map[string]any{"kind": "checks"}}
	}
	c, err := p.checkStaged(q, t, stored, s)
	if err != nil {
		return File{}, p.refuse(q, t, s, err)
	}
	defer c.close()
	if err := p.promote(q, t, c, p.store, []storage.Source{{Key: t.Staging, ETag: stored.ETag, Size: t.Size}}); err != nil {
		return File{}, err
	}
	s.Published = true
	return c.file, nil
}

// complete makes one object of the parts if they are exactly those that were signed. It does
// nothing for a single request, and after another confirmation has done so.
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
func (p *Presigner) refuse(q *session, t *sealed, s *ticket.State, err error) error {
	status := errorOf(err).Code.Status()
	if status >= http.StatusInternalServerError || errors.Is(err, CodeConflict) {
		return err
	}
	s.Refused = err
	return errors.Join(err, p.remove(q, t))
}

// checkStaged checks the staged object, if it has the declared size and still the ETag of stored.
func (p *Presigner) checkStaged(q *session, t *sealed, stored storage.Stored, s *ticket.State) (*checked, error) {
	if stored.Size != t.Size {
		return nil, &Error{Code: CodeNotDeclared, Params: map[string]any{"kind": "size", "size": stored.Size, "declared": t.Size}}
	}
	staged := storage.StagedObject{Key: t.Staging, ETag: stored.ETag, Size: t.Size, Subject: q.grant.Subject}
	return p.check(q, t, s, func(ctx context.Context) (io.ReadCloser, error) { return p.store.OpenStaged(ctx, staged) })
}
