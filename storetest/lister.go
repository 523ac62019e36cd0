package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// RunLister tests that the storages that newStore returns, a fresh one for each
// case, list what they keep, page by page, and remove what they listed and
// nothing else. They must implement storage.Storage and storage.ObjectReader, through
// which the suite stores and reads. Of a storage.UploadLister the clock is tested, too,
// and open uploads if it is a storage.DirectStorage. One bucket may be behind all of them, for keys
// are random.
//
// Cases whose names are in except are skipped, for servers with known defects: a
// sweep.Sweeper over a store that fails one misses what the case is about.
func RunLister(t *testing.T, newStore func(t *testing.T) storage.Lister, except ...string) {
	t.Helper()
	runCases(t, listerCases, newStore, checkLister, except...)
}

var listerCases = []testCase[lister]{
	{"what is published is listed", "an object is listed with its key, size, ETag and time once it is published, and not before", listed},
	{"the store's time", "every page, of objects and of uploads, tells the time of the store, within an hour of the test's", listedTimes},
	{"a prefix", "a prefix is the beginning of a key, byte for byte", listedByPrefix},
	{"keys of all kinds", "every key that ValidKey allows is listed as it is, and can be removed", listedKeys},
	{"pages", "what is there all the time is listed once, in pages of at most 1,000, even if what was listed is removed meanwhile", listedInPages},
	{"RemoveListed", "it removes the object, and one that is gone is no error", removed},
	{"RemoveListed of other bytes", "an object of other bytes stays, and the error is ErrChanged", removedOtherBytes},
	{"RemoveListed of another time", "an object that was written at another time stays, and the error is ErrChanged", removedOtherTime},
	{"unfinished uploads", "open uploads are listed with key, id and time, until they are aborted", listedUploads},
}

// checkLister runs a case, and looks for leftovers.
func checkLister(ctx context.Context, c testCase[lister], tested storage.Lister) error {
	s, isStorage := tested.(storage.Storage)
	reader, isReader := tested.(storage.ObjectReader)
	if !isStorage || !isReader {
		return errors.New("the storage must implement storage.Storage and storage.ObjectReader to be tested")
	}
	l := lister{Lister: tested, store: store{s, reader}, prefix: "storetest/" + rand.Text() + "/"}
	if err := c.run(ctx, l); err != nil {
		return err
	}
	return audit(ctx, s)
}
