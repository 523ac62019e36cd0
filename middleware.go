package upload

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
)

// ServeHTTP receives the request's files, publishes them and answers with [Options.Respond]: by
// default 201 and
//
//	{"files":[{"field":"file","name":"cv.txt","key":"1f0c….txt","type":"text/plain","size":1234}]}
//
// or a refusal as problem+json.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.opts.Respond(w, r, Files(r.Context()), nil)
	}))
}

// Middleware receives and publishes the request's files, then calls next, which finds them in
// [Files], not by FormFile, and the text fields in r.PostForm. The first of these decides:
//
//   - next calls [Keep]: they stay;
//   - next calls [Discard] or [Refuse]: they are removed;
//   - next answers with a status of 400 or more, or panics (the panic goes on): they are removed;
//   - next returns: they stay.
//
// A flush before a status sends 200. After a Hijack none is seen, so call Discard. Files are
// removed after next has returned. A refused request never reaches next; [Options.Respond] answers
// it.
//
// Next may be an [http.TimeoutHandler]: when it has answered 503, Keep returns an error, on which
// the application must roll back.
func (h *Handler) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.serve(w, r, next) })
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	tx, err := h.Receive(w, r)
	if err == nil {
		err = tx.commit(tx.s.ctx)
	}
	if err != nil {
		h.RespondError(w, r, err)
		return
	}
	o := &outcome{files: tx.Files(), respond: h.RespondError}
	defer func() { tx.settle(o) }()
	tx.s.body.answerDeadline(r)
	o.serve(w, r, next)
}

// settle ends a committed upload as the next handler has decided.
func (tx *Tx) settle(o *outcome) {
	defer tx.s.leave()
	switch refusal := o.refusal.Load(); {
	case o.stays():
		tx.accept()
	case refusal != nil:
		_ = tx.reject(refusal)
	default:
		_ = tx.Undo(tx.s.ctx) // failures are logged
		tx.s.progress.is(StateAborted, "")
	}
}

// errNotKept is the error of [Keep]: the context has no files, or they are removed at the end of
// the request or were removed. A confirmed file stays published instead, and its client may confirm
// again.
var errNotKept = errors.New("upload: the files are not kept")

type outcomeKey struct{}

// outcome decides about the files that the next handler was given.
type outcome struct {
	files   []File
	respond func(w http.ResponseWriter, r *http.Request, err error)

	confirmed bool // they stay published, whatever is decided
	state     atomic.Int32
	sent      atomic.Bool           // the final status, or the connection was taken over
	refusal   atomic.Pointer[Error] // of Refuse
}

// The states of an outcome. It leaves undecided once, and then stays.
const (
	undecided int32 = iota
	kept
	undone
)

// decide makes state the outcome unless there is one, and reports whether the
// outcome is kept.
func (o *outcome) decide(state int32) (stays bool) {
	o.state.CompareAndSwap(undecided, state)
	return o.stays()
}

func (o *outcome) stays() bool { return o.state.Load() == kept }

// serve calls next, at whose end there is a decision, also when it panics.
func (o *outcome) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	defer o.decide(undone)
	next.ServeHTTP(&statusRecorder{ResponseWriter: w, outcome: o}, r.WithContext(context.WithValue(r.Context(), outcomeKey{}, o)))
	o.decide(kept)
}

func outcomeOf(ctx context.Context) *outcome {
	o, _ := ctx.Value(outcomeKey{}).(*outcome)
	return o
}

// Files returns the files of the request of ctx, in the order in which they came, after
// [Handler.Middleware] or [Presigner.ConfirmHandler]. Of several fields, select by [File].Field.
func Files(ctx context.Context) []File {
	if o := outcomeOf(ctx); o != nil {
		return o.files
	}
	return nil
}

// Keep makes the files of the request of ctx stay.
//
// Its error means that they are removed (after a status of 400 or more, a Discard, Refuse or
// panic), or that ctx is not from [Handler.Middleware]. After [Presigner.ConfirmHandler] the file
// stays. Call it as the last step of a transaction:
//
//	if err := upload.Keep(r.Context()); err != nil {
//		return err // the deferred Rollback removes the row
//	}
//	return sqlTx.Commit()
//
// If that Commit fails, a sweep finds the files.
func Keep(ctx context.Context) error {
	if o := outcomeOf(ctx); o != nil && o.decide(kept) {
		return nil
	}
	return errNotKept
}

// Discard makes [Handler.Middleware] remove the files of the request of ctx whatever the handler's
// status. A Discard after [Keep] does nothing. After [Presigner.ConfirmHandler] the file stays.
func Discard(ctx context.Context) {
	if o := outcomeOf(ctx); o != nil {
		o.decide(undone)
	}
}

// Refuse answers the request of r for the host's own reason, in the handler after
// [Handler.Middleware]: the files are removed when that returns, and the one decision is a refusal
// by err, as for [Tx.Refuse]. Write nothing else to w.
//
// Only the first Refuse counts. After [Keep] files and acceptance stay, whatever the client reads.
// An answer begun earlier stays, the files do not. After [Presigner.ConfirmHandler] the answer is
// JSON, and the file stays.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	o := outcomeOf(r.Context())
	if o == nil {
		JSON(w, r, nil, (&reporter{}).worded(r, err))
		return
	}
	e, _ := hostRefusal(r.Context(), err, o.files)
	if !o.refusal.CompareAndSwap(nil, e) {
		return
	}
	if o.decide(undone) || o.confirmed {
		answer := *e
		answer.Others = nil // they stay
		e = &answer
	}
	if !o.sent.Load() {
		o.respond(w, r, e)
	}
}

// statusRecorder sees which status the client is sent; one of 400 or more
// decides. All else is found through Unwrap.
type statusRecorder struct {
	http.ResponseWriter
	outcome *outcome
}

func (w *statusRecorder) send(status int) {
	if status < http.StatusOK { // 1xx are followed by the real one
		return
	}
	if w.outcome.sent.CompareAndSwap(false, true) && status >= http.StatusBadRequest {
		w.outcome.decide(undone)
	}
}

func (w *statusRecorder) WriteHeader(status int) {
	w.send(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(p []byte) (int, error) {
	w.send(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// FlushError serves http.ResponseController. A flush sends 200 if nothing was
// sent before.
func (w *statusRecorder) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if !errors.Is(err, http.ErrNotSupported) {
		w.send(http.StatusOK)
	}
	return err
}

// Hijack serves http.ResponseController. Of a connection that was taken over no
// status is seen any more.
func (w *statusRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.outcome.sent.Store(true)
	}
	return conn, buf, err
}

// Unwrap serves http.ResponseController, as for deadlines.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
