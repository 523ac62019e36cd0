// Package storetest is the conformance suite of storage.Storage and its optional abilities, except
// storage.ScanReader and storage.PieceKeeper. It tests those promises of package upload that depend
// on the storage. Nothing is readable before Commit. No published file is replaced, and, as far as
// an [Auditor] shows, no leftovers remain. Only signed requests are accepted and answered.
package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// Run tests the storages that newStore returns, a fresh one for each case. They must implement
// storage.ObjectReader, with which the suite reads, and accept files of 12 MiB with a MaxSize of 64
// MiB.
func Run(t *testing.T, newStore func(t *testing.T) storage.Storage) {
	t.Helper()
	runCases(t, storeCases, newStore, checkStore)
}

var storeCases = slices.Concat(stageCases, commitCases, discardCases, stagedPatchCases)

// checkStore runs a case, and checks for leftovers.
func checkStore(ctx context.Context, c testCase[store], tested storage.Storage) error {
	reader, ok := tested.(storage.ObjectReader)
	if !ok {
		return errors.New("the storage must implement storage.ObjectReader to be tested")
	}
	if err := c.run(ctx, store{tested, reader}); err != nil {
		return err
	}
	return audit(ctx, tested)
}
