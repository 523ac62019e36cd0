package upload

import (
	"errors"
	"github.com/airlock-go/upload/internal/worker"
	"io"
)

// observers is an Observer that all of several must agree to.
type observers []Observer

func (all observers) orNil() Observer {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

func (all observers) Write(p []byte) (int, error) {
	for _, o := range all {
		if err := show(o, p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (all observers) Verdict() error {
	for _, o := range all {
		if err := o.Verdict(); err != nil {
			return err
		}
	}
	return nil
}

// Close closes those that want it, all of them, whatever one answers.
func (all observers) Close() error {
	var errs []error
	for _, o := range all {
		errs = append(errs, worker.Contain(func() error { return closeObserver(o) }))
	}
	return errors.Join(errs...)
}

// alternatives is an Observer of which one is enough. One that refuses is shown
// no more.
type alternatives struct {
	observers observers
	refused   []error // by index; nil while it has not refused
	last      error
}

func (a *alternatives) add(o Observer) {
	a.observers, a.refused = append(a.observers, o), append(a.refused, nil)
}

func (a *alternatives) Write(p []byte) (int, error) {
	return len(p), a.each(func(o Observer) error { return show(o, p) })
}

func (a *alternatives) Verdict() error { return a.each(Observer.Verdict) }

// each asks all that have not refused, and is nil while one is left.
func (a *alternatives) each(ask func(Observer) error) error {
	open := false
	for i, o := range a.observers {
		if a.refused[i] != nil {
			continue
		}
		if a.refused[i] = ask(o); a.refused[i] != nil {
			a.last = a.refused[i]
			continue
		}
		open = true
	}
	if open {
		return nil
	}
	return a.last
}

func (a *alternatives) Close() error { return a.observers.Close() }

// own is implemented by the validators, observers and key generators of this
// package. Ours tells that nothing in them is the host's, so that they need no
// protection from hanging and none of what they keep.
type own interface{ ours() bool }

func isOurs(v any) bool {
	o, ok := v.(own)
	return ok && o.ours()
}

func (all observers) ours() bool {
	for _, o := range all {
		if !isOurs(o) {
			return false
		}
	}
	return true
}

func (a *alternatives) ours() bool { return a.observers.ours() }

// show writes p to o. An observer that takes less than it is shown has not
// seen the file.
func show(o Observer, p []byte) error {
	n, err := o.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	return err
}

func closeObserver(o Observer) error {
	if c, ok := o.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
