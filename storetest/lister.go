package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// RunLister tests the lists of the storages that newStore returns, a fresh one for each case. They
// must list their objects page by page, and remove the listed ones and nothing else. They must
// implement storage.Storage and storage.ObjectReader, with which the suite stores and reads. Of a
// storage.UploadLister the suite also tests the clock. If that is a storage.DirectStorage, too, it
// tests the lists of open uploads. All storages may use one bucket, since keys are random.
//
// Cases whose names are in except are skipped, for servers with known defects. A sweep.Sweeper over
// a store that fails a case may miss objects, or remove others.
func RunLister(t *testing.T, newStore func(t *testing.T) storage.Lister, except ...string) {
	t.Helper()
	runCases(t, listerCases, newStore, checkLister, except...)
}

var listerCases = []testCase[lister]{
	{"published objects are listed", "an object is listed with its key, size, ETag and time once it is published, not before", listed},
	{"the store's time", "every page, of objects and of uploads, has the time of the store, within an hour of the test's", listedTimes},
	{"a prefix", "a prefix is the beginning of a key, byte for byte", listedByPrefix},
	{"keys of all kinds", "every key that ValidKey allows is listed unchanged, and can be removed", listedKeys},
	{"pages", "an object that exists all the time is listed once, in pages of at most 1,000, even if listed objects are removed meanwhile", listedInPages},
	{"the order of the keys", "the objects of a store of direct uploads are listed in the order of the bytes of their keys", listedInOrder},
	{"RemoveListed", "it removes the object, and an absent one is not an error", removed},
	{"RemoveListed of other bytes", "an object of other bytes stays, and the error is ErrChanged", removedOtherBytes},
	{"RemoveListed of another time", "an object that was written at another time stays, and the error is ErrChanged", removedOtherTime},
	{"unfinished uploads", "open uploads are listed with key, id and time, until they are aborted", listedUploads},
}

// checkLister runs a case, and checks for leftovers.
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
