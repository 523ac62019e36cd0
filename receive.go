package upload

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/form"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Tx is what [Handler.Receive] received: files that passed every check and are
// not readable yet. Like an sql.Tx it ends with Commit or Rollback; a deferred
// Rollback is right in every case. It is not safe for concurrent use.
type Tx struct {
	*request
	query     url.Values
	waitUntil time.Time

	staged   []storage.Staged
	files    []File // by index the ones of staged
	state    txState
	received bool // all files are staged
}

type txState int

const (
	txOpen txState = iota
	txCommitted
	txEnded
)

// Receive reads the whole form and stages its files: when it returns without
// an error, every validator has accepted every file, all are in storage, and
// none is readable before [Tx.Commit].
//
// The text fields are in r.Form, r.PostForm and r.MultipartForm (whose File is
// empty), so that form binding works afterwards.
//
// On error nothing is kept, and the error is an [*Error]; give it to
// [Handler.RespondError], which knows how to answer a client that is still
// sending.
func (h *Handler) Receive(w http.ResponseWriter, r *http.Request) (*Tx, error) {
	tx := &Tx{request: h.newRequest(r, newBody(w, r, &h.opts))}
	defer func() {
		tx.body.close(r)
		tx.worker.Close()
		if !tx.received { // also when storage panics
			_ = tx.Rollback()
		}
	}()
	if err := tx.receive(); err != nil {
		return nil, tx.refused(err, tx.files)
	}
	tx.received = true
	return tx, nil
}

func (tx *Tx) receive() error {
	if !tx.h.enter(tx.request) {
		return errShutdown
	}
	boundary, err := tx.admit()
	if err != nil {
		return err
	}
	fr := form.NewReader(tx.body, boundary, form.Limits{
		Parts:         tx.grant.MaxFiles + len(tx.h.opts.Fields) + maxTextFields + 1,
		Fields:        maxTextFields,
		FieldBytes:    maxTextFieldSize,
		FieldsBytes:   tx.h.opts.MaxTextSize,
		HeaderBytes:   maxHeaderSize,
		EpilogueBytes: maxEpilogue,
	})
	defer fr.Release()
	values := url.Values{}
	if err := tx.parts(fr, values); err != nil {
		return err
	}
	if len(tx.files) == 0 && !tx.h.opts.AllowNoFile {
		return Reject(CodeNoFile, "the form has no file")
	}
	tx.fillForm(values)
	return nil
}

// parts reads the form to its end.
func (tx *Tx) parts(fr *form.Reader, values url.Values) error {
	for {
		p, err := fr.Next()
		if err == io.EOF { //nolint:errorlint // the bare one, as form.Reader promises
			return nil
		}
		if err != nil {
			return formError(err)
		}
		if p.IsFile {
			if err := tx.file(fr, p, values); err != nil {
				return err
			}
			continue
		}
		text, err := fr.Field(p)
		if err != nil {
			return formError(err)
		}
		values.Add(p.Name, text)
	}
}

// fillForm does what ParseMultipartForm does, without files, so that r's form
// methods and the binding of frameworks find the text fields. As there, values
// of the query come first in r.Form.
func (tx *Tx) fillForm(values url.Values) {
	r := tx.r
	r.PostForm = values
	r.MultipartForm = &multipart.Form{Value: values, File: map[string][]*multipart.FileHeader{}}
	r.Form = url.Values{}
	for _, from := range []url.Values{tx.query, values} {
		for key, vs := range from {
			r.Form[key] = append(r.Form[key], vs...)
		}
	}
}

// refused undoes what was received and tells the log and the hooks.
func (tx *Tx) refused(err error, others []File) *Error {
	e := tx.diagnose(err)
	e.Others, e.body = others, tx.body
	defer tx.leave()
	defer tx.body.owe(tx.r.Context(), tx.settleBody)
	_ = tx.rollback()
	tx.decide(tx.refusal(e))
	return e
}

// diagnose makes err an *Error of this request, and prefers what ended the body
// or the request to what others made of it.
func (tx *Tx) diagnose(err error) *Error {
	e := &Error{}
	var given *Error
	if errors.As(err, &given) {
		*e = *given
		if e.Err == nil && err != error(given) { //nolint:errorlint // whether err is given itself
			e.Err = err // joined with more, for the log
		}
	} else {
		e = internal(err)
	}
	first := tx.body.err
	if !errors.As(first, &given) {
		first = context.Cause(tx.ctx)
	}
	if errors.As(first, &given) {
		e.Code, e.Reason, e.Err = given.Code, given.Reason, err
	} else if tx.ctx.Err() != nil && !tx.received && e.Code.Status() >= http.StatusInternalServerError {
		e.Code, e.Reason, e.Err = CodeClientGone, goneReason, err
	}
	return e
}

// Files are the files received, in the order of the form.
func (tx *Tx) Files() []File { return slices.Clone(tx.files) }

// Commit publishes all files, under [Options.CommitTimeout]. If one cannot be
// published none stays, and the error is an [*Error]. Pass a context that does
// not end with the client's connection, since what was published then is only
// undone: context.WithoutCancel(r.Context()) is usual.
func (tx *Tx) Commit(ctx context.Context) error {
	if tx.state != txOpen {
		return internal(errors.New("upload: Commit of an upload that has ended"))
	}
	tx.progress.is(StateCommitting, "")
	ctx, cancel := context.WithTimeout(ctx, tx.h.opts.CommitTimeout)
	defer cancel()
	for i, s := range tx.staged {
		if err := worker.Apart(func() error { return s.Commit(ctx) }); err != nil {
			e := commitError(err)
			tx.about = tx.files[i]
			e.Field, e.Name = tx.about.Field, tx.about.Name
			return tx.refused(e, slices.Delete(tx.Files(), i, i+1))
		}
	}
	tx.state = txCommitted
	tx.place.leave()
	tx.settleBody()
	tx.decide(Event{Kind: KindAccepted, Files: tx.Files()})
	if !tx.held {
		tx.leave()
	}
	return nil
}

func commitError(err error) *Error {
	if errors.Is(err, storage.ErrExists) {
		return &Error{Code: CodeConflict, Reason: "a file with this key is stored already", Err: err}
	}
	return storageRefusal(err)
}

// Rollback removes the files unless they were committed; afterwards it does
// nothing. It needs no context: the client may be gone and storage must be told
// all the same. An error says that something was left; it was logged.
func (tx *Tx) Rollback() error {
	if tx.state != txOpen {
		return nil
	}
	defer tx.leave()
	defer tx.settleBody()
	err := tx.rollback()
	if tx.received { // else a panic of storage's
		tx.decide(Event{Kind: KindAborted, Files: tx.Files(), Err: err})
	}
	return err
}

func (tx *Tx) rollback() error {
	tx.state = txEnded
	defer tx.place.leave()
	return tx.discard(tx.ctx)
}

// Undo removes the files again that Commit published, as when the host's own
// transaction failed afterwards. It does so whether or not ctx is cancelled.
func (tx *Tx) Undo(ctx context.Context) error {
	if tx.state != txCommitted {
		return nil
	}
	tx.state = txEnded
	tx.h.reenter(tx.request)
	defer tx.leave()
	begin := time.Now()
	err := tx.discard(ctx)
	tx.tell(Event{Kind: KindUndone, Files: tx.Files(), Duration: time.Since(begin), Err: err})
	return err
}
