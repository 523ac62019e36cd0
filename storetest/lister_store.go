package storetest

import (
	"context"
	"fmt"

	"github.com/airlock-go/upload/storage"
)

// lister is the storage under test, with the operations of the cases.
type lister struct {
	storage.Lister
	store  store
	prefix string // of the case's own keys
}

// publish stores an object for each name, all with the same bytes.
func (l lister) publish(ctx context.Context, size int, names ...string) error {
	for _, name := range names {
		if _, err := l.store.publish(ctx, l.prefix+name, content(size)); err != nil {
			return err
		}
	}
	return nil
}

// objects reads all pages, and calls done with each before it requests the next.
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
			return nil, fmt.Errorf("the page after %q has itself as its Next", page.Next)
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

// inOrder returns a function that the method objects calls with each page. It returns an error if
// the store promises the order of the keys, and the pages have another one.
func (l lister) inOrder() func(page []storage.ListedObject) error {
	_, promised := l.Lister.(storage.DirectStorage)
	last := ""
	return func(page []storage.ListedObject) error {
		for _, o := range page {
			if promised && o.Key <= last {
				return fmt.Errorf("%q is listed after %q", o.Key, last)
			}
			last = o.Key
		}
		return nil
	}
}

// one publishes an object and returns its list entry.
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

// onlyThese returns an error unless exactly the objects of these names are listed.
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
