package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

func TestMemstorePassesLister(t *testing.T) {
	RunLister(t, func(t *testing.T) upload.Lister { return served(t, asIs) })
}

// TestBrokenListersFail proves the suite of listers, as TestBrokenStoresFail does
// that of storages.
func TestBrokenListersFail(t *testing.T) {
	type (
		objects = func(*upload.ListPage[upload.ListedObject])
		uploads = func(*upload.ListPage[upload.ListedUpload])
		remove  = func(context.Context, *memstore.Store, upload.ListedObject) error
	)
	each := func(f func(*upload.ListedObject)) objects {
		return func(page *upload.ListPage[upload.ListedObject]) {
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
		{name: "no size", objects: each(func(o *upload.ListedObject) { o.Size = 0 }), fails: []string{"what is published is listed"}},
		{name: "no time", objects: each(func(o *upload.ListedObject) { o.Modified = time.Time{} }), fails: []string{"what is published is listed"}},
		{name: "no clock", objects: func(page *upload.ListPage[upload.ListedObject]) { page.Time = time.Time{} }, fails: []string{"the store's time"}},
		{name: "a clock of another day", objects: func(page *upload.ListPage[upload.ListedObject]) { page.Time = page.Time.Add(-24 * time.Hour) }, fails: []string{"the store's time"}},
		{name: "no clock with uploads", uploads: func(page *upload.ListPage[upload.ListedUpload]) { page.Time = time.Time{} }, fails: []string{"the store's time"}},
		{name: "no ETag", objects: each(func(o *upload.ListedObject) { o.ETag = "" }), fails: []string{"what is published is listed"}},
		{name: "encoded keys", objects: each(func(o *upload.ListedObject) { o.Key = strings.ReplaceAll(o.Key, " ", "+") }), fails: []string{"keys of all kinds"}},
		{name: "one page", objects: func(page *upload.ListPage[upload.ListedObject]) { page.Next = "" }, fails: []string{"pages"}},
		{name: "the same page for ever", objects: func(page *upload.ListPage[upload.ListedObject]) { page.Next = page.Items[0].Key }, fails: []string{"pages"}},
		{name: "folders only", prefix: func(p string) string { return p[:strings.LastIndex(p, "/")+1] }, fails: []string{"a prefix"}},
		{name: "removes what there is", remove: func(ctx context.Context, s *memstore.Store, o upload.ListedObject) error { return s.Delete(ctx, o.Key) }, fails: []string{
			"RemoveListed of other bytes", "RemoveListed of another time",
		}},
		{name: "removes nothing", remove: func(context.Context, *memstore.Store, upload.ListedObject) error { return nil }, fails: []string{"RemoveListed", "pages"}},
		{name: "tells gone from removed", remove: func(ctx context.Context, s *memstore.Store, o upload.ListedObject) error {
			if _, err := s.Stat(ctx, o.Key); err != nil {
				return err
			}
			return s.RemoveListed(ctx, o)
		}, fails: []string{"RemoveListed"}},
		{name: "no uploads", uploads: func(page *upload.ListPage[upload.ListedUpload]) { page.Items = nil }, fails: []string{"unfinished uploads"}},
		{name: "one upload of a key", uploads: func(page *upload.ListPage[upload.ListedUpload]) {
			page.Items = slices.CompactFunc(page.Items, func(a, b upload.ListedUpload) bool { return a.Key == b.Key })
		}, fails: []string{"unfinished uploads"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, name := range tc.fails {
				i := slices.IndexFunc(listerCases, func(c listerCase) bool { return c.name == name })
				require.GreaterOrEqual(t, i, 0, "there is no case %q", name)
				store := &brokenLister{served(t, asIs), tc.objects, tc.uploads, tc.remove, tc.prefix}
				require.Error(t, listerCases[i].check(t.Context(), store), "the case %q passed", name)
			}
		})
	}
}

type brokenLister struct {
	*memstore.Store
	objects func(*upload.ListPage[upload.ListedObject])
	uploads func(*upload.ListPage[upload.ListedUpload])
	remove  func(context.Context, *memstore.Store, upload.ListedObject) error
	prefix  func(string) string
}

func (s *brokenLister) ListObjects(ctx context.Context, prefix, after string) (upload.ListPage[upload.ListedObject], error) {
	if s.prefix != nil {
		prefix = s.prefix(prefix)
	}
	page, err := s.Store.ListObjects(ctx, prefix, after)
	if s.objects != nil && len(page.Items) > 0 {
		s.objects(&page)
	}
	return page, err
}

func (s *brokenLister) ListUploads(ctx context.Context, prefix, after string) (upload.ListPage[upload.ListedUpload], error) {
	page, err := s.Store.ListUploads(ctx, prefix, after)
	if s.uploads != nil {
		s.uploads(&page)
	}
	return page, err
}

func (s *brokenLister) RemoveListed(ctx context.Context, o upload.ListedObject) error {
	if s.remove != nil {
		return s.remove(ctx, s.Store, o)
	}
	return s.Store.RemoveListed(ctx, o)
}
