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
	f, err := p.published(q.ctx, t, t.SHA256)
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
	f, digest, err := p.check(q, t, stored, s)
	if err != nil {
		return File{}, p.refuse(q, t, err)
	}
	if err := p.promote(q, t, stored.ETag, digest, f); err != nil {
		return File{}, err
	}
	s.Published = true
	return f, nil
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

// check reads the stored bytes through the validators, and returns the file and its SHA-256.
// Promotion is held to that digest: an ETag can be an MD5, of which a client can make two files,
// and single requests can come again. Parts cannot, once they are one object.
func (p *Presigner) check(q *session, t *sealed, stored storage.Stored, s *ticket.State) (f File, digest string, err error) {
	field, known := q.rules.fields[t.Field]
	switch {
	case !known: // any more, or for this caller
		return f, "", unexpectedField(q.rules.fields.names())
	case stored.Size != t.Size:
		return f, "", &Error{Code: CodeNotDeclared, Params: map[string]any{"kind": "size", "size": stored.Size, "declared": t.Size}}
	case t.Size > field.MaxSize:
		return f, "", tooLarge(field.MaxSize, t.Size)
	}
	if err := p.takeCheck(q); err != nil {
		return f, "", err
	}
	defer q.place.leave()
	src, err := p.openStaged(q, t, stored.ETag)
	if err != nil {
		return f, "", err
	}
	s.Attempts++
	src.progress = q.progress
	q.progress.is(StateChecking, "")
	defer func() {
		s.Read, q.checked = s.Read+src.read, src.read
		src.close()
	}()
	in := &Incoming{Field: t.Field, Name: t.Name, ClaimedType: t.Type, Subject: t.Subject}
	if err := readHead(in, src); err != nil {
		return f, "", err
	}
	in.Size, q.about.Type = stored.Size, in.Type
	st, err := p.read(q, t, in, src)
	if err != nil {
		return f, "", err
	}
	return p.file(t, in.Type, st.digest), st.digest, nil
}

// read shows the observers all that is stored.
func (p *Presigner) read(q *session, t *sealed, in *Incoming, src io.Reader) (*stream, error) {
	observer, err := p.judge(q, t, in)
	if err != nil {
		return nil, err
	}
	st := newStream(src, in.Head, t.Size, q.worker, observer, t.UploadID == "" || t.SHA256 != "" || p.h.opts.SHA256)
	defer st.close()
	if _, err := io.Copy(io.Discard, onlyReader{st}); err != nil {
		return nil, err
	}
	if t.SHA256 != "" && st.digest != t.SHA256 {
		return nil, &Error{Code: CodeNotDeclared, Params: map[string]any{"kind": "sha256"}}
	}
	return st, nil
}

// judge asks the policy. The name, or else the claimed type, has chosen the key's extension before
// the file was read, so a file of another type is refused whatever the policy.
func (p *Presigner) judge(q *session, t *sealed, in *Incoming) (Observer, error) {
	types := sniff.TypesOf(filename.Ext(in.Name))
	if len(types) == 0 && len(sniff.Extensions(t.Type)) > 0 {
		types = []string{t.Type}
	}
	if len(types) > 0 && !slices.Contains(types, in.Type) {
		e := typeMismatch(in.Name, in.Type)
		delete(e.Params, "extensions") // of which the policy may accept none
		return nil, e
	}
	return q.validate(in)
}

// takeCheck waits for one of the MaxChecks places, which a check that hangs keeps.
func (p *Presigner) takeCheck(q *session) error {
	ctx, cancel := context.WithTimeout(q.ctx, p.h.opts.MaxWait)
	defer cancel()
	subject := q.grant.Subject
	if err := p.checks.Acquire(ctx, subject, 1); err != nil {
		return &Error{Code: CodeBusy, Err: err}
	}
	q.holdPlace(func() { p.checks.Release(subject, 1) })
	return nil
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

// openStaged opens the staged object, if it still has etag. It has the ticket's size, or reading it
// fails.
func (p *Presigner) openStaged(q *session, t *sealed, etag string) (*stallReader, error) {
	staged := storage.StagedObject{Key: t.Staging, ETag: etag, Size: t.Size, Subject: q.grant.Subject}
	r, err := openStalling(q.ctx, t.Size, p.h.opts.StallTimeout, func(ctx context.Context) (io.ReadCloser, error) {
		return p.store.OpenStaged(ctx, staged)
	})
	if err != nil {
		return nil, readError(err)
	}
	return r, nil
}

// promote publishes the checked bytes, and looks at the published object. It does not end with the
// request, and has a minute more for each gibibyte, which the storage has to copy.
func (p *Presigner) promote(q *session, t *sealed, etag, digest string, f File) error {
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

// published returns the file if this ticket has published it, which is then the checked one; digest
// is its SHA-256, "" if it is not known. The error is fs.ErrNotExist if no such object exists.
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
