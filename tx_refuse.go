package upload

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// Handle receives the request's files, calls fn and publishes them. When it returns nil the caller
// answers. Its error is an [*Error] that [Options.Respond] has answered.
//
// Fn decides before anything is readable. Unless tx has ended, its error removes all files and is
// the request's one decision, as for [Tx.Refuse]. When fn panics, the files are removed and the
// panic continues. Fn may call [Tx.Commit] within its own transaction; what it returns still
// decides. Returning nil after [Tx.Rollback] or [Tx.Undo] is answered with 500.
//
// Fn must not use w. Nothing ends fn, and it keeps its slot of [Options.MaxConcurrent] until it
// returns or commits.
func (h *Handler) Handle(w http.ResponseWriter, r *http.Request, fn func(tx *Tx) error) error {
	tx, err := h.Receive(w, r)
	if err != nil {
		h.RespondError(w, r, err)
		return err
	}
	if err := tx.run(fn); err != nil {
		tx.answer(w, r, err)
		return err
	}
	tx.s.body.answerDeadline(r)
	return nil
}

// run calls fn, and ends the upload as it says.
func (tx *Tx) run(fn func(tx *Tx) error) error {
	tx.shared = true
	returned := false
	defer func() {
		if !returned {
			_ = tx.reject(errUndecided)
		}
	}()
	err := fn(tx)
	returned = true
	if err == nil && tx.state == txOpen {
		err = tx.commit(tx.s.ctx)
	}
	switch {
	case err != nil:
		return tx.reject(err)
	case tx.state == txCommitted:
		tx.accept()
		return nil
	case tx.refusal != nil:
		return tx.refusal
	}
	return tx.reject(errors.New("upload: the function of Handle has removed the files and returned no error"))
}

// Refuse ends the upload for the host's own reason: it removes the files, reports one refusal, and
// answers by [Options.Respond]. Each file is answered as [CodeNotStored], except for one with the
// Field and Name of err. Write nothing to w before.
//
// An [*Error], such as that of [Reject], gives code and reason. Any other error, or nil, is only
// logged, and the client reads 500, or nothing if it has left.
//
// A second Refuse does nothing. Refuse after [Tx.Commit] removes the files and reports
// [KindUndone], or in [Handler.Handle] the one refusal.
func (tx *Tx) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	tx.answer(w, r, tx.reject(err))
}

// answer answers unless Refuse has.
func (tx *Tx) answer(w http.ResponseWriter, r *http.Request, err error) {
	if tx.refusal == nil {
		tx.refusal = errorOf(err)
		tx.s.h.RespondError(w, r, tx.refusal)
	}
}

// reject ends the upload with the host's err, and returns the refusal that the client reads.
func (tx *Tx) reject(err error) *Error {
	if own := errorOf(err); tx.state == txEnded && own.rest != nil {
		return own // of Commit, which has reported it
	}
	e, named := hostRefusal(tx.s.r.Context(), err, tx.files)
	e.rest = tx.s.body
	defer tx.s.leave()
	switch {
	case tx.state == txOpen:
		defer tx.settleBody()
		_ = tx.rollback()
	case tx.state == txCommitted && tx.s.decided:
		_ = tx.Undo(tx.s.ctx)
	case tx.state == txCommitted:
		tx.state = txEnded
		_ = tx.discard(tx.s.ctx)
	}
	event := tx.s.refusal(e)
	switch {
	case named >= 0:
		event.Files = []File{tx.files[named]}
	case len(tx.files) > 0:
		event.Files = tx.Files()
	}
	tx.s.decide(event)
	return e
}

// hostRefusal returns the refusal for an error of the host's, and the index of the file that it
// names, or -1. After the client has left, a failure counts as the client's.
func hostRefusal(ctx context.Context, err error, files []File) (e *Error, named int) {
	own := errorOf(err)
	refusal := *own
	if refusal.Err == nil && err != error(own) { // whether err is an *Error itself
		refusal.Err = err // joined with more, for the log
	}
	blame(ctx, &refusal, err, nil, true)
	named = slices.IndexFunc(files, func(f File) bool {
		return refusal.Field == f.Field && refusal.Name == f.Name
	})
	refusal.Others = slices.Clone(files)
	if named >= 0 {
		refusal.Others = slices.Delete(refusal.Others, named, named+1)
	}
	return &refusal, named
}
