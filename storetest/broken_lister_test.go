package storetest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func TestMemstorePassesLister(t *testing.T) {
	RunLister(t, func(t *testing.T) storage.Lister { return served(t, asIs) })
}

// TestBrokenListersFail proves the suite of listers, as TestBrokenStoresFail proves that of
// storages.
func TestBrokenListersFail(t *testing.T) {
	type (
		objects = func(*storage.ListPage[storage.ListedObject])
		uploads = func(*storage.ListPage[storage.ListedUpload])
		remove  = func(context.Context, *memstore.Store, storage.ListedObject) error
	)
	each := func(f func(*storage.ListedObject)) objects {
		return func(page *storage.ListPage[storage.ListedObject]) {
			for i := range page.Items {
				f(&page.Items[i])
			}
		}
	}
	for _, tc := range []struct {
		name    string
		objects objects
		uploads uploads
		remove  remove
		prefix  func(string) string
		fails   []string
	}{
		{name: "no size", objects: each(func(o *storage.ListedObject) { o.Size = 0 }), fails: []string{"published objects are listed"}},
		{name: "no time", objects: each(func(o *storage.ListedObject) { o.Modified = time.Time{} }), fails: []string{"published objects are listed"}},
		{name: "no clock", objects: func(page *storage.ListPage[storage.ListedObject]) { page.Time = time.Time{} }, fails: []string{"the store's time"}},
		{name: "a clock of another day", objects: func(page *storage.ListPage[storage.ListedObject]) { page.Time = page.Time.Add(-24 * time.Hour) }, fails: []string{"the store's time"}},
		{name: "no clock with uploads", uploads: func(page *storage.ListPage[storage.ListedUpload]) { page.Time = time.Time{} }, fails: []string{"the store's time"}},
		{name: "no ETag", objects: each(func(o *storage.ListedObject) { o.ETag = "" }), fails: []string{"published objects are listed"}},
		{name: "encoded keys", objects: each(func(o *storage.ListedObject) { o.Key = strings.ReplaceAll(o.Key, " ", "+") }), fails: []string{"keys of all kinds"}},
		{name: "one page", objects: func(page *storage.ListPage[storage.ListedObject]) { page.Next = "" }, fails: []string{"pages"}},
		{name: "the same page again and again", objects: func(page *storage.ListPage[storage.ListedObject]) { page.Next = page.Items[0].Key }, fails: []string{"pages"}},
		{name: "the last first", objects: orderedBy(func(a, b string) int { return cmp.Compare(b, a) }), fails: []string{"the order of the keys"}},
		{name: "letters without case", objects: orderedBy(func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }), fails: []string{"the order of the keys"}},
		{name: "the order of UTF-16", objects: orderedBy(func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		}), fails: []string{"the order of the keys"}},
		{name: "folders before files", objects: orderedBy(func(a, b string) int {
			return cmp.Compare(strings.ReplaceAll(a, "/", " "), strings.ReplaceAll(b, "/", " "))
		}), fails: []string{"the order of the keys"}},
		{name: "folders only", prefix: func(p string) string { return p[:strings.LastIndex(p, "/")+1] }, fails: []string{"a prefix"}},
		{name: "removes whatever the key holds", remove: func(ctx context.Context, s *memstore.Store, o storage.ListedObject) error {
			return s.Delete(ctx, o.Key)
		}, fails: []string{
			"RemoveListed of other bytes", "RemoveListed of another time",
		}},
		{name: "removes nothing", remove: func(context.Context, *memstore.Store, storage.ListedObject) error { return nil }, fails: []string{"RemoveListed", "pages"}},
		{name: "fails for removed objects", remove: func(ctx context.Context, s *memstore.Store, o storage.ListedObject) error {
			if _, err := s.Stat(ctx, o.Key); err != nil {
				return err
			}
			return s.RemoveListed(ctx, o)
		}, fails: []string{"RemoveListed"}},
		{name: "no uploads", uploads: func(page *storage.ListPage[storage.ListedUpload]) { page.Items = nil }, fails: []string{"unfinished uploads"}},
		{name: "one upload of a key", uploads: func(page *storage.ListPage[storage.ListedUpload]) {
			page.Items = slices.CompactFunc(page.Items, func(a, b storage.ListedUpload) bool { return a.Key == b.Key })
		}, fails: []string{"unfinished uploads"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, name := range tc.fails {
				i := slices.IndexFunc(listerCases, func(c testCase[lister]) bool { return c.name == name })
				require.GreaterOrEqual(t, i, 0, "no case has the name %q", name)
				store := &brokenLister{served(t, asIs), tc.objects, tc.uploads, tc.remove, tc.prefix}
				require.Error(t, checkLister(t.Context(), listerCases[i], store), "the case %q passed", name)
			}
		})
	}
}

// orderedBy puts each page in another order.
func orderedBy(compare func(a, b string) int) func(*storage.ListPage[storage.ListedObject]) {
	return func(page *storage.ListPage[storage.ListedObject]) {
		slices.SortFunc(page.Items, func(a, b storage.ListedObject) int { return compare(a.Key, b.Key) })
	}
}

// TestOpenUploadsAreListed checks that a store that opens uploads and lists objects must also list
// uploads.
func TestOpenUploadsAreListed(t *testing.T) {
	type objects interface {
		ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error)
		RemoveListed(ctx context.Context, o storage.ListedObject) error
	}
	s := served(t, asIs)
	i := slices.IndexFunc(listerCases, func(c testCase[lister]) bool { return c.name == "unfinished uploads" })
	require.ErrorContains(t, checkLister(t.Context(), listerCases[i], struct {
		storage.DirectStorage
		objects
	}{s, s}), "must be a storage.UploadLister")
	require.NoError(t, checkLister(t.Context(), listerCases[i], struct {
		storage.Storage
		storage.ObjectReader
		objects
	}{s, s, s}), "a store that opens no uploads need not list them")
}

type brokenLister struct {
	*memstore.Store
	objects func(*storage.ListPage[storage.ListedObject])
	uploads func(*storage.ListPage[storage.ListedUpload])
	remove  func(context.Context, *memstore.Store, storage.ListedObject) error
	prefix  func(string) string
}

func (s *brokenLister) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	if s.prefix != nil {
		prefix = s.prefix(prefix)
	}
	page, err := s.Store.ListObjects(ctx, prefix, after)
	if s.objects != nil && len(page.Items) > 0 {
		s.objects(&page)
	}
	return page, err
}

func (s *brokenLister) ListUploads(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	page, err := s.Store.ListUploads(ctx, prefix, after)
	if s.uploads != nil {
		s.uploads(&page)
	}
	return page, err
}

func (s *brokenLister) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	if s.remove != nil {
		return s.remove(ctx, s.Store, o)
	}
	return s.Store.RemoveListed(ctx, o)
}
