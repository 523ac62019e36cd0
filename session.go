package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// session is the state of a request that all doors except links share: its caller, and the worker
// that runs the host's code for it.
type session struct {
	h   *Handler
	r   *http.Request   // nil for Store and ConfirmStored, which have none
	ctx context.Context // ends with the session, or earlier, as when Shutdown cuts it
	live
	door    string
	grant   *Grant
	rules   *rules // of the grant
	worker  *worker.Worker
	slot    *slot
	account account

	began   time.Time
	about   File  // the file at hand, as much of it as is known
	checked int64 // bytes that were read, but not of a body
	decided bool

	progress *tracked
}

func (h *Handler) newSession(ctx context.Context, door string, r *http.Request) *session {
	q := &session{h: h, r: r, door: door, began: time.Now()}
	q.ctx, q.cancel = context.WithCancelCause(h.report.start(ctx, q.door))
	q.account = account{limiter: h.opts.Limiter, timeout: h.opts.CheckTimeout, log: h.opts.Logger}
	q.freshWorker()
	return q
}

// freshWorker replaces the worker, which may be nil, by one in which nothing hangs.
func (q *session) freshWorker() {
	if q.worker != nil {
		q.worker.Close()
	}
	q.worker = &worker.Worker{Timeout: q.h.opts.CheckTimeout, OnHang: func() {
		q.tell(Event{Kind: KindHung, Files: q.files(), Duration: q.h.opts.CheckTimeout, Err: worker.ErrHung})
	}}
	q.account.worker = q.worker
}

// authorize asks the authorizer, and sets the caller's rules: those of the door as the grant
// changes them.
func (q *session) authorize(door *rules) error {
	grant, err := q.h.authorized(q.r)
	if err != nil {
		return err
	}
	return q.admit(grant, door)
}

// admit judges a grant, and sets the rules of its caller.
func (q *session) admit(grant *Grant, door *rules) error {
	g := *grant
	if g.MaxFileSize < 0 || g.MaxFileSize > maxFileSize || g.KeyPrefix != "" && !strings.HasSuffix(g.KeyPrefix, "/") {
		return internal(errors.New("upload: the grant's MaxFileSize is out of range, or its KeyPrefix does not end in a slash"))
	}
	if !utf8.ValidString(g.Subject) {
		return internal(errors.New("upload: the grant's subject is not UTF-8"))
	}
	rules, err := door.of(&g)
	if err != nil {
		return internal(fmt.Errorf("upload: the grant's policy: %w", err))
	}
	q.grant, q.rules = &g, rules
	return nil
}

// authorized asks the authorizer for the grant of a request.
func (h *Handler) authorized(r *http.Request) (*Grant, error) {
	var given *Grant
	err := worker.Apart(func() (err error) {
		given, err = h.authorize(r)
		return err
	})
	var e *Error
	switch {
	case errors.As(err, &e) && e != nil:
		return nil, err
	case errors.Is(err, worker.ErrPanic), errors.Is(err, worker.ErrGoexit):
		return nil, internal(err)
	case err != nil || given == nil:
		return nil, &Error{Code: CodeForbidden, Err: err}
	}
	return given, nil
}

// sameOrigin refuses pages of untrusted origins, whatever the method: a GET that signs something is
// not safe.
func (h *Handler) sameOrigin(r *http.Request) error {
	unsafe := *r
	unsafe.Method = http.MethodPost
	if err := h.opts.CrossOrigin.Check(&unsafe); err != nil {
		return &Error{Code: CodeCrossOrigin, Err: fmt.Errorf("a page of an origin that Options.CrossOrigin does not trust: %w", err)}
	}
	return nil
}

// warnNoDeadlines logs once that a writer between the server and h hides its deadlines.
func (h *Handler) warnNoDeadlines(q *session) {
	if q.body.noDeadlines {
		h.noDeadlines.Do(func() {
			h.opts.Logger.WarnContext(q.ctx, "upload: the response writer has no deadlines (it lacks Unwrap), so stalled clients are not cut")
		})
	}
}

// leave ends the request for Shutdown. One that panics has no decision yet.
func (q *session) leave() {
	if !q.decided {
		q.decide(q.refusal(internal(errUndecided)))
	}
	q.cancel(nil)
	q.h.sessions.leave(&q.live)
}

// files returns the current file, if there is one.
func (q *session) files() []File {
	if q.about == (File{}) {
		return nil
	}
	return []File{q.about}
}

// refusal returns the decision for err.
func (q *session) refusal(err *Error) (e Event) {
	e.refuse(err)
	if e.Files = q.files(); e.Files == nil && err.Field != "" {
		e.Files = []File{{Field: err.Field, Name: err.Name}}
	}
	return e
}

