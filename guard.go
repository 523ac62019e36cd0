package upload

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"time"
)

var (
	errHung   = errors.New("upload: a check did not return in time")
	errPanic  = errors.New("upload: the host's code panicked")
	errGoexit = errors.New("upload: the host's code ended its goroutine")
	errNil    = errors.New("upload: the host's code returned a nil pointer as an error")
)

// worker runs the host's code, which may hang, on a goroutine of its own, one
// call at a time. A call that hangs is abandoned: the request goes on without
// it, and whatever the call can still touch is left to it for good.
type worker struct {
	timeout time.Duration
	calls   chan func() error
	results chan error // of one, so that an abandoned call can end
	ended   chan struct{}
	after   []func()
	timer   *time.Timer
	hung    bool
	closed  bool
	onHang  func()
}

// do runs f and returns its error, the error that its panic makes, or errHung.
// After errHung f may still be running: the caller must not touch what f does.
func (w *worker) do(f func() error) error {
	if w.hung {
		return errHung
	}
	if w.calls == nil {
		w.calls, w.results, w.ended = make(chan func() error), make(chan error, 1), make(chan struct{})
		w.timer = time.NewTimer(w.timeout)
		go w.loop()
	}
	w.timer.Reset(w.timeout)
	w.calls <- f
	select {
	case err := <-w.results:
		w.timer.Stop()
		return err
	case <-w.timer.C:
		w.hung = true
		w.onHang()
		return errHung
	}
}

// run is do for what may be ours: our own code returns, so it needs no
// goroutine to be abandoned on.
func (w *worker) run(ours bool, f func() error) error {
	if ours && !w.hung {
		return contain(f)
	}
	return w.do(f)
}

func (w *worker) loop() {
	exited := true
	defer func() {
		if exited { // runtime.Goexit, as by a test's FailNow: go on elsewhere
			select {
			case w.results <- errGoexit:
			default: // nobody waits for what is done afterwards
			}
			go w.loop()
		}
	}()
	for f := range w.calls {
		w.results <- contain(f)
	}
	for len(w.after) > 0 {
		last := len(w.after) - 1
		f := w.after[last]
		w.after = w.after[:last]
		_ = contain(func() error { f(); return nil })
	}
	exited = false
	close(w.ended)
}

// last runs f, which may hang like any other call: at once, or, if a call hangs,
// when that returns.
func (w *worker) last(ours bool, f func() error) {
	if w.hung {
		w.finally(func() { _ = f() })
		return
	}
	_ = w.run(ours, f)
}

// finally runs f once no call is running any more: when close is called, or, if
// a call hangs, when that returns. What was given first is run last.
func (w *worker) finally(f func()) { w.after = append(w.after, f) }

// close ends the goroutine, once. Unless a call hangs, all is done when it
// returns.
func (w *worker) close() {
	if w.closed {
		return
	}
	w.closed = true
	if w.calls == nil {
		for _, f := range w.after {
			f()
		}
		return
	}
	close(w.calls)
	if !w.hung {
		<-w.ended
	}
}

// apart is contain on a goroutine of its own, so that also one that f ends is an
// error. It waits for f however long that takes.
func apart(f func() error) error {
	result := make(chan error, 1)
	go func() {
		err := errGoexit
		defer func() { result <- err }()
		err = contain(f)
	}()
	return <-result
}

// contain calls f and makes its panic an error, and another one of a nil pointer
// in an error, which refuses and cannot be asked for anything.
func contain(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	err = f()
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return errNil
	}
	return err
}
