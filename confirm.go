package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/sniff"
)

// Confirm publishes the file of a ticket that its client has sent to the
// storage, and then calls done, unless it is nil.
//
// It completes a multipart upload if its parts are exactly those that were
// signed, reads the stored bytes through the validators, and publishes under
// the ticket's key exactly the bytes that it read: whatever is sent later by the
// same signed request is never published. A file that is refused is removed
// from staging, with the same codes as a streamed one. Before the whole file
// has arrived the error is [CodeNotUploaded], and nothing is removed.
//
// A ticket publishes once. Confirming again, at the same time or after a lost
// answer, gives the same file again without reading it, and calls done again:
// so done runs at least once and must be idempotent by the file's key. When it
// fails, the published file stays, for another try or for whoever sweeps the
// bucket. Only when it has succeeded, what lies in staging is removed.
//
// The error is an [*Error], for [Handler.RespondError], or what done returned.
func (p *Presigner) Confirm(r *http.Request, token string, done func(File) error) (f File, err error) {
	var failed error
	q, t, err := p.step(r, token)
	defer func() {
		if err = q.leaveWith(err); err == nil {
			err = failed
		}
	}()
	if err != nil {
		return File{}, err
	}
	err = p.tickets.do(q.ctx, t, func(s *ticketState) error {
		f, err = p.publish(q, t, s)
		return err
	})
	if err != nil {
		return File{}, withFile(err, t.Field, t.Name)
	}
	if done != nil {
		if failed = done(f); failed != nil {
			return f, nil
		}
	}
	_ = p.remove(q, t) // what it cannot remove it has logged
	return f, nil
}

// publish returns the published file, which it publishes unless that was done.
func (p *Presigner) publish(q *request, t *sealed, s *ticketState) (File, error) {
	if f, err := p.published(q.ctx, t); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if s.ended {
		return File{}, errors.Join(errBadTicket, p.remove(q, t))
	}
	if err := p.complete(q.ctx, t); err != nil {
		return File{}, err
	}
	stored, err := p.store.Stat(q.ctx, t.Staging)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, Reject(CodeNotUploaded, "the file has not been uploaded")
	case err != nil:
		return File{}, storageError(err)
	}
	if s.attempts++; s.attempts > maxAttempts || s.read+stored.Size > maxReads*t.Size {
		s.ended = true
		return File{}, errors.Join(errBadTicket, p.remove(q, t))
	}
	f, err := p.check(q, t, stored, s)
	if err != nil {
		return File{}, p.refuse(q, t, err)
	}
	return f, p.promote(q, t, stored.ETag, f)
}

// published returns the file if this ticket has published it before. The error
// is fs.ErrNotExist if nobody has.
func (p *Presigner) published(ctx context.Context, t *sealed) (File, error) {
	stored, err := p.store.Stat(ctx, t.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, err
	case err != nil:
		return File{}, storageError(err)
	case stored.Nonce != t.ID:
		return File{}, commitError(ErrExists)
	}
	return File{Field: t.Field, Name: t.Name, Key: t.Key, Type: stored.Type, Size: stored.Size, SHA256: stored.SHA256}, nil
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
			return Reject(CodeNotUploaded, fmt.Sprintf("part %d is missing or has not the size that was signed", i+1))
		}
	}
	if len(parts) != t.parts() {
		return Reject(CodeNotUploaded, fmt.Sprintf("%d of %d parts have been uploaded", len(parts), t.parts()))
	}
	err = p.store.CompleteMultipart(ctx, t.Staging, t.UploadID, parts)
	if errors.Is(err, fs.ErrNotExist) { // by another instance, just now
		return nil
	}
	return storageError(err)
}

