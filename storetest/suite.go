package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// testCase is one promise of storages. S is the storage under test, with the operations of the
// suite's cases.
type testCase[S any] struct {
	name string
	rule string
	run  func(ctx context.Context, s S) error
}

// runCases runs each case with a storage of its own, except those whose names are in except. It
// fails the test if no case has such a name.
func runCases[S, T any](
	t *testing.T, cases []testCase[S], newStore func(*testing.T) T,
	check func(context.Context, testCase[S], T) error, except ...string,
) {
	t.Helper()
	setSizes()
	for _, name := range except {
		if !slices.ContainsFunc(cases, func(c testCase[S]) bool { return c.name == name }) {
			t.Errorf("except names %q, which is not a case", name)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if slices.Contains(except, c.name) {
				t.Skip("rule: " + c.rule)
			}
			if err := check(t.Context(), c, newStore(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.rule, err)
			}
		})
	}
}

// Auditor is an optional ability of the storage under test: it returns leftovers, which nobody can
// read, such as unfinished multipart uploads. With it Run, RunDirect and RunLister also check that
// there are none.
type Auditor interface {
	Leftovers(ctx context.Context) ([]string, error)
}

// audit returns an error if the storage has leftovers.
func audit(ctx context.Context, tested any) error {
	auditor, ok := tested.(Auditor)
	if !ok {
		return nil
	}
	left, err := auditor.Leftovers(ctx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("leftovers: %q", left)
	}
	return err
}
