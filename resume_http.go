package upload

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"

	"github.com/airlock-go/upload/internal/tus"
)

// ServeHTTP serves the protocol:
//
//	POST    …/       creates an upload, and returns its URL
//	PATCH   its URL  sends bytes
//	HEAD    its URL  asks how many have arrived; all only after the file was published
//	DELETE  its URL  gives it up
//	GET     its URL  describes the published file, {"files":[{…}]}, until the URL expires
//
// Refusals are problem+json.
func (z *Resumer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tus.Always(w.Header())
	z.origins.Write(w.Header(), r)
	if r.Method == http.MethodOptions { // which browsers send without credentials
		tus.Options(w.Header(), z.opts.MaxFileSize)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s := z.begin(w, r)
	defer s.body.close(r)
	err := internal(errUndecided) // if the host's code panics
	defer func() {
		if e := s.end(err); e != nil {
			z.fail(w, r, e)
		}
	}()
	serve, known := map[string]func(*resumption) error{
		http.MethodPost: (*resumption).create, http.MethodPatch: (*resumption).append, http.MethodHead: (*resumption).head,
		http.MethodDelete: (*resumption).terminate, http.MethodGet: (*resumption).get,
	}[tus.Method(r)]
	if !known {
		err = methodNotAllowed(http.MethodPost, http.MethodPatch, http.MethodHead, http.MethodDelete, http.MethodGet, http.MethodOptions)
		return
	}
	if err = asError(s.admitted()); err == nil {
		err = asError(serve(s))
	}
}

// asError makes err an *Error, and a nil err a nil *Error.
func asError(err error) *Error {
	if err == nil {
		return nil
	}
	own := errorOf(err)
	if own.Err == nil && err != error(own) { // err wraps own, which has no cause
		with := *own
		with.Err = err
		return &with
	}
	return own
}

// begin returns the session of r. Bytes that came are stored even if their client has left, so the
// session does not end with the request.
func (z *Resumer) begin(w http.ResponseWriter, r *http.Request) *resumption {
	s := &resumption{session: z.h.newSession(context.WithoutCancel(r.Context()), doorResumable, r), z: z, w: w}
	s.body = newBody(w, r, z.h.pace())
	s.body.eof = r.Body == nil || r.Body == http.NoBody
	return s
}

// admitted judges the request before its body: protocol, origin, caller, and whose upload it is.
func (s *resumption) admitted() (err error) {
	r := s.r
	if !s.h.sessions.enter(&s.live) {
		return errShutdown
	}
	if tus.Method(r) != http.MethodGet { // which is not of the protocol
		if s.request, err = tus.Parse(r); err != nil {
			return protocolError(err)
		}
	}
	if !s.z.origins.Has(r) {
		if err := s.h.sameOrigin(r); err != nil {
			return err
		}
	}
	if err := s.authorize(s.z.rules); err != nil {
		return err
	}
	if tus.Method(r) == http.MethodPost {
		return nil
	}
	if s.t, err = openTicket(s.z.sealer, s.session, path.Base(r.URL.Path)); err != nil {
		if errors.Is(err, error(errExpired)) {
			return gone(err)
		}
		return err
	}
	s.about = s.z.file(s.t, s.t.Type, "")
	s.chain = s.z.chain(s.t)
	return nil
}

// protocolError makes a breach of the protocol a refusal.
func protocolError(err error) error {
	var e *tus.Error
	if !errors.As(err, &e) {
		return err
	}
	return withStatus(malformed(e.Kind, e), e.Status)
}

// end ends the session, unless a job does, and returns the refusal.
func (s *resumption) end(err *Error) *Error {
	switch {
	case s.handed:
		return err
	case err == nil:
		_ = s.leaveWith(nil)
		return nil
	}
	s.charge()
	s.pauseUnless(isVerdict(err))
	return errorOf(s.leaveWith(err))
}

// headStatuses are those that a HEAD is answered with as they are: after them a client may begin
// again. Of the others, those that pass become 423, and the rest 403. 412 is for clients of another
// version of the protocol.
var headStatuses = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed,
}

// fail answers a refusal. Clients of tus try again after 409, 423 and 5xx, and not after 408.
func (z *Resumer) fail(w http.ResponseWriter, r *http.Request, e *Error) {
	status := e.answerStatus()
	switch {
	case tus.Method(r) == http.MethodHead && !slices.Contains(headStatuses, status):
		status = http.StatusLocked
		if s := e.answerStatus(); s >= 400 && s < 500 && s != http.StatusTooManyRequests && s != http.StatusLocked {
			status = http.StatusForbidden
		}
	case status == http.StatusRequestTimeout:
		status = http.StatusServiceUnavailable
	}
	z.h.refuse(w, r, withStatus(e, status), func(w http.ResponseWriter, r *http.Request, _ []File, err error) {
		tus.Refusal(w.Header(), status)
		JSON(w, r, nil, err)
	})
}
