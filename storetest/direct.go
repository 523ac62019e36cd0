package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// RunDirect tests the direct uploads of the storages that newStore returns, a fresh one for each
// case. It signs requests, sends them over HTTP, both unchanged and tampered with, and checks what
// the store then has. The storages must accept files of 12 MiB, or of 5 MiB more than their
// PieceSize if that is more, with a MaxSize of 64 MiB. In several pieces they must accept 32 MiB,
// or three pieces if that is more. They may all use one bucket, since keys are random. With an
// [Auditor] RunDirect also checks that no leftovers remain.
//
// Cases whose names are in except are skipped, for servers with known defects. Do not use a store
// that fails a case for direct uploads in which that case matters.
func RunDirect(t *testing.T, newStore func(t *testing.T) storage.DirectStorage, except ...string) {
	t.Helper()
	runCases(t, directCases, newStore, checkDirect, except...)
}

var directCases = slices.Concat(sendCases, attackCases, partCases, readCases, stagedCases, promoteCases, patchCases, sourceCases)

// checkDirect runs a case, ends the multipart uploads that the case opened itself, and checks for
// leftovers.
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
