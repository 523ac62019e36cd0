package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// request is what both doors know of a request: whose it is, and the worker
// that runs the host's code for it.
type request struct {
	h      *Handler
	r      *http.Request
	ctx    context.Context // ends with the request, or when Shutdown cuts it
	cancel context.CancelCauseFunc
	body   *body // of a form or a step, nil if nothing is read
	door   Door
	grant  *Grant
	worker *worker.Worker
	place  *place

	reservation Reservation // of the limiter, until it is settled
	granted     bool        // the limiter has given one

	began   time.Time
	about   File  // the file at hand, as much of it as is known
	checked int64 // bytes of a stored file that were read
	decided bool

	progress *tracked
	held     bool // accepted is not its end: the request stays active until leave
}

func (h *Handler) newRequest(r *http.Request, b *body) *request {
	q := &request{h: h, r: r, body: b, door: DoorStreamed, worker: &worker.Worker{Timeout: h.opts.CheckTimeout}}
	if b == nil {
		q.door = DoorDirect
	}
	q.began = time.Now()
	q.ctx, q.cancel = context.WithCancelCause(h.report.start(r.Context(), q.door))
	q.worker.OnHang = func() {
		q.tell(Event{Kind: KindHung, Files: q.files(), Duration: h.opts.CheckTimeout, Err: worker.ErrHung})
	}
	return q
}

// leave ends the request for Shutdown. One that panics has no decision yet.
func (q *request) leave() {
	q.decide(q.refusal(internal(errUndecided)))
	q.cancel(nil)
	q.h.leave(q)
}

var errUndecided = errors.New("upload: the request ended without a decision, as by a panic")

// files is the file at hand, if there is one.
func (q *request) files() []File {
	if q.about == (File{}) {
		return nil
	}
	return []File{q.about}
}

// refusal is the decision that err is.
func (q *request) refusal(err *Error) (e Event) {
	e.refuse(err)
	if e.Files = q.files(); e.Files == nil && err.Field != "" {
		e.Files = []File{{Field: err.Field, Name: err.Name}}
	}
	return e
}

// decide tells how the request ends. Only the first decision counts.
func (q *request) decide(e Event) {
	if q.decided {
		return
	}
	q.decided = true
	if e.Bytes = q.checked; q.door == DoorStreamed {
		e.Bytes = q.body.read
	}
	e.Duration = time.Since(q.began)
	q.tell(e)
	switch e.Kind {
	case KindRefused:
		q.progress.is(StateRefused, e.Code)
	case KindAborted:
		q.progress.is(StateAborted, "")
	default:
		if !q.held {
			q.progress.is(StateDone, "")
		}
	}
}

func (q *request) tell(e Event) {
	e.Door, e.Subject = q.door, q.subject()
	q.h.report.report(q.ctx, e)
}

// subject is "" until the authorizer has answered.
func (q *request) subject() string {
	if q.grant == nil {
		return ""
	}
	return q.grant.Subject
}

// validate asks the policy about the head.
func (q *request) validate(in *Incoming) (Observer, error) {
	given, ours := make(chan Observer, 1), isOurs(q.grant.Policy)
	o, err := call(q.worker, ours, func() (Observer, error) {
		o, err := q.grant.Policy.Validate(q.withLooking(), in)
		given <- o
		return o, err
	}, checkError)
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
	return o, err
}

// key asks for the key and judges it, whoever made it.
func (q *request) key(in *Incoming) (string, error) {
	key, err := call(q.worker, isOurs(q.h.opts.Keys), func() (string, error) { return q.h.opts.Keys.Key(q.ctx, in) }, keyError)
	if err != nil {
		return "", err
	}
	key = q.grant.KeyPrefix + key
	if storage.IsStaging(key) {
		return "", internal(fmt.Errorf("upload: the key %q has the segment %q, which is reserved", key, storage.StagingSegment))
	}
	return key, keyError(storage.ValidKey(key))
}

// call runs f on the worker. Its results travel in a channel, since f may still
// be writing them when it is abandoned.
func call[T any](w *worker.Worker, ours bool, f func() (T, error), failed func(error) error) (T, error) {
	result := make(chan T, 1)
	err := w.Run(ours, func() error {
		v, err := f()
		result <- v
		return err
	})
	if err != nil {
		var none T
		return none, failed(err)
	}
	return <-result, nil
}

// checkError makes what a validator or an observer answered a refusal.
func checkError(err error) error {
	var e *Error
	switch {
	case err == nil || errors.As(err, &e) && e != nil:
		return err
	case errors.Is(err, worker.ErrHung), errors.Is(err, inspect.ErrTimeout):
		return &Error{Code: CodeCheckFailed, Reason: "checking the file took too long; try again later", Err: err}
	}
	return &Error{Code: CodeCheckFailed, Reason: "the file could not be checked; try again later", Err: err}
}

func keyError(err error) error {
	if err == nil {
		return nil
	}
	return internal(err)
}