// decide reports how the request ends. Only the first decision counts.
func (q *session) decide(e Event) {
	e.Duration = time.Since(q.began)
	q.conclude(e)
}

// conclude reports a decision that has its Duration. It may have been made earlier.
func (q *session) conclude(e Event) {
	if q.decided {
		return
	}
	q.decided = true
	switch e.Bytes = q.checked; {
	case q.door == doorStreamed:
		e.Bytes = q.body.read
	case q.door == doorResumable && q.body != nil:
		e.Bytes += q.body.read
	}
	q.tell(e)
	switch e.Kind {
	case KindRefused:
		q.progress.is(StateRefused, e.Code)
	case KindAborted:
		q.progress.is(StateAborted, "")
	}
}

func (q *session) tell(e Event) {
	e.Door, e.Subject = q.door, q.subject()
	q.h.report.report(q.ctx, e)
}

// subject is "" until the authorizer has answered.
func (q *session) subject() string {
	if q.grant == nil {
		return ""
	}
	return q.grant.Subject
}

// withLooking gives inspectors the handler's memory, in the subject's share.
func (q *session) withLooking() context.Context {
	return context.WithValue(q.ctx, lookingKey{}, looking{
		memory: subjectMemory{q.h.looks, q.grant.Subject}, timeout: q.h.opts.CheckTimeout,
	})
}

// validate asks the policy about the head.
func (q *session) validate(in *Incoming) (Observer, error) {
	given, ours := make(chan Observer, 1), isOurs(q.rules.policy)
	o, err := worker.Call(q.worker, ours, func() (Observer, error) {
		o, err := q.rules.policy.Validate(q.withLooking(), in)
		given <- o
		return o, err
	})
	if err != nil { // an observer beside it, or one that comes too late, is closed
		q.worker.Last(ours, func() error {
			select {
			case o := <-given:
				return closeObserver(o)
			default:
				return nil
			}
		})
	}
	return o, checkError(err)
}

// key asks for the key and judges it, even from a generator of this package.
func (q *session) key(in *Incoming) (string, error) {
	key, err := worker.Call(q.worker, isOurs(q.h.opts.Keys), func() (string, error) { return q.h.opts.Keys.Key(q.ctx, in) })
	if err != nil {
		return "", keyError(err)
	}
	key = q.grant.KeyPrefix + key
	if storage.IsStaging(key) {
		return "", internal(fmt.Errorf("upload: the key %q has the segment %q, which is reserved", key, storage.StagingSegment))
	}
	return key, keyError(storage.ValidKey(key))
}

// cleanup removes the bytes that the request left under f's key, with retries, also after the
// request's context has ended. It reports how that went.
func (q *session) cleanup(f File, discard func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), q.h.opts.CleanupTimeout)
	defer cancel()
	return q.cleanupUntil(ctx, f, discard)
}

// cleanupUntil is cleanup until ctx ends.
func (q *session) cleanupUntil(ctx context.Context, f File, discard func(context.Context) error) error {
	begin := time.Now()
	err := worker.Retry(ctx, discard)
	e := Event{Kind: KindCleanedUp, Files: []File{f}, Duration: time.Since(begin), Err: err}
	if err != nil {
		e.Kind = KindCleanupFailed
	}
	q.tell(e)
	return err
}

// slot is one of the MaxConcurrent or MaxChecks slots. It is freed when neither the request nor a
// call of the host's that hangs needs it any more.
type slot struct {
	holders atomic.Int32
	release func()
}

func (p *slot) leave() {
	if p != nil && p.holders.Add(-1) == 0 {
		p.release()
	}
}

// holdSlot makes release run when the request has left its slot and no call of
// the host's hangs.
func (q *session) holdSlot(release func()) {
	q.slot = &slot{release: release}
	q.slot.holders.Store(2)
	q.worker.Finally(q.slot.leave)
}

// takeSlot waits for one of the MaxConcurrent slots.
func (q *session) takeSlot(wait time.Duration) error {
	gate, subject := q.h.gate, q.grant.Subject
	if !gate.TryAcquire(subject, 1) {
		ctx, cancel := context.WithTimeout(q.ctx, wait)
		defer cancel()
		if err := gate.Acquire(ctx, subject, 1); err != nil {
			return &Error{Code: CodeBusy, Err: err}
		}
	}
	q.holdSlot(func() { gate.Release(subject, 1) })
	return nil
}

// reserve asks the limiter for the caller.
func (q *session) reserve(c Claim) error {
	c.Subject, c.Request = q.grant.Subject, q.r
	return q.account.reserve(q.ctx, c)
}

// pace returns the least pace of clients: those that send more slowly are cut.
func (h *Handler) pace() pace { return pace{window: h.opts.StallTimeout, minRate: h.opts.MinRate} }
