package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// testCase is one promise of storages. S is the storage under test with what the
// cases of a suite do to it.
type testCase[S any] struct {
	name string
	rule string
	run  func(ctx context.Context, s S) error
}

// runCases runs each case with a storage of its own, except those whose names are
// in except. Such a name that no case has fails the test.
func runCases[S, T any](
	t *testing.T, cases []testCase[S], newStore func(*testing.T) T,
	check func(context.Context, testCase[S], T) error, except ...string,
) {
	t.Helper()
	for _, name := range except {
		if !slices.ContainsFunc(cases, func(c testCase[S]) bool { return c.name == name }) {
			t.Errorf("there is no case %q to be skipped", name)
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

// Auditor is an optional ability of the storage under test: telling what it
// keeps that nobody can read, such as unfinished multipart uploads. With it the
// suite also checks that nothing of that kind is left.
type Auditor interface {
	Leftovers(ctx context.Context) ([]string, error)
}

// audit is nil if the storage does not know of anything that is left behind.
func audit(ctx context.Context, tested any) error {
	auditor, ok := tested.(Auditor)
	if !ok {
		return nil
	}
	left, err := auditor.Leftovers(ctx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left behind: %q", left)
	}
	return err
}
