package upload

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/airlock-go/upload/internal/form"
)

const busyReason = "too many uploads at the moment; try again shortly"

const (
	textPartOverhead = 1 << 10 // allowed for the headers of a text field
	maxEpilogue      = 8 << 10
)

// admit judges all that can be judged before the first byte of the body is
// read, so that a refusal is early and costs nothing, and returns the form's
// boundary.
func (tx *Tx) admit() (boundary string, err error) {
	h, r := tx.h, tx.r
	if r.Method != http.MethodPost {
		return "", Reject(CodeMethod, "uploads are sent with POST")
	}
	if err := h.sameOrigin(r); err != nil {
		return "", err
	}
	if tx.grant, err = h.authorized(r, h.opts.MaxFileSize); err != nil {
		return "", err
	}
	if boundary, err = form.Boundary(r.Header); err != nil {
		return "", formError(err)
	}
	if tx.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return "", Reject(CodeMalformed, "the query cannot be read") // the error quotes it
	}
	if r.MultipartForm != nil {
		return "", internal(errors.New("the form was read before the upload handler, as by FormValue in a middleware"))
	}
	limit := tx.bodyLimit()
	switch {
	case r.ContentLength == 0:
		return "", Reject(CodeNoFile, "the request has no body")
	case r.ContentLength > limit:
		return "", Reject(CodeTooLarge, fmt.Sprintf(
			"the request is too large; it may carry %d files of %s each", tx.grant.MaxFiles, byteSize(tx.grant.MaxFileSize)))
	}
	tx.progress = h.opts.Progress.begin(r, tx.grant.Subject, StateWaiting, r.ContentLength)
	declared := r.ContentLength
	if declared < 0 {
		declared = limit
	}
	if err := tx.reserve(Claim{Files: tx.grant.MaxFiles, Bytes: declared}); err != nil {
		return "", err
	}
	if err := tx.takePlace(); err != nil {
		return "", err
	}
	tx.progress.is(StateReceiving, "")
	tx.body.progress = tx.progress
	tx.body.open(limit, r)
	h.warnNoDeadlines(tx.request)
	return boundary, nil
}

// sameOrigin refuses pages of other origins, whatever the method: a GET that
// signs something is no safe one.
func (h *Handler) sameOrigin(r *http.Request) error {
	unsafe := *r
	unsafe.Method = http.MethodPost
	if err := h.opts.CrossOrigin.Check(&unsafe); err != nil {
		return &Error{
			Code: CodeCrossOrigin, Err: err,
			Reason: "sent by a page of another origin; the server can trust that origin in Options.CrossOrigin",
		}
	}
	return nil
}

// bodyLimit is the largest body that can be within all other limits.
func (tx *Tx) bodyLimit() int64 {
	o := &tx.h.opts
	rest := o.MaxTextSize + maxTextFields*textPartOverhead + int64(tx.grant.MaxFiles)*maxHeaderSize + maxEpilogue
	if tx.grant.MaxFileSize > (math.MaxInt64-rest)/int64(tx.grant.MaxFiles) {
		return math.MaxInt64
	}
	return int64(tx.grant.MaxFiles)*tx.grant.MaxFileSize + rest
}

// place is one of the MaxConcurrent or MaxChecks places. It is given back when neither the
// request nor a check that hangs needs it any more.
type place struct {
	holders atomic.Int32
	release func()
}

func (p *place) leave() {
	if p != nil && p.holders.Add(-1) == 0 {
		p.release()
	}
}

// holdPlace makes release run when the request has left its place and no call of
// the host's hangs.
func (q *request) holdPlace(release func()) {
	q.place = &place{release: release}
	q.place.holders.Store(2)
	q.worker.Finally(q.place.leave)
}

// takePlace waits for a place.
func (tx *Tx) takePlace() error {
	wait := tx.h.opts.MaxWait
	if tx.r.ProtoMajor > 1 {
		wait = 0 // a stream that waits unread takes its connection's window
	}
	tx.waitUntil = time.Now().Add(wait)
	gate, subject := tx.h.gate, tx.grant.Subject
	if !gate.TryAcquire(subject, 1) {
		ctx, cancel := context.WithTimeout(tx.ctx, wait)
		defer cancel()
		if err := gate.Acquire(ctx, subject, 1); err != nil {
			return &Error{Code: CodeBusy, Reason: busyReason, Err: err}
		}
	}
	tx.holdPlace(func() { gate.Release(subject, 1) })
	return nil
}

// formError gives the form reader's errors their codes.
func formError(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) { // of the host's
		return &Error{Code: CodeTooLarge, Reason: "the request is larger than " + byteSize(tooLarge.Limit), Err: err}
	}
	var e *form.Error
	if !errors.As(err, &e) {
		return &Error{Code: CodeMalformed, Reason: "the body cannot be read", Err: err}
	}
	code := CodeMalformed
	switch e.Kind {
	case form.TooLarge:
		code = CodeTooLarge
	case form.TooMany:
		code = CodeTooMany
	case form.NotMultipart:
		code = CodeNotMultipart
	case form.Malformed:
	}
	return &Error{Code: code, Reason: e.Reason, Err: e.Err}
}
