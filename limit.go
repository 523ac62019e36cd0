package upload

import (
	"context"
	"errors"
	"github.com/airlock-go/upload/internal/worker"
	"net/http"
	"time"
)

// Limiter bounds how much one caller sends, and how much all send at once.
// Packages limit (in memory) and redislimit (for several instances) have one.
//
// It is asked once a request, after the authorizer and what can be judged by the
// headers alone, before the body is read and before a place of
// [Options.MaxConcurrent] is waited for. Of what is refused earlier, of a known caller,
// it is asked after the answer, and only if some of the body was read on: Reserve gets
// no bytes, and Settle those that were read.
//
// To refuse, return an [*Error] with [CodeRateLimited] and Error.RetryAfter. Any
// other error, a panic, and a call that takes longer than [Options.CheckTimeout]
// refuse the request, too, with [CodeCheckFailed]. Methods are called
// concurrently.
type Limiter interface {
	// Reserve takes what d may need. A nil Reservation needs no Settle.
	Reserve(ctx context.Context, d Claim) (Reservation, error)
}

// Reservation is what a [Limiter] has granted.
type Reservation interface {
	// Settle gives back what was not used. It is called exactly once, when the
	// request's files are published or removed, whatever happened: accepted,
	// refused, cut, given up, or a panic. Of a body that was refused before its end
	// it is called after [Handler.RespondError] has read it on, or at the end of the
	// request's context. Only the reservation of an upload that
	// was signed (Demand.Until) is never settled. The context does not end with
	// the request but after Options.CheckTimeout. An error is logged.
	Settle(ctx context.Context, used Usage) error
}

// Demand is what a request may need.
type Claim struct {
	// Subject is that of the caller's [Grant]: "" for anonymous callers.
	Subject string

	// Request is for telling callers apart by other things, such as
	// [http.Request.RemoteAddr]. Headers like X-Forwarded-For are the client's words
	// unless a proxy of yours writes them. Do not read its body.
	Request *http.Request

	// Files and Bytes are the most that may come: the caller's MaxFiles, and the
	// Content-Length or else the longest body that is accepted. Of a direct
	// upload they are one, and its exact size. Both are 0 for the other steps of
	// direct uploads, and for one that is declared with a size that will be
	// refused: these count as requests alone.
	Files int
	Bytes int64

	// Until is zero for a streamed upload. For a direct one it is when its last
	// signed URL has expired. Nothing says earlier that the upload is over, since
	// the client may send by the URL again even after it has confirmed or
	// aborted; so the reservation is kept until then, by the Limiter alone: another
	// instance may serve the steps that follow.
	Until time.Time
}

// Used is what a request has used of its [Claim].
type Usage struct {
	Files int   // that passed every check, whether or not they were kept
	Bytes int64 // of the body that were read, whatever was in them, and also what RespondError read on
}

// reserve asks the limiter. A reservation that comes too late is given back.
func (q *request) reserve(d Claim) error {
	limiter := q.h.opts.Limiter
	if limiter == nil {
		return nil
	}
	d.Subject, d.Request = q.grant.Subject, q.r
	given := make(chan Reservation, 1)
	r, err := call(q.worker, false, func() (Reservation, error) {
		ctx, cancel := context.WithTimeout(q.ctx, q.h.opts.CheckTimeout)
		defer cancel()
		r, err := limiter.Reserve(ctx, d)
		given <- r
		return r, err
	}, limitError)
	if err != nil {
		q.worker.Last(false, func() error {
			select {
			case late := <-given:
				return q.giveBack(late, Usage{})
			default:
				return nil
			}
		})
		return err
	}
	q.reservation, q.granted = r, true
	return nil
}

// settle tells the limiter how much it was, once. A call that hangs is abandoned.
func (q *request) settle(used Usage) {
	r := q.reservation
	if r == nil {
		return
	}
	q.reservation = nil
	w := &worker.Worker{Timeout: q.h.opts.CheckTimeout, OnHang: q.worker.OnHang}
	defer w.Close()
	if err := w.Do(func() error { return q.giveBack(r, used) }); err != nil {
		q.unsettled(err)
	}
}

// settleBody gives the limiter what was not used. What was read of an upload that was
// refused before the limiter had granted anything is charged as a request of its own,
// unless nobody knows whose it is.
func (tx *Tx) settleBody() {
	if !tx.granted && tx.grant != nil && tx.h.opts.Limiter != nil && tx.body.read > 0 {
		tx.charge(tx.body.read)
		return
	}
	tx.settle(Usage{Files: len(tx.files), Bytes: tx.body.read})
}

// charge counts bytes without asking whether they may come, since they have. Of a caller
// that is over its limit they do not count.
func (q *request) charge(bytes int64) {
	w := &worker.Worker{Timeout: q.h.opts.CheckTimeout, OnHang: q.worker.OnHang}
	defer w.Close()
	err := w.Do(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), q.h.opts.CheckTimeout)
		defer cancel()
		r, err := q.h.opts.Limiter.Reserve(ctx, Claim{Subject: q.grant.Subject, Request: q.r})
		if errors.Is(err, CodeRateLimited) {
			return nil
		}
		return errors.Join(err, q.giveBack(r, Usage{Bytes: bytes}))
	})
	if err != nil {
		q.unsettled(err)
	}
}

func (q *request) unsettled(err error) {
	q.h.opts.Logger.WarnContext(q.ctx, "upload: the limiter was not told what was used", "subject", q.subject(), "error", err)
}

func (q *request) giveBack(r Reservation, used Usage) error {
	if r == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), q.h.opts.CheckTimeout)
	defer cancel()
	return r.Settle(ctx, used)
}

// limitError makes what a limiter answered a refusal: who cannot be counted may
// not pass.
func limitError(err error) error {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return err
	}
	return &Error{Code: CodeCheckFailed, Reason: "the limits could not be checked; try again later", Err: err}
}
