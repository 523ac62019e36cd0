package upload

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/airlock-go/upload/internal/form"
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
	tx := &Tx{s: h.newSession(r, newBody(w, r, h.pace())), taken: map[string]int{}}
	defer func() {
		tx.s.body.close(r)
		tx.s.worker.Close()
		if tx.state == txReceiving { // as when storage panics
			_ = tx.Rollback()
		}
	}()
	if err := tx.receive(); err != nil {
		return nil, tx.refused(err, tx.files)
	}
	tx.state = txOpen
	return tx, nil
}

func (tx *Tx) receive() error {
	if !tx.s.h.sessions.enter(&tx.s.live) {
		return errShutdown
	}
	boundary, err := tx.admit()
	if err != nil {
		return err
	}
	fr := form.NewReader(tx.s.body, boundary, form.Limits{
		Parts:         tx.s.rules.files + len(tx.s.rules.fields) + maxTextFields + 1,
		Fields:        maxTextFields,
		FieldBytes:    maxTextFieldSize,
		FieldsBytes:   tx.s.h.opts.MaxTextSize,
		HeaderBytes:   maxHeaderSize,
		EpilogueBytes: maxEpilogue,
	})
	defer fr.Release()
	values := url.Values{}
	if err := tx.parts(fr, values); err != nil {
		return err
	}
	if err := tx.checkText(values); err != nil {
		return err
	}
	if err := tx.s.rules.missing(tx.taken); err != nil {
		return err
	}
	tx.fillForm(values)
	return nil
}

const (
	textPartOverhead = 1 << 10 // allowed for the headers of a text field
	maxEpilogue      = 8 << 10
)

// admit judges all that can be judged before the first byte of the body is
// read, so that a refusal is early and costs nothing, and returns the form's
// boundary.
func (tx *Tx) admit() (boundary string, err error) {
	h, r := tx.s.h, tx.s.r
	if r.Method != http.MethodPost {
		return "", methodNotAllowed(http.MethodPost)
	}
	if err := h.sameOrigin(r); err != nil {
		return "", err
	}
	if err := tx.s.authorize(h.rules); err != nil {
		return "", err
	}
	if boundary, err = form.Boundary(r.Header); err != nil {
		return "", formError(err)
	}
	if tx.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return "", malformed("query", nil) // the error quotes it
	}
	if r.MultipartForm != nil {
		return "", internal(errors.New("the form was read before the upload handler, as by FormValue in a middleware"))
	}
	limit := tx.bodyLimit()
	switch {
	case r.ContentLength == 0:
		return "", malformed("empty", errors.New("upload: the request has no body"))
	case r.ContentLength > limit:
		return "", requestTooLarge(tx.s.rules.bytes, r.ContentLength)
	}
	tx.s.progress = h.opts.Progress.begin(r, tx.s.grant.Subject, StateWaiting, r.ContentLength)
	declared := r.ContentLength
	if declared < 0 {
		declared = limit
	}
	if err := tx.s.reserve(Claim{Files: tx.s.rules.files, Bytes: declared}); err != nil {
		return "", err
	}
	if err := tx.takePlace(); err != nil {
		return "", err
	}
	tx.s.progress.is(StateReceiving, "")
	tx.s.body.progress = tx.s.progress
	tx.s.body.open(limit, r)
	h.warnNoDeadlines(tx.s)
	return boundary, nil
}

// bodyLimit is the largest body that can be within all other limits.
func (tx *Tx) bodyLimit() int64 {
	rest := tx.s.h.opts.MaxTextSize + maxTextFields*textPartOverhead + maxEpilogue
	return tx.s.rules.bytes + int64(tx.s.rules.files)*maxHeaderSize + rest
}

// takePlace waits for a place.
func (tx *Tx) takePlace() error {
	wait := tx.s.h.opts.MaxWait
	if tx.s.r.ProtoMajor > 1 {
		wait = 0 // a stream that waits unread takes its connection's window
	}
	tx.waitUntil = time.Now().Add(wait)
	gate, subject := tx.s.h.gate, tx.s.grant.Subject
	if !gate.TryAcquire(subject, 1) {
		ctx, cancel := context.WithTimeout(tx.s.ctx, wait)
		defer cancel()
		if err := gate.Acquire(ctx, subject, 1); err != nil {
			return &Error{Code: CodeBusy, Err: err}
		}
	}
	tx.s.holdPlace(func() { gate.Release(subject, 1) })
	return nil
}

// parts reads the form to its end.
func (tx *Tx) parts(fr *form.Reader, values url.Values) error {
	for {
		p, err := fr.Next()
		if err == io.EOF { // the bare one, as form.Reader promises
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
		if err := tx.checkOrder(p.Name); err != nil {
			return err
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
	r := tx.s.r
	r.PostForm = values
	r.MultipartForm = &multipart.Form{Value: values, File: map[string][]*multipart.FileHeader{}}
	r.Form = url.Values{}
	for _, from := range []url.Values{tx.query, values} {
		for key, vs := range from {
			r.Form[key] = append(r.Form[key], vs...)
		}
	}
}
