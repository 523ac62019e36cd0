package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// listedMany is more objects than a page holds. listedFew are enough for a store with small pages.
var listedFew, listedMany = 51, 1001

// recent reports whether a time of the store's clock is about now.
func recent(t time.Time) bool { return time.Since(t).Abs() < time.Hour }

func listed(ctx context.Context, l lister) error {
	staged, err := l.store.stage(ctx, l.prefix+"a", content(directSize))
	if err != nil {
		return err
	}
	if err := l.onlyThese(ctx, l.prefix); err != nil {
		return fmt.Errorf("before Commit: %w", err)
	}
	if err := staged.Commit(ctx); err != nil {
		return fmt.Errorf("Commit: %w", err)
	}
	all, err := l.objects(ctx, l.prefix, nil)
	o := all[l.prefix+"a"]
	switch {
	case err != nil:
		return err
	case len(all) != 1, o.Key != l.prefix+"a", o.Size != directSize, o.ETag == "":
		return fmt.Errorf("listed as %+v", all)
	case !recent(o.Modified):
		return fmt.Errorf("the object is dated %v", o.Modified)
	}
	return nil
}

// listedTimes checks the times of pages of objects, an empty one and one with an object, and of
// empty pages of uploads.
func listedTimes(ctx context.Context, l lister) error {
	for range 2 {
		objects, err := l.ListObjects(ctx, l.prefix, "")
		if err != nil {
			return fmt.Errorf("ListObjects: %w", err)
		}
		if !recent(objects.Time) {
			return fmt.Errorf("a page of objects is dated %v", objects.Time)
		}
		if err := l.uploadsTime(ctx); err != nil {
			return err
		}
		if err := l.publish(ctx, 1, "a"+rand.Text()); err != nil {
			return err
		}
	}
	return nil
}

// uploadsTime returns an error unless the page of uploads has the time, or the store has no such
// page.
func (l lister) uploadsTime(ctx context.Context) error {
	s, ok := l.Lister.(storage.UploadLister)
	if !ok {
		return nil
	}
	page, err := s.ListUploads(ctx, l.prefix, "")
	if err != nil {
		return fmt.Errorf("ListUploads: %w", err)
	}
	if !recent(page.Time) {
		return fmt.Errorf("a page of uploads is dated %v", page.Time)
	}
	return nil
}

func listedByPrefix(ctx context.Context, l lister) error {
	if err := l.publish(ctx, 1, "a/b", "a/bc", "a/c", "ab/c", "a-b"); err != nil {
		return err
	}
	return errors.Join(
		l.onlyThese(ctx, l.prefix+"a/", "a/b", "a/bc", "a/c"),
		l.onlyThese(ctx, l.prefix+"a/b", "a/b", "a/bc"),
		l.onlyThese(ctx, l.prefix+"b/"),
	)
}

func listedKeys(ctx context.Context, l lister) error {
	names := []string{
		"a b", "a+b", "a%20b", "a%b", "a&b=c?d#e", `a"b'c<d>`, "ä/ö.png", "日本/語", "~a!b*c(d)", "a@b:c;d,e$f", "A", "🙂", strings.Repeat("long", 50),
	}
	if err := l.publish(ctx, 1, names...); err != nil {
		return err
	}
	if err := l.onlyThese(ctx, l.prefix, names...); err != nil {
		return err
	}
	_, err := l.objects(ctx, l.prefix, func(page []storage.ListedObject) error { return l.removeAll(ctx, page) })
	return errors.Join(err, l.onlyThese(ctx, l.prefix))
}

func (l lister) removeAll(ctx context.Context, page []storage.ListedObject) error {
	for _, o := range page {
		if err := l.RemoveListed(ctx, o); err != nil {
			return fmt.Errorf("RemoveListed: %w", err)
		}
	}
	return nil
}

func listedInPages(ctx context.Context, l lister) error {
	published, err := l.publishPages(ctx)
	if err != nil {
		return err
	}
	all, err := l.objects(ctx, l.prefix, l.inOrder())
	if err != nil {
		return err
	}
	if len(all) != published {
		return fmt.Errorf("%d of %d objects are listed", len(all), published)
	}
	if _, err := l.objects(ctx, l.prefix, func(page []storage.ListedObject) error { return l.removeAll(ctx, page) }); err != nil {
		return err
	}
	return l.onlyThese(ctx, l.prefix)
}

