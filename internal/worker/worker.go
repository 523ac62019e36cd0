// Package worker runs the host's code, which may hang, panic or end its goroutine.
package worker

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"time"
)

// The errors of a call, in addition to those that the host's code returns.
var (
	ErrHung   = errors.New("upload: the host's code did not return in time")
	ErrPanic  = errors.New("upload: the host's code panicked")
	ErrGoexit = errors.New("upload: the host's code ended its goroutine")
	ErrNil    = errors.New("upload: the host's code returned a nil pointer as an error")
)

// Worker runs the host's code, which may hang, on its own goroutine, one call at a time. It
// abandons a call that hangs, and begins no other. The request continues, and must not use anything
// that the abandoned call can still touch.
type Worker struct {
	Timeout time.Duration
	calls   chan func() error
	results chan error // buffered, so that an abandoned call can end
	ended   chan struct{}
	after   []func()
	timer   *time.Timer
	Hung    bool
	closed  bool
	OnHang  func()
}

// Do runs f and returns its error, or one of the errors of this package. It does not run f if an
// earlier call has hung. After ErrHung f may still be running: the caller must not touch what f uses.
func (w *Worker) Do(f func() error) error {
	if w.Hung {
		return ErrHung
	}
	if w.calls == nil {
		w.calls, w.results, w.ended = make(chan func() error), make(chan error, 1), make(chan struct{})
		w.timer = time.NewTimer(w.Timeout)
		go w.loop()
	}
	w.timer.Reset(w.Timeout)
	w.calls <- f
	select {
	case err := <-w.results:
		w.timer.Stop()
		return err
	case <-w.timer.C:
		w.Hung = true
		w.OnHang()
		return ErrHung
	}
}

// Run is Do for code that may be ours. Our own code returns, so it needs no goroutine on which to
// be abandoned.
func (w *Worker) Run(ours bool, f func() error) error {
	if ours && !w.Hung {
		return Contain(f)
	}
	return w.Do(f)
}

func (w *Worker) loop() {
	exited := true
	defer func() {
		if exited { // runtime.Goexit, such as by a test's FailNow: continue on a new goroutine
			select {
			case w.results <- ErrGoexit:
			default: // a function of Finally, for whose result nothing waits
			}
			go w.loop()
		}
	}()
	for f := range w.calls {
		w.results <- Contain(f)
	}
	for len(w.after) > 0 {
		last := len(w.after) - 1
		f := w.after[last]
		w.after = w.after[:last]
		_ = Contain(func() error { f(); return nil })
	}
	exited = false
	close(w.ended)
}

// Last runs f, which may hang like any other call, and ignores its error. It runs f at once, or, if
// an earlier call has hung, when Finally would.
func (w *Worker) Last(ours bool, f func() error) {
	if w.Hung {
		w.Finally(func() { _ = f() })
		return
	}
	_ = w.Run(ours, f)
}

// Finally runs f once, when no call is running or can begin: in Close, or, if a call hangs, once
// Close was called and the call has returned. The f that was given first runs last.
func (w *Worker) Finally(f func()) { w.after = append(w.after, f) }

// Close ends the goroutine, but does not wait for a call that hangs. Otherwise all work is done when
// Close returns. A second Close does nothing.
func (w *Worker) Close() {
	if w.closed {
		return
	}
	w.closed = true
	if w.calls == nil {
		for _, f := range slices.Backward(w.after) {
			f()
		}
		return
	}
	close(w.calls)
	if !w.Hung {
		<-w.ended
	}
}

// Apart is Contain on a new goroutine, so that ending that goroutine is an error, too. It waits
// for f without a limit.
func Apart(f func() error) error {
	result := make(chan error, 1)
	go func() {
		err := ErrGoexit
		defer func() { result <- err }()
		err = Contain(f)
	}()
	return <-result
}

// Contain calls f and turns its panic into an error. It returns ErrNil for an error that holds a
// nil pointer, whose methods may panic.
func Contain(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
		}
	}()
	err = f()
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return ErrNil
	}
	return err
}

// Call is w.Run for an f that also returns a value. The value travels in a channel, since an
// abandoned f may still write it.
func Call[T any](w *Worker, ours bool, f func() (T, error)) (T, error) {
	result := make(chan T, 1)
	err := w.Run(ours, func() error {
		v, err := f()
		result <- v
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return <-result, nil
}

// Retry calls f until it succeeds, at most four times, with growing pauses. It does not call f again
// if ctx has ended during a call. If ctx ends during a pause, it calls f a last time at once.
func Retry(ctx context.Context, f func(context.Context) error) error {
	pause := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := Apart(func() error { return f(ctx) })
		if err == nil || try == 4 || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause *= 4
	}
}
