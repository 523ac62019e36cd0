package upload

import (
	"context"
	"net/http"
	"sync/atomic"
)

// Middleware receives and publishes the request's files, then calls next, which
// finds them in [Files] and the text fields in r.Form. The files are removed
// again
//
//   - when next answers with a status of 400 or more,
//   - when next panics (the panic goes on),
//   - when next called [Discard], whatever it answered,
//
// unless next called [Keep], as it should right after committing its own
// transaction: from then on the files belong to the application.
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
		tx.held = true
		err = tx.Commit(context.WithoutCancel(tx.ctx))
	}
	if err != nil {
		h.RespondError(w, r, err)
		return
	}
	o := &outcome{files: tx.Files()}
	rec := &statusRecorder{ResponseWriter: w}
	panicked := true
	defer func() {
		defer tx.leave()
		end := StateDone
		if o.undo(rec.status, panicked) {
			end = StateAborted
			_ = tx.Undo(r.Context()) // what it cannot remove it has logged
		}
		tx.progress.is(end, "")
	}()
	tx.body.answerDeadline(r)
	next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), outcomeKey{}, o)))
	panicked = false
}

type outcomeKey struct{}

// outcome is what the next handler says of the files.
type outcome struct {
	files           []File
	keep, discarded atomic.Bool
}

func (o *outcome) undo(status int, panicked bool) bool {
	return !o.keep.Load() && (panicked || o.discarded.Load() || status >= http.StatusBadRequest)
}

// Files returns the files that [Handler.Middleware] stored for the request of
// ctx, in the order of the form; nil outside of it.
func Files(ctx context.Context) []File {
	if o, ok := ctx.Value(outcomeKey{}).(*outcome); ok {
		return o.files
	}
	return nil
}

// Keep makes the files of the request of ctx stay whatever happens now: the
// application refers to them. Outside of [Handler.Middleware] it does nothing.
func Keep(ctx context.Context) {
	if o, ok := ctx.Value(outcomeKey{}).(*outcome); ok {
		o.keep.Store(true)
	}
}

// Discard makes [Handler.Middleware] remove the files of the request of ctx
// when the handler returns, whatever status it answers, as with a redirect to
// an error message. [Keep] wins over it.
func Discard(ctx context.Context) {
	if o, ok := ctx.Value(outcomeKey{}).(*outcome); ok {
		o.discarded.Store(true)
	}
}

// statusRecorder remembers the status. All else is found through Unwrap.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK { // 1xx are followed by the real one
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap serves http.ResponseController, through which next flushes.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