// listedInOrder publishes keys that a list would have in another order if it were sorted by time,
// by letters without case, by UTF-16, or with folders before files.
func listedInOrder(ctx context.Context, l lister) error {
	names := []string{"b", "a/b", "A", "a-b", "a0", "ä", "🙂", "～", "0-end", "0-done", "7fff", "m/0", "10", "9", "Z"}
	if err := l.publish(ctx, 1, names...); err != nil {
		return err
	}
	all, err := l.objects(ctx, l.prefix, l.inOrder())
	if err == nil && len(all) != len(names) {
		err = fmt.Errorf("%d of %d objects are listed", len(all), len(names))
	}
	return err
}

// publishPages publishes objects until a page does not hold them, and returns their number.
func (l lister) publishPages(ctx context.Context) (published int, err error) {
	for published < listedMany {
		if err := l.publish(ctx, 1, fmt.Sprintf("%d/%05d", published%3, published)); err != nil {
			return 0, err
		}
		if published++; published != listedFew {
			continue
		}
		page, err := l.ListObjects(ctx, l.prefix, "")
		if err != nil {
			return 0, fmt.Errorf("ListObjects: %w", err)
		}
		if page.Next != "" {
			break
		}
	}
	return published, nil
}

func removed(ctx context.Context, l lister) error {
	o, err := l.one(ctx)
	if err != nil {
		return err
	}
	if err := l.publish(ctx, 1, "ab"); err != nil {
		return err
	}
	for range 2 {
		if err := l.removeAll(ctx, []storage.ListedObject{o}); err != nil {
			return err
		}
		if err := errors.Join(l.store.absent(ctx, o.Key), l.onlyThese(ctx, l.prefix, "ab")); err != nil {
			return err
		}
	}
	return nil
}

func removedOtherBytes(ctx context.Context, l lister) error {
	o, err := l.one(ctx)
	if err != nil {
		return err
	}
	if err := l.store.Delete(ctx, o.Key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	if _, err := l.store.publish(ctx, o.Key, otherBytes(directSize)); err != nil {
		return err
	}
	if err := l.RemoveListed(ctx, o); !errors.Is(err, storage.ErrChanged) {
		return fmt.Errorf("RemoveListed must be ErrChanged, not: %w", err)
	}
	return l.store.holds(ctx, o.Key, otherBytes(directSize))
}

func removedOtherTime(ctx context.Context, l lister) error {
	o, err := l.one(ctx)
	if err != nil {
		return err
	}
	o.Modified = o.Modified.Add(-24 * time.Hour) // the time of an object with the same bytes, which this one replaced
	if err := l.RemoveListed(ctx, o); !errors.Is(err, storage.ErrChanged) {
		return fmt.Errorf("RemoveListed must be ErrChanged, not: %w", err)
	}
	return l.store.holds(ctx, o.Key, content(directSize))
}

func listedUploads(ctx context.Context, l lister) error {
	u, lists := l.Lister.(storage.UploadLister)
	d, opens := l.Lister.(storage.DirectStorage)
	switch {
	case opens && !lists:
		return errors.New("a storage.DirectStorage that is a storage.Lister must be a storage.UploadLister")
	case !opens:
		return nil
	}
	open := map[string]string{} // keys by upload ids
	for _, name := range []string{"a/b", "a/b", "a/c d+e", "b"} {
		o := storage.DirectObject{Key: l.prefix + name, Type: directType, Size: 1, Expires: time.Minute}
		id, err := d.CreateMultipart(ctx, o)
		if err != nil {
			return fmt.Errorf("CreateMultipart: %w", err)
		}
		open[id] = o.Key
	}
	if err := onlyUploads(ctx, u, l.prefix, open); err != nil {
		return err
	}
	for id, key := range open {
		for range 2 {
			if err := u.AbortMultipart(ctx, key, id); err != nil {
				return fmt.Errorf("AbortMultipart: %w", err)
			}
		}
		delete(open, id)
		if err := onlyUploads(ctx, u, l.prefix, open); err != nil {
			return err
		}
	}
	return nil
}

// onlyUploads returns an error unless exactly these uploads are listed.
func onlyUploads(ctx context.Context, l storage.UploadLister, prefix string, open map[string]string) error {
	page, err := l.ListUploads(ctx, prefix, "")
	if err != nil {
		return fmt.Errorf("ListUploads: %w", err)
	}
	if len(page.Items) != len(open) || page.Next != "" {
		return fmt.Errorf("%d of %d uploads are listed, with Next %q", len(page.Items), len(open), page.Next)
	}
	seen := map[string]bool{}
	for _, u := range page.Items {
		if seen[u.UploadID] || open[u.UploadID] != u.Key || !recent(u.Initiated) {
			return fmt.Errorf("listed as %+v", u)
		}
		seen[u.UploadID] = true
	}
	return nil
}
