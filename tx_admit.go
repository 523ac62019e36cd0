package upload

import (
	"slices"
	"time"
)

// admitCaller judges method and origin, and asks who the caller is.
func (tx *Tx) admitCaller(methods ...string) error {
	h, r := tx.s.h, tx.s.r
	if !slices.Contains(methods, r.Method) {
		return methodNotAllowed(methods...)
	}
	if err := h.sameOrigin(r); err != nil {
		return err
	}
	return tx.s.authorize(h.rules)
}

// admitBody reserves files and bytes with the limiter, waits for a slot, and opens the body. The
// bytes are the announced length, or else limit. The error over refuses a body of more than limit
// bytes.
func (tx *Tx) admitBody(files int, limit int64, over error) error {
	h, r := tx.s.h, tx.s.r
	tx.s.progress = h.opts.Progress.begin(r, tx.s.grant.Subject, StateWaiting, r.ContentLength)
	declared := r.ContentLength
	if declared < 0 {
		declared = limit
	}
	if err := tx.s.reserve(Claim{Files: files, Bytes: declared}); err != nil {
		return err
	}
	wait := h.opts.MaxWait
	if r.ProtoMajor > 1 {
		wait = 0 // a stream that waits unread takes its connection's window
	}
	if err := tx.takeSlot(wait); err != nil {
		return err
	}
	tx.s.progress.is(StateReceiving, "")
	tx.s.body.progress = tx.s.progress
	tx.s.body.open(limit, over, r)
	h.warnNoDeadlines(tx.s)
	return nil
}

// takeSlot waits for a slot. The rest of the wait is for the storage's memory.
func (tx *Tx) takeSlot(wait time.Duration) error {
	tx.waitUntil = time.Now().Add(wait)
	return tx.s.takeSlot(wait)
}
