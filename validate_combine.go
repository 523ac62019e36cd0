package upload

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/airlock-go/upload/internal/worker"
)

// All accepts what all of the validators accept, asked in order; without any, nothing. One may be a
// [Form]. If [New] sees that they have no type in common, it fails.
func All(validators ...Validator) Validator {
	validators = slices.Clone(validators)
	types, fault := commonTypes(validators)
	return &rule{own: allOurs(validators), asks: validators, all: true, types: types, fault: fault, declare: declareAll(validators), judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		if len(validators) == 0 {
			return nil, noTypeAllowed()
		}
		var all observers
		given := false
		defer func() {
			if !given { // refused, or a validator panicked
				_ = all.Close()
			}
		}()
		for _, v := range validators {
			o, err := v.Validate(ctx, in)
			if o != nil { // even beside an error, since it is to be closed
				all = append(all, o)
			}
			if err != nil {
				return nil, err
			}
		}
		given = true
		return all.orNil(), nil
	}}
}

// declareAll refuses a declaration that one of the validators refuses.
func declareAll(validators []Validator) func(context.Context, *Incoming) error {
	return func(ctx context.Context, in *Incoming) error {
		if len(validators) == 0 {
			return noTypeAllowed()
		}
		for _, v := range validators {
			if err := declare(ctx, v, in); err != nil {
				return err
			}
		}
		return nil
	}
}

// Any accepts what one of the validators accepts; without any, nothing. When all refuse the head,
// the answer is that of the first which did not refuse the type, else it lists the types of all.
// Later, the last refusal counts.
func Any(validators ...Validator) Validator {
	validators = slices.Clone(validators)
	return &rule{own: allOurs(validators), asks: validators, types: typesOfAny(validators), declare: declareAny(validators), judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		var open alternatives
		var refusals []error
		given := false
		defer func() {
			if !given { // not needed any more, or a validator panicked
				_ = open.Close()
			}
		}()
		for _, v := range validators {
			o, err := v.Validate(ctx, in)
			switch {
			case err != nil:
				_ = worker.Contain(func() error { return closeObserver(o) })
				refusals = append(refusals, err)
			case o == nil: // accepted for good
				return nil, nil
			default:
				open.add(o)
			}
		}
		if len(open.observers) == 0 {
			return nil, joined(refusals)
		}
		given = true
		return &open, nil
	}}
}

// joined returns the refusal of a file that all validators refused.
func joined(refusals []error) error {
	err := noTypeAllowed()
	for _, e := range refusals {
		if errors.Is(err, CodeTypeNotAllowed) {
			err = neither(err, e)
		}
	}
	return err
}

// declareAny refuses a declaration that all of the validators refuse.
func declareAny(validators []Validator) func(context.Context, *Incoming) error {
	return func(ctx context.Context, in *Incoming) error {
		if len(validators) == 0 {
			return noTypeAllowed()
		}
		var first error
		for _, v := range validators {
			err := declare(ctx, v, in)
			switch {
			case err == nil:
				return nil
			case first == nil:
				first = err
			case errors.Is(first, CodeTypeNotAllowed):
				first = neither(first, err)
			}
		}
		return first
	}
}

// ForType chooses the validator by [Incoming].Type, and refuses types without one.
func ForType(types map[string]Validator) Validator {
	types = maps.Clone(types)
	accepted := slices.Sorted(maps.Keys(types))
	validators := slices.Collect(maps.Values(types))
	return &rule{
		own: allOurs(validators), asks: validators, types: accepted,
		judge: func(ctx context.Context, in *Incoming) (Observer, error) {
			if v := types[in.Type]; v != nil {
				return v.Validate(ctx, in)
			}
			return nil, typeNotAllowed(in.Type, accepted)
		},
		declare: func(ctx context.Context, in *Incoming) error {
			if v := types[in.Type]; v != nil {
				return declare(ctx, v, in)
			}
			return typeNotAllowed(in.Type, accepted)
		},
	}
}

// observers is an Observer that accepts what all of its observers accept.
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

// Close closes every observer with a Close, even if another fails.
func (all observers) Close() error {
	var errs []error
	for _, o := range all {
		errs = append(errs, worker.Contain(func() error { return closeObserver(o) }))
	}
	return errors.Join(errs...)
}

func (all observers) ours() bool {
	for _, o := range all {
		if !isOurs(o) {
			return false
		}
	}
	return true
}

// alternatives is an Observer that accepts if one of its observers does. An observer that
// refuses gets no more bytes.
type alternatives struct {
	observers observers
	refused   []error // by index; nil while that observer has not refused
	last      error
}

func (a *alternatives) add(o Observer) {
	a.observers, a.refused = append(a.observers, o), append(a.refused, nil)
}

func (a *alternatives) Write(p []byte) (int, error) {
	return len(p), a.each(func(o Observer) error { return show(o, p) })
}

func (a *alternatives) Verdict() error { return a.each(Observer.Verdict) }

// each asks all observers that have not refused, and returns nil while one is left.
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

func (a *alternatives) ours() bool { return a.observers.ours() }
