package upload

import (
	"context"
	"net/http"
)

// Middleware receives and publishes the request's files, then calls next, which
// finds them in [Files] and the text fields in r.Form. The first of these decides
// what becomes of the files, once and for all:
//
//   - next calls [Keep]: they stay;
//   - next calls [Discard]: they are removed;
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
		tx.held = true
		err = tx.Commit(context.WithoutCancel(tx.ctx))
	}
	if err != nil {
		h.RespondError(w, r, err)
		return
	}
	o := &outcome{files: tx.Files()}
	defer func() {
		defer tx.leave()
		end := StateDone
		if !o.stays() {
			end = StateAborted
			_ = tx.Undo(r.Context()) // what it cannot remove it has logged
		}
		tx.progress.is(end, "")
	}()
	tx.body.answerDeadline(r)
	o.serve(w, r, next)
}
