package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

var attackCases = []testCase[*direct]{
	{"refuses other PUTs", "a PUT that differs from the one signed with a digest is refused, and nothing is stored", attacksOn(byPut)},
	{"refuses other forms", "a form that differs from the one signed with a digest is refused, and nothing is stored", attacksOn(byForm)},
	{"refuses other parts", "a part that differs from the signed one in its length, URL or headers is refused, and not kept", attacksOn(byPart)},
}

func attacksOn(name string) func(context.Context, *direct) error {
	return func(ctx context.Context, s *direct) error {
		for _, way := range s.ways() {
			if way.name != name {
				continue
			}
			return way.attack(ctx)
		}
		return nil // the store does not sign such requests
	}
}

// attack tries all attacks, each with a key or an upload of its own. Each changes a signed request.
// At the end an unchanged one must work.
func (w way) attack(ctx context.Context) error {
	sum := digest(content(directSize))
	honest, err := w.sign(ctx, content(directSize), sum)
	if err != nil {
		return err
	}
	v, err := w.store.victim(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range slices.Concat(attacksByBody(w.name), attacksByURL(honest), v.attacks(honest), attacksByTerms(honest)) {
		req, err := w.sign(ctx, content(directSize), sum)
		if err != nil {
			return err
		}
		a.change(req)
		if err := errors.Join(req.refused(ctx), w.store.nothing(ctx, req)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	return errors.Join(errors.Join(errs...), v.remove(ctx), honest.accepted(ctx))
}
