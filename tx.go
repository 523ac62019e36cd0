package upload

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Tx has the files that [Handler.Receive] received: checked, but not readable yet. It ends with
// Commit, Rollback or Refuse; defer its Rollback, except in [Handler.Handle]. It is not safe for
// concurrent use.
type Tx struct {
	s         *session
	query     url.Values
	waitUntil time.Time

	textChecked bool           // by checkText
	taken       map[string]int // files of each field, also the one at hand

	staged []storage.Staged
	files  []File // by index the ones of staged
	state  txState

	cleaners []*clean.Reader // hold the memory of the patches of staged
	shared   bool            // run ends the request after Commit
	accepted Event           // the decision that Commit made, perhaps not reported yet
	refusal  *Error          // the answer of Refuse
}

// txState is where a Tx stands. It goes from receiving to open, from there to
// committed, and from each to ended.
type txState int

const (
	txReceiving txState = iota
	txOpen              // all files are staged
	txCommitted
	txEnded
)

// Files returns the files, ordered as by [Files].
func (tx *Tx) Files() []File { return slices.Clone(tx.files) }

// Commit publishes all files within [Options.CommitTimeout], or none: then the error is an
// [*Error]. It goes on when ctx is cancelled, as by a client that leaves.
func (tx *Tx) Commit(ctx context.Context) error {
	err := tx.commit(ctx)
	if err == nil && !tx.shared {
		tx.accept()
	}
	return err
}

// commit is Commit for code that has more to do before the request ends.
func (tx *Tx) commit(ctx context.Context) error {
	if tx.state != txOpen {
		return internal(errors.New("upload: Commit of an upload that has ended"))
	}
	tx.s.progress.is(StateCommitting, "")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tx.s.h.opts.CommitTimeout)
	defer cancel()
	for i, staged := range tx.staged {
		if err := worker.Apart(func() error { return staged.Commit(ctx) }); err != nil {
			e := commitError(err)
			tx.s.about = tx.files[i]
			e.Field, e.Name = tx.s.about.Field, tx.s.about.Name
			return tx.refused(e, slices.Delete(tx.Files(), i, i+1))
		}
	}
	tx.state = txCommitted
	tx.leaveSlot()
	tx.settleBody()
	tx.accepted = Event{Kind: KindAccepted, Files: tx.Files(), Duration: time.Since(tx.s.began)}
	return nil
}

// accept ends a committed upload whose files stay.
func (tx *Tx) accept() {
	tx.s.conclude(tx.accepted)
	tx.s.progress.is(StateDone, "")
	tx.s.leave()
}

// Rollback removes the files unless they were committed, even if the client has left; afterwards it
// does nothing. A failure is also logged.
func (tx *Tx) Rollback() error {
	received := tx.state == txOpen // not when close ends an upload that is still receiving
	if tx.state != txReceiving && !received {
		return nil
	}
	defer tx.s.leave()
	defer tx.settleBody()
	err := tx.rollback()
	if received {
		tx.s.decide(Event{Kind: KindAborted, Files: tx.Files(), Err: err})
	}
	return err
}

// close ends the worker, and an upload that is still receiving, for example after a panic.
func (tx *Tx) close() {
	tx.s.worker.Close()
	if tx.state == txReceiving {
		_ = tx.Rollback()
	}
}

func (tx *Tx) rollback() error {
	tx.state = txEnded
	defer tx.leaveSlot()
	return tx.discard(tx.s.ctx)
}

// leaveSlot gives back what an upload takes until it is published or removed.
func (tx *Tx) leaveSlot() {
	tx.s.slot.leave()
	for _, c := range tx.cleaners {
		c.Close()
	}
	tx.cleaners = nil
}

// Undo removes committed files, as after the host's own transaction failed, even if ctx is
// cancelled.
func (tx *Tx) Undo(ctx context.Context) error {
	if tx.state != txCommitted {
		return nil
	}
	tx.state = txEnded
	tx.s.conclude(tx.accepted)
	tx.s.h.sessions.reenter(&tx.s.live)
	defer tx.s.leave()
	begin := time.Now()
	err := tx.discard(ctx)
	tx.s.tell(Event{Kind: KindUndone, Files: tx.Files(), Duration: time.Since(begin), Err: err})
	return err
}

// discard removes all files of the request, in reverse order, whatever a storage answers, within
// one CleanupTimeout.
func (tx *Tx) discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tx.s.h.opts.CleanupTimeout)
	defer cancel()
	var errs []error
	for i, s := range slices.Backward(tx.staged) {
		errs = append(errs, tx.s.cleanupUntil(ctx, tx.files[i], s.Discard))
	}
	return errors.Join(errs...)
}

// settleBody gives back to the limiter what was not used. If the upload was refused before the
// limiter had granted anything, it charges the bytes read as another request, unless the caller is
// unknown.
func (tx *Tx) settleBody() {
	account, read := &tx.s.account, tx.s.body.read
	if !account.granted && tx.s.grant != nil && account.limiter != nil && read > 0 {
		account.charge(tx.s.ctx, Claim{Subject: tx.s.grant.Subject, Request: tx.s.r, Bytes: read})
		return
	}
	account.settle(tx.s.ctx, Usage{Files: len(tx.files), Bytes: read})
}

// refused removes the received files and reports the refusal.
func (tx *Tx) refused(err error, others []File) error {
	e := *errorOf(err)
	if e.Err == nil && err != error(errorOf(err)) { // err is not an *Error itself
		e.Err = err // joined with more, for the log
	}
	receiving := tx.state == txReceiving
	blame(tx.s.ctx, &e, err, tx.s.body.err, receiving)
	if receiving {
		overdue(tx.s.ctx, &e, err)
	}
	e.Others = others
	defer tx.s.leave()
	if r := tx.s.r; r != nil {
		defer tx.s.body.owe(r.Context(), tx.settleBody)
	}
	_ = tx.rollback()
	tx.s.decide(tx.s.refusal(&e))
	if tx.s.r != nil { // otherwise no answer follows
		e.rest = tx.s.body
	}
	return &e
}
