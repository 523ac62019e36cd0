package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// RunLister tests that the storages that newStore returns, a fresh one for each
// case, list what they keep, page by page, and remove what they listed and
// nothing else. They must implement storage.Storage and storage.Opener, through
// which the suite stores and reads; unfinished uploads are tested of those that
// are an storage.DirectStorage. One bucket may be behind all of them, for keys
// are random.
//
// Cases whose names are in except are skipped, for servers with known defects: a
// [sweep.Sweeper] over a store that fails one misses what the case is about.
func RunLister(t *testing.T, newStore func(t *testing.T) storage.Lister, except ...string) {
	t.Helper()
	mustKnow(t, except, func(name string) bool {
		return slices.ContainsFunc(listerCases, func(c listerCase) bool { return c.name == name })
	})
	for _, c := range listerCases {
		t.Run(c.name, func(t *testing.T) {
			if slices.Contains(except, c.name) {
				t.Skip("rule: " + c.rule)
			}
			if err := c.check(t.Context(), newStore(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.rule, err)
			}
		})
	}
}

type listerCase struct {
	name string
	rule string
	run  func(ctx context.Context, s lister) error
}

var listerCases = []listerCase{
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

// lister is the storage under test, with what the cases do to it.
type lister struct {
	storage.Lister
	store  store
	prefix string // of the case's own keys
}

func (c listerCase) check(ctx context.Context, tested storage.Lister) error {
	s, isStorage := tested.(storage.Storage)
	opener, isOpener := tested.(storage.Opener)
	if !isStorage || !isOpener {
		return errors.New("the storage must implement storage.Storage and storage.Opener to be tested")
	}
	l := lister{Lister: tested, store: store{s, opener}, prefix: "storetest/" + rand.Text() + "/"}
	if err := c.run(ctx, l); err != nil {
		return err
	}
	return audit(ctx, s)
}

// publish stores an object for each name, all of the same bytes.
func (l lister) publish(ctx context.Context, size int, names ...string) error {
	for _, name := range names {
		if _, err := l.store.publish(ctx, l.prefix+name, content(size)); err != nil {
			return err
		}
	}
	return nil
}

// objects goes through all pages, and tells done of each before the next.
func (l lister) objects(ctx context.Context, prefix string, done func(page []storage.ListedObject) error) (map[string]storage.ListedObject, error) {
	all := map[string]storage.ListedObject{}
	for after := ""; ; {
		page, err := l.ListObjects(ctx, prefix, after)
		if err != nil {
			return nil, fmt.Errorf("ListObjects: %w", err)
		}
		for _, o := range page.Items {
			if _, again := all[o.Key]; again {
				return nil, fmt.Errorf("%q is listed twice", o.Key)
			}
			all[o.Key] = o
		}
		switch {
		case len(page.Items) > 1000:
			return nil, fmt.Errorf("a page of %d objects", len(page.Items))
		case page.Next != "" && page.Next == after:
			return nil, fmt.Errorf("the page behind %q is behind itself", page.Next)
		}
		if done != nil {
			if err := done(page.Items); err != nil {
				return nil, err
			}
		}
		if page.Next == "" {
			return all, nil
		}
		after = page.Next
	}
}

// one publishes an object and returns it as it is listed.
func (l lister) one(ctx context.Context) (storage.ListedObject, error) {
	if err := l.publish(ctx, directSize, "a"); err != nil {
		return storage.ListedObject{}, err
	}
	all, err := l.objects(ctx, l.prefix, nil)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("%d objects are listed, not 1", len(all))
	}
	return all[l.prefix+"a"], err
}

// onlyThese is nil if exactly the objects of these names are listed.
func (l lister) onlyThese(ctx context.Context, prefix string, names ...string) error {
	all, err := l.objects(ctx, prefix, nil)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := all[l.prefix+name]; !ok {
			return fmt.Errorf("%q is not listed", name)
		}
		delete(all, l.prefix+name)
	}
	for key := range all {
		return fmt.Errorf("%q is listed under %q", key, prefix)
	}
	return nil
}