// check reads what is stored through the validators.
func (p *Presigner) check(q *request, t *sealed, stored Stored, s *ticketState) (File, error) {
	if stored.Size != t.Size {
		return File{}, Reject(CodeContent, fmt.Sprintf("the file has %d bytes, not the %d that were declared", stored.Size, t.Size))
	}
	if err := p.takeCheck(q); err != nil {
		return File{}, err
	}
	defer p.checks.Release(q.grant.Subject, 1)

	src, err := p.openStaged(q, t, stored.ETag)
	if err != nil {
		return File{}, err
	}
	defer func() {
		s.read += src.read
		src.close()
	}()
	in := &Incoming{Field: t.Field, Name: t.Name, ClaimedType: t.Type, Subject: t.Subject}
	if err := readHead(in, src); err != nil {
		return File{}, err
	}
	in.Size = stored.Size
	observer, err := p.judge(q, in)
	if err != nil {
		return File{}, err
	}
	st := newStream(src, in.Head, t.Size, q.worker, observer, t.SHA256 != "" || p.h.opts.SHA256)
	defer st.close()
	if _, err := io.Copy(io.Discard, onlyReader{st}); err != nil {
		return File{}, err
	}
	switch {
	case st.size != t.Size:
		return File{}, storageError(io.ErrUnexpectedEOF)
	case t.SHA256 != "" && st.digest != t.SHA256:
		return File{}, Reject(CodeContent, "the file is not the one that was declared: its SHA-256 differs")
	}
	return File{Field: t.Field, Name: t.Name, Key: t.Key, Type: in.Type, Size: st.size, SHA256: st.digest}, nil
}

// judge asks the policy. The name has chosen the key's extension before anybody
// saw the file, so a file of another type is refused whatever the policy.
func (p *Presigner) judge(q *request, in *Incoming) (Observer, error) {
	if types := sniff.TypesOf(filename.Ext(in.Name)); len(types) > 0 && !slices.Contains(types, in.Type) {
		return nil, Reject(CodeTypeMismatch, fmt.Sprintf("the name stands for %s, the content is %s", types[0], in.Type))
	}
	return q.validate(in)
}

// takeCheck waits for one of the MaxChecks places.
func (p *Presigner) takeCheck(q *request) error {
	ctx, cancel := context.WithTimeout(q.ctx, p.h.opts.MaxWait)
	defer cancel()
	if err := p.checks.Acquire(ctx, q.grant.Subject, 1); err != nil {
		return &Error{Code: CodeBusy, Reason: busyReason, Err: err}
	}
	return nil
}

// refuse removes a file that was judged bad. What could not be judged stays, for
// another try.
func (p *Presigner) refuse(q *request, t *sealed, err error) error {
	status := errorOf(err).Code.Status()
	if status >= http.StatusInternalServerError || errors.Is(err, CodeConflict) {
		return err
	}
	return errors.Join(err, p.remove(q, t))
}

// promote publishes what was checked. It does not end with the request.
func (p *Presigner) promote(q *request, t *sealed, etag string, f File) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), p.h.opts.CommitTimeout)
	defer cancel()
	err := p.store.Promote(ctx, Promotion{
		From: t.Staging, ETag: etag, Key: t.Key,
		Type: f.Type, Name: f.Name, Size: f.Size, SHA256: f.SHA256, Nonce: t.ID,
	})
	switch {
	case errors.Is(err, ErrChanged):
		return errChanged(err)
	case err != nil:
		return commitError(err)
	}
	q.logAccepted([]File{f})
	return nil
}

func errChanged(err error) error {
	return &Error{Code: CodeConflict, Reason: "the file was replaced while it was checked; confirm again", Err: err}
}

// openStaged opens what is stored, if it is still what etag names.
func (p *Presigner) openStaged(q *request, t *sealed, etag string) (*stagedReader, error) {
	ctx, cancel := context.WithCancelCause(q.ctx)
	body, err := p.store.OpenAt(ctx, t.Staging, etag, 0)
	if err != nil {
		cancel(nil)
		if errors.Is(err, ErrChanged) || errors.Is(err, fs.ErrNotExist) {
			return nil, errChanged(err)
		}
		return nil, storageError(err)
	}
	r := &stagedReader{body: body, stall: p.h.opts.StallTimeout, cancel: cancel}
	r.timer = time.AfterFunc(r.stall, func() { cancel(errors.New("upload: the storage sends no data")) })
	r.timer.Stop()
	return r, nil
}

// stagedReader reads from the storage, which may stall like any other.
type stagedReader struct {
	body   io.ReadCloser
	stall  time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
	read   int64
}

func (r *stagedReader) Read(p []byte) (int, error) {
	r.timer.Reset(r.stall)
	n, err := r.body.Read(p)
	r.timer.Stop()
	r.read += int64(n)
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped one is not the end of a reader
		err = storageError(err)
	}
	return n, err
}

func (r *stagedReader) close() {
	r.timer.Stop()
	_ = r.body.Close()
	r.cancel(nil)
}
