package upload

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/worker"
)

// limitError makes what a limiter answered a refusal: who cannot be counted may
// not pass.
func limitError(err error) error {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return err
	}
	return &Error{Code: CodeCheckFailed, Params: map[string]any{"kind": "limits"}, Err: err}
}

// Limiter bounds how much one caller sends, and how much all send at once.
// Packages limit (in memory) and redislimit (for several instances) have one.
//
// It is asked once a request, after the authorizer and what can be judged by the
// headers alone, before the body is read and before a place of
// [Options.MaxConcurrent] is waited for. Of what is refused earlier, of a known caller,
// it is asked after the answer, and only if some of the body was read on: Reserve gets
// no bytes, and Settle those that were read.
//
// To refuse, return an [*Error], usually with [CodeRateLimited] and Error.RetryAfter.
// Any other error, a panic, and a call that takes longer than [Options.CheckTimeout]
// refuse the request, too, with [CodeCheckFailed]. Methods are called
// concurrently.
type Limiter interface {
	// Reserve takes what the claim says. A nil Reservation needs no Settle.
	Reserve(ctx context.Context, c Claim) (Reservation, error)
}

// Reservation is what a [Limiter] has granted.
type Reservation interface {
	// Settle gives back what was not used. It is called exactly once, when the
	// request's files are published or removed, whatever happened: accepted,
	// refused, cut, given up, or a panic. Of a body that was refused before its end
	// it is called after [Handler.RespondError] has read it on, or at the end of the
	// request's context. Only the reservation of an upload that
	// was signed (Claim.Until) is never settled. The context does not end with
	// the request but after Options.CheckTimeout. An error is logged.
	Settle(ctx context.Context, used Usage) error
}

// Claim is what a request may need.
type Claim struct {
	// Subject is that of the caller's [Grant]: "" for anonymous callers.
	Subject string

	// Request is for telling callers apart by other things, such as
	// [http.Request.RemoteAddr]. Headers like X-Forwarded-For are the client's words
	// unless a proxy of yours writes them. Do not read its body.
	Request *http.Request

	// Files and Bytes are the most that may come: the files of all fields, and the
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

// Usage is what a request has used of its [Claim].
type Usage struct {
	Files int   // that passed every check, whether or not they were kept
	Bytes int64 // of the body that were read, whatever was in them, and also what RespondError read on
}

// account is what one request has been granted and owes. It is for one goroutine.
type account struct {
	limiter Limiter // nil if there is none
	timeout time.Duration
	worker  *worker.Worker
	log     *slog.Logger

	subject     string
	reservation Reservation // until it is settled
	granted     bool        // there was one
}

// reserve asks the limiter. A reservation that comes too late is given back.
func (a *account) reserve(ctx context.Context, c Claim) error {
	if a.limiter == nil {
		return nil
	}
	a.subject = c.Subject
	given := make(chan Reservation, 1)
	r, err := worker.Call(a.worker, false, func() (Reservation, error) {
		ctx, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		r, err := a.limiter.Reserve(ctx, c)
		given <- r
		return r, err
	})
	if err != nil {
		a.worker.Last(false, func() error {
			select {
			case late := <-given:
				return a.giveBack(ctx, late, Usage{})
			default:
				return nil
			}
		})
		return limitError(err)
	}
	a.reservation, a.granted = r, true
	return nil
}

// keep leaves the reservation to the limiter, which ends it by itself.
func (a *account) keep() { a.reservation = nil }

// settle tells the limiter how much it was, once. A call that hangs is abandoned.
func (a *account) settle(ctx context.Context, used Usage) {
	r := a.reservation
	if r == nil {
		return
	}
	a.reservation = nil
	a.apart(ctx, func() error { return a.giveBack(ctx, r, used) })
}

// charge counts bytes without asking whether they may come, since they have. Of a caller
// that is over its limit they do not count.
func (a *account) charge(ctx context.Context, c Claim, bytes int64) {
	a.subject = c.Subject
	a.apart(ctx, func() error {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.timeout)
		defer cancel()
		r, err := a.limiter.Reserve(asking, c)
		if errors.Is(err, CodeRateLimited) {
			return nil
		}
		return errors.Join(err, a.giveBack(ctx, r, Usage{Bytes: bytes}))
	})
}

// apart runs f on a worker of its own, since that of the request may have ended.
func (a *account) apart(ctx context.Context, f func() error) {
	w := &worker.Worker{Timeout: a.timeout, OnHang: a.worker.OnHang}
	defer w.Close()
	if err := w.Do(f); err != nil {
		a.log.WarnContext(ctx, "upload: the limiter was not told what was used", "subject", a.subject, "error", err)
	}
}

func (a *account) giveBack(ctx context.Context, r Reservation, used Usage) error {
	if r == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.timeout)
	defer cancel()
	return r.Settle(ctx, used)
}
