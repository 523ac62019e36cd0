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
		objects = func([]upload.ListedObject, string) ([]upload.ListedObject, string)
		uploads = func([]upload.ListedUpload, string) ([]upload.ListedUpload, string)
		remove  = func(context.Context, *memstore.Store, upload.ListedObject) error
	)
	each := func(f func(*upload.ListedObject)) objects {
		return func(page []upload.ListedObject, next string) ([]upload.ListedObject, string) {
			for i := range page {
				f(&page[i])
			}
			return page, next
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
		{name: "no ETag", objects: each(func(o *upload.ListedObject) { o.ETag = "" }), fails: []string{"what is published is listed"}},
		{name: "encoded keys", objects: each(func(o *upload.ListedObject) { o.Key = strings.ReplaceAll(o.Key, " ", "+") }), fails: []string{"keys of all kinds"}},
		{name: "one page", objects: func(page []upload.ListedObject, _ string) ([]upload.ListedObject, string) { return page, "" }, fails: []string{"pages"}},
		{name: "the same page for ever", objects: func(page []upload.ListedObject, _ string) ([]upload.ListedObject, string) { return page, page[0].Key }, fails: []string{"pages"}},
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
		{name: "no uploads", uploads: func([]upload.ListedUpload, string) ([]upload.ListedUpload, string) { return nil, "" }, fails: []string{"unfinished uploads"}},
		{name: "one upload of a key", uploads: func(page []upload.ListedUpload, next string) ([]upload.ListedUpload, string) {
			return slices.CompactFunc(page, func(a, b upload.ListedUpload) bool { return a.Key == b.Key }), next
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
	objects func([]upload.ListedObject, string) ([]upload.ListedObject, string)
	uploads func([]upload.ListedUpload, string) ([]upload.ListedUpload, string)
	remove  func(context.Context, *memstore.Store, upload.ListedObject) error
	prefix  func(string) string
}

func (s *brokenLister) ListObjects(ctx context.Context, prefix, after string) ([]upload.ListedObject, string, error) {
	if s.prefix != nil {
		prefix = s.prefix(prefix)
	}
	page, next, err := s.Store.ListObjects(ctx, prefix, after)
	if s.objects != nil && len(page) > 0 {
		page, next = s.objects(page, next)
	}
	return page, next, err
}

func (s *brokenLister) ListUploads(ctx context.Context, prefix, after string) ([]upload.ListedUpload, string, error) {
	page, next, err := s.Store.ListUploads(ctx, prefix, after)
	if s.uploads != nil {
		page, next = s.uploads(page, next)
	}
	return page, next, err
}

func (s *brokenLister) RemoveListed(ctx context.Context, o upload.ListedObject) error {
	if s.remove != nil {
		return s.remove(ctx, s.Store, o)
	}
	return s.Store.RemoveListed(ctx, o)
}
