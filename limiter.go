package upload

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/worker"
)

// limitError makes a limiter's error a refusal: callers that cannot be counted may not pass.
func limitError(err error) error {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return err
	}
	return &Error{Code: CodeCheckFailed, Params: map[string]any{"kind": "limits"}, Err: err}
}

// Limiter limits how much one caller, and all together, send. Packages limit (in memory) and
// redislimit (for several instances) have one. Methods are called concurrently.
//
// It is called for a request before its file is read. It may be called after the answer, for the
// drained bytes of a body refused before or by Reserve. A [Resumer] calls it neither for HEAD and
// OPTIONS, nor for an accepted PATCH of 64 KiB or more.
//
// To refuse, return an [*Error], usually with [CodeRateLimited] and Error.RetryAfter. Any other
// error, a panic, and a call longer than [Options.CheckTimeout] refuse with [CodeCheckFailed].
type Limiter interface {
	// Reserve takes what c claims. A nil Reservation needs no Settle.
	Reserve(ctx context.Context, c Claim) (Reservation, error)
}

// Reservation is what a [Limiter] has reserved.
type Reservation interface {
	// Settle gives back what was not used. It is called exactly once, when the request's files are
	// published or removed, and its body is drained; never for a claim with Until that was used.
	// An error is logged.
	Settle(ctx context.Context, used Usage) error
}

// Releaser is an optional ability of a [Limiter]. A reservation with a Claim.ID can end before
// Claim.Until, on any instance: once nothing more can be sent for it.
type Releaser interface {
	// Release ends the reservation of a claim of this Subject and ID. Its share of limits over
	// time stays used. An id that holds nothing is not an error. An error is logged.
	Release(ctx context.Context, subject, id string) error
}

// Claim is the most that a request may use.
type Claim struct {
	// Subject is that of the caller's [Grant], "" for anonymous callers.
	Subject string

	// Request identifies callers by other things, such as RemoteAddr. Believe X-Forwarded-For only
	// if your proxy writes it. Do not read the body.
	Request *http.Request

	// Files and Bytes are the most that may come. A direct or resumable upload counts as 1 file of
	// its size when it begins; later steps, empty files and refused fields or sizes as 0.
	Files int
	Bytes int64

	// Until is when the time to send a direct or resumable upload ends, else zero. The Limiter
	// itself ends the reservation then.
	Until time.Time

	// ID is the unique random name of a reservation that a [Releaser] can end, else "".
	ID string
}

// Usage is what a request used of its [Claim].
type Usage struct {
	Files int   // that passed every check, kept or not
	Bytes int64 // of an upload's body, read or drained, except those of an earlier Claim
}

// account holds the reservation of one request. It is for one goroutine.
type account struct {
	limiter Limiter // nil if there is none
	timeout time.Duration
	worker  *worker.Worker
	log     *slog.Logger

	subject     string
	reservation Reservation // until it is settled
	granted     bool        // the limiter has agreed
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

// keep forgets the reservation: the limiter ends it by itself, or a copy of the account settles it.
func (a *account) keep() { a.reservation = nil }

// release ends the reservation of another request, if the limiter can do that.
func (a *account) release(ctx context.Context, subject, id string) {
	r, can := a.limiter.(Releaser)
	if !can {
		return
	}
	a.subject = subject
	a.apart(ctx, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.timeout)
		defer cancel()
		return r.Release(ctx, subject, id)
	})
}

// settle reports to the limiter how much was used, once. A call that hangs is abandoned.
func (a *account) settle(ctx context.Context, used Usage) {
	r := a.reservation
	if r == nil {
		return
	}
	a.reservation = nil
	a.apart(ctx, func() error { return a.giveBack(ctx, r, used) })
}

// charge reserves the bytes of c, which have come, and settles them at once. Bytes that the limiter
// refuses do not count.
func (a *account) charge(ctx context.Context, c Claim) {
	a.subject = c.Subject
	a.apart(ctx, func() error {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.timeout)
		defer cancel()
		r, err := a.limiter.Reserve(asking, c)
		if errors.Is(err, CodeRateLimited) || errors.Is(err, CodeTooLarge) {
			return nil
		}
		return errors.Join(err, a.giveBack(ctx, r, Usage{Bytes: c.Bytes}))
	})
}

// apart runs f on a worker of its own, since that of the request may have ended.
func (a *account) apart(ctx context.Context, f func() error) {
	w := &worker.Worker{Timeout: a.timeout, OnHang: a.worker.OnHang}
	defer w.Close()
	if err := w.Do(f); err != nil {
		a.log.WarnContext(ctx, "upload: reporting usage to the limiter failed", "subject", a.subject, "error", err)
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
