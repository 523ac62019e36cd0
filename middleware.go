package upload

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
)

// ServeHTTP receives the request's files, publishes them and answers with
// [Options.Respond]: by default 201 and
//
//	{"files":[{"field":"file","name":"cat.png","key":"1f0c….png","type":"image/png","size":1234}]}
//
// or a refusal as problem+json (RFC 9457).
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.opts.Respond(w, r, Files(r.Context()), nil)
	}))
}

// Middleware receives and publishes the request's files, then calls next, which
// finds them in [Files] and the text fields in r.Form. The first of these decides
// what becomes of the files, once and for all:
//
//   - next calls [Keep]: they stay;
//   - next calls [Discard] or [Refuse]: they are removed;
//   - next answers with a status of 400 or more: they are removed;
//   - next panics, and the panic goes on: they are removed;
//   - next returns: they stay.
//
// The status is the one that the client is sent: after a flush it is 200, and a
// later one counts for nothing. Of a connection that next took over (Hijack)
// no status is seen, so say Discard.
//
// Next may be an [http.TimeoutHandler]. It answers 503 and lets the application
// run on; Keep then returns an error, on which the application must roll back. A
// timeout outside of Middleware decides nothing: the client may read 503 of files
// that stay.
//
// A refused request never reaches next; [Options.Respond] answers it. The files
// are removed after next has returned, so a client that reads a flushed answer
// may be a moment early.
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
		_ = tx.Undo(tx.s.ctx) // what it cannot remove it has logged
		tx.s.progress.is(StateAborted, "")
	}
}

// errNotKept is the error of [Keep]: the files are removed at the end of the
// request or were removed. One that was confirmed stays published instead, and
// its client may confirm again.
var errNotKept = errors.New("upload: the files are not kept")

type outcomeKey struct{}

// outcome is what becomes of the files that the next handler was given.
type outcome struct {
	files   []File
	respond func(w http.ResponseWriter, r *http.Request, err error)

	confirmed bool // they stay published, whatever is decided
	state     atomic.Int32
	sent      atomic.Bool           // the final status, or the connection was taken over
	refusal   atomic.Pointer[Error] // of Refuse
}

// The states of an outcome. Whoever leaves the first decides for all.
const (
	undecided int32 = iota
	kept
	undone
)

// decide makes state the outcome unless there is one, and reports whether the
// files stay.
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

// Files returns the files of the request of ctx, in the order of the form, in a handler
// after [Handler.Middleware] or [Presigner.ConfirmHandler]; nil elsewhere.
func Files(ctx context.Context) []File {
	if o := outcomeOf(ctx); o != nil {
		return o.files
	}
	return nil
}

// Keep makes the files of the request of ctx stay whatever happens now: they
// belong to the application, which refers to them. It returns nil if they stay,
// as often as it is asked, and after the end of the request, too.
//
// Else it returns an error, and the application must not refer to them: the
// request was answered with a status of 400 or more, as by an
// [http.TimeoutHandler], was discarded, or has panicked; or ctx is not that of a
// request of [Handler.Middleware] or [Presigner.ConfirmHandler].
//
// Call it where what refers to the files can still be rolled back, as the last
// step of a transaction:
//
//	if err := upload.Keep(r.Context()); err != nil {
//		return err // the deferred Rollback removes the row
//	}
//	return tx.Commit()
//
// Of a commit that fails after it the files are left, referred to by nothing:
// what a sweep.Sweeper finds. Called after the commit, nothing is left when that
// fails, but on an error of Keep the row must be removed again. It is safe for
// concurrent use and does not wait.
func Keep(ctx context.Context) error {
	if o := outcomeOf(ctx); o != nil && o.decide(kept) {
		return nil
	}
	return errNotKept
}

// Discard makes [Handler.Middleware] remove the files of the request of ctx
// when the handler returns, whatever status it answers, as with a redirect to
// an error message. After [Keep] it does nothing, and Keep after it fails. After
// [Presigner.ConfirmHandler] the file stays published. It is safe for concurrent use.
func Discard(ctx context.Context) {
	if o := outcomeOf(ctx); o != nil {
		o.decide(undone)
	}
}

// Refuse answers the request of r for a reason of the host's, in the handler after
// [Handler.Middleware], by [Options.Respond]. The files are removed when that returns,
// and the request's one decision is a refusal with the code and reason of err; see
// [Tx.Refuse] for which errors say what. Nothing may be written to w before or after it.
//
// Only the first Refuse counts. After [Keep] the files stay, and the request is accepted,
// whatever the client reads. After something was sent the files are removed, and the
// answer stays what it was. After [Presigner.ConfirmHandler] the answer is JSON, the file
// stays published, and its event has been told. Anywhere else it answers as [JSON] does,
// and nothing is told.
//
// It is safe for concurrent use.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	o := outcomeOf(r.Context())
	if o == nil {
		JSON(w, r, nil, errorOf(err))
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
