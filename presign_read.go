package upload

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
)

const (
	// maxStepBody is the most bytes of the JSON of one step.
	maxStepBody = 64 << 10
	// stepLingerBytes is how far a refused step is read on.
	stepLingerBytes = 1 << 20
)

// ReadStep reads the body of one step of a protocol of the host's own; package uppy is
// one. Before the first byte it judges the origin and asks the authorizer. Then it calls
// read, which may be nil, with the body, and reads what read has left. An error of
// read that is no [*Error] is logged by its type and place alone, since parsers quote
// what they read.
//
// A body of more than limit bytes, one that stalls for [Options.StallTimeout], and one
// slower than [Options.MinRate] are refused. [Handler.Shutdown] waits for the step, and
// cuts its body in the end.
//
// The request that it returns is for one of p's methods, which does not ask the
// authorizer again. The error is an [*Error], which the log and the hooks have got, for
// [Presigner.RespondError].
func (p *Presigner) ReadStep(w http.ResponseWriter, r *http.Request, limit int64, read func(body io.Reader) error) (step *http.Request, err error) {
	q := p.h.newRequest(r, nil)
	q.body = newStepBody(w, r, &p.h.opts)
	defer q.body.close(r)
	err = internal(errUndecided) // what stays when read panics
	defer func() {
		if err != nil {
			err = q.leaveWith(err)
		}
	}()
	if err := p.admit(q); err != nil {
		return nil, err
	}
	if err := q.readStep(limit, read); err != nil {
		return nil, err
	}
	s := &pendingStep{q: q}
	context.AfterFunc(r.Context(), func() {
		if s.take() {
			_ = q.leaveWith(internal(errUndecided))
		}
	})
	return r.WithContext(context.WithValue(r.Context(), stepOf{p}, s)), nil
}

// pendingStep is what ReadStep leaves for the method that makes the step.
type pendingStep struct {
	q     *request
	taken atomic.Bool
}

// stepOf is the key of a pendingStep in the context of its request.
type stepOf struct{ p *Presigner }

func (s *pendingStep) take() bool { return !s.taken.Swap(true) }

// enter returns the request that ReadStep has read, or authorizes r for a step without
// a body. The caller leaves it.
func (p *Presigner) enter(r *http.Request) (*request, error) {
	if s, ok := r.Context().Value(stepOf{p}).(*pendingStep); ok && s.take() {
		return s.q, nil
	}
	q := p.h.newRequest(r, nil)
	return q, p.admit(q)
}

// admit judges what can be judged of a step before the first byte of its body.
func (p *Presigner) admit(q *request) error {
	if !p.h.enter(q) {
		return errShutdown
	}
	if err := p.h.sameOrigin(q.r); err != nil {
		return err
	}
	var err error
	q.grant, err = p.h.authorized(q.r, p.opts.MaxFileSize)
	return err
}

// newStepBody is the body of a step. Limits do not count its bytes, so a refused one is
// read on no farther than honest steps are long.
func newStepBody(w http.ResponseWriter, r *http.Request, opts *Options) *body {
	b := newBody(w, r, opts)
	b.linger, b.eof = stepLingerBytes, r.Body == nil || r.Body == http.NoBody
	return b
}

// readStep reads the whole body under its clocks.
func (q *request) readStep(limit int64, read func(io.Reader) error) error {
	q.body.open(limit, q.r)
	q.h.warnNoDeadlines(q)
	var err error
	if read != nil {
		err = read(q.body)
	}
	if !q.body.eof && err == nil {
		_, err = io.Copy(io.Discard, onlyReader{q.body})
	}
	var refused *Error
	switch {
	case errors.As(q.body.err, &refused): // whatever read made of it
		return refused
	case errors.As(err, &refused), err == nil:
		return err
	}
	return &Error{Code: CodeMalformed, Reason: "the request cannot be read", Err: parseError(err, q.body.read)}
}

// readJSON reads the JSON of one of p's own steps into v, and returns it.
func (p *Presigner) readJSON(w http.ResponseWriter, r *http.Request, v any) (body []byte, step *http.Request, err error) {
	if r.Method != http.MethodPost {
		return nil, nil, p.Refuse(w, r, Reject(CodeMethod, "the steps of an upload are sent with POST"))
	}
	step, err = p.ReadStep(w, r, maxStepBody, func(from io.Reader) (err error) {
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return Reject(CodeMalformed, "the steps of an upload are sent as application/json")
		}
		if body, err = io.ReadAll(from); err != nil {
			return err
		}
		if err := json.Unmarshal(body, v); err != nil {
			return &Error{Code: CodeMalformed, Reason: "the JSON cannot be read", Err: parseError(err, int64(len(body)))}
		}
		return nil
	})
	return body, step, err
}

// Refuse tells the log and the hooks of a step that came to none of p's methods, and of
// whose body nothing was read. It returns err as an [*Error], for
// [Presigner.RespondError]. p's methods report their own refusals.
func (p *Presigner) Refuse(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return nil
	}
	q := p.h.newRequest(r, nil)
	q.body = newStepBody(w, r, &p.h.opts)
	return q.leaveWith(err)
}

// RespondError is [Handler.RespondError] for the steps of a direct upload: respond
// writes the answer in the words of the host's protocol.
func (p *Presigner) RespondError(w http.ResponseWriter, r *http.Request, err error, respond Responder) {
	p.h.refuse(w, r, err, respond)
}
