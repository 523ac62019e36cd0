package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// RunDirect tests the direct uploads of the storages that newStore returns, a
// fresh one for each case: it signs requests, sends them over HTTP, honest ones
// and ones that were tampered with, and looks at what the store then has. The
// storages must take files of 12 MiB; one bucket may be behind all of them, for
// keys are random. With an [Auditor] it also checks that nothing is left.
//
// Cases whose names are in except are skipped, for servers with known defects:
// a store that fails one must not be used for direct uploads in which it
// matters.
func RunDirect(t *testing.T, newStore func(t *testing.T) storage.DirectStorage, except ...string) {
	t.Helper()
	runCases(t, directCases, newStore, checkDirect, except...)
}

var directCases = slices.Concat(sendCases, attackCases, partCases, readCases, promoteCases)

// checkDirect runs a case, ends the multipart uploads that it opened itself, and
// looks for leftovers.
func checkDirect(ctx context.Context, c testCase[*direct], tested storage.DirectStorage) error {
	methods, err := tested.DirectMethods()
	if err != nil {
		return fmt.Errorf("DirectMethods: %w", err)
	}
	s := &direct{DirectStorage: tested, store: store{tested, tested}, methods: methods}
	if err := errors.Join(c.run(ctx, s), s.abortAll(ctx)); err != nil {
		return err
	}
	return audit(ctx, tested)
}
