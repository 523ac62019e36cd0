package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
)

// ServeHTTP serves the steps of a direct upload, by the last element of the path:
//
//	POST …/         {"field","name","type","size","sha256"?}  201 {"token","expires","method","url","headers","fields"?}
//	                in parts:                                 201 {"token","expires","partSize","parts"}
//	POST …/part     {"token","partNumber"}                    200 {"method","url","headers"}
//	POST …/confirm  {"token"}                                 201 {"files":[{…}]}
//	POST …/abort    {"token"}                                 204
//
// The client sends the file, or each part, by exactly that method, URL and headers: as the body or,
// if there are fields, as a form of the fields and, last, the file named "file". Refusals are
// problem+json.
func (p *Presigner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "part":
		p.servePart(w, r)
	case "confirm":
		if p.confirmedElsewhere.Load() {
			p.fail(w, r, p.Refuse(w, r, errNoStep))
			return
		}
		p.confirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			JSON(w, r, Files(r.Context()), nil)
		})).ServeHTTP(w, r)
	case "abort":
		p.serveAbort(w, r)
	default:
		p.serveSign(w, r)
	}
}

func (p *Presigner) serveSign(w http.ResponseWriter, r *http.Request) {
	var d Declaration
	_, read, err := p.readJSON(w, r, &d)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	ticket, err := p.Sign(read, d)
	p.answer(w, r, http.StatusCreated, ticket, err)
}

func (p *Presigner) servePart(w http.ResponseWriter, r *http.Request) {
	var step struct {
		Token      string `json:"token"`
		PartNumber int    `json:"partNumber"`
	}
	_, read, err := p.readJSON(w, r, &step)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	request, err := p.SignPart(read, step.Token, step.PartNumber)
	p.answer(w, r, http.StatusOK, request, err)
}

func (p *Presigner) serveAbort(w http.ResponseWriter, r *http.Request) {
	var step struct {
		Token string `json:"token"`
	}
	_, read, err := p.readJSON(w, r, &step)
	if err == nil {
		err = p.Abort(read, step.Token)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ConfirmHandler serves …/confirm, and calls next when the file is published. Next finds it in
// [Files] and the request's JSON in r.Body, and answers. It must be idempotent by the file's key.
// When it answers with a status of 400 or more, calls [Discard] or [Refuse], or panics, the file
// stays, for another try or a sweep. Beside it [Presigner.ServeHTTP] confirms nothing.
func (p *Presigner) ConfirmHandler(next http.Handler) http.Handler {
	p.confirmedElsewhere.Store(true)
	return p.confirmHandler(next)
}

func (p *Presigner) confirmHandler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var step struct {
			Token string `json:"token"`
		}
		body, read, err := p.readJSON(w, r, &step)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		_, err = p.Confirm(w, read, step.Token, func(f File) error {
			o := &outcome{respond: p.fail, confirmed: true, files: []File{f}}
			r := r.WithContext(r.Context()) // whose body the caller still needs
			r.Body = io.NopCloser(bytes.NewReader(body))
			if o.serve(w, r, next); !o.stays() {
				return errNext
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNext) {
			p.fail(w, r, err)
		}
	})
}

// errNext says that the next handler, which answers, failed.
var errNext = errors.New("upload: the handler of the confirmed file failed")

func (p *Presigner) answer(w http.ResponseWriter, r *http.Request, status int, v any, err error) {
	if err != nil {
		p.fail(w, r, err)
		return
	}
	writeJSON(w, "application/json", status, v)
}

// fail answers in JSON, whatever the handler's own answers are.
func (p *Presigner) fail(w http.ResponseWriter, r *http.Request, err error) {
	p.RespondError(w, r, err, JSON)
}

const (
	// maxStepBody is the most bytes of the JSON of one step.
	maxStepBody = 64 << 10
	// stepLingerBytes is how many more bytes of a refused step are read at most.
	stepLingerBytes = 1 << 20
)

// ReadStep reads the body of one step of a host's own protocol. It judges the origin, asks the
// authorizer, calls read, which may be nil, with the body, and drains it. A body of more than limit
// bytes, or too slow for [Options], is refused.
//
// The returned request is for one method of p. The error is an [*Error], already reported, for
// [Presigner.RespondError].
func (p *Presigner) ReadStep(w http.ResponseWriter, r *http.Request, limit int64, read func(body io.Reader) error) (step *http.Request, err error) {
	q := p.h.newSession(r.Context(), doorDirect, r)
	q.body = newStepBody(w, r, p.h.pace())
	defer q.body.close(r)
	err = internal(errUndecided) // if read panics
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

// newStepBody returns the body of a step. The limiter does not count its bytes, so of a refused one
// little is read on.
func newStepBody(w http.ResponseWriter, r *http.Request, clock pace) *body {
	b := newBody(w, r, clock)
	b.linger, b.eof = stepLingerBytes, r.Body == nil || r.Body == http.NoBody
	return b
}

// readStep reads the whole body under its clocks.
func (q *session) readStep(limit int64, read func(io.Reader) error) error {
	q.body.open(limit, bodyTooLarge(limit, nil), q.r)
	q.h.warnNoDeadlines(q)
	var err error
	if read != nil {
		err = read(q.body)
	}
	if !q.body.eof && err == nil {
		_, err = io.Copy(io.Discard, q.body)
	}
	var refused *Error
	switch {
	case errors.As(q.body.err, &refused): // whatever read made of it
		return refused
	case errors.As(err, &refused), err == nil:
		return err
	}
	return malformed("body", parseError(err, q.body.read))
}

// readJSON reads the JSON of one of p's own steps into v, and returns it.
func (p *Presigner) readJSON(w http.ResponseWriter, r *http.Request, v any) (body []byte, step *http.Request, err error) {
	if r.Method != http.MethodPost {
		return nil, nil, p.Refuse(w, r, methodNotAllowed(http.MethodPost))
	}
	step, err = p.ReadStep(w, r, maxStepBody, func(from io.Reader) (err error) {
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return malformed("content_type", errors.New("upload: the steps of an upload are sent as application/json"))
		}
		if body, err = io.ReadAll(from); err != nil {
			return err
		}
		if err := json.Unmarshal(body, v); err != nil {
			return malformed("json", parseError(err, int64(len(body))))
		}
		return nil
	})
	return body, step, err
}

// Refuse reports, as an [Event], a step that reached no method of p. It returns err as an [*Error],
// for [Presigner.RespondError].
func (p *Presigner) Refuse(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return nil
	}
	q := p.h.newSession(r.Context(), doorDirect, r)
	q.body = newStepBody(w, r, p.h.pace())
	return q.leaveWith(err)
}

// RespondError is [Handler.RespondError] for steps: respond answers in the host's protocol.
func (p *Presigner) RespondError(w http.ResponseWriter, r *http.Request, err error, respond Responder) {
	p.h.refuse(w, r, err, respond)
}
