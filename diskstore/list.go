package diskstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// listPage is the most files that are read for a page, whether or not they have the prefix.
const listPage = 1000

// ListObjects implements storage.Lister. Keys come in the order of their SHA-256. Each page
// reads 1,000 files at most, so a page of a rare prefix may be empty and still have a
// Next. Its time is the file system's.
//
// A damaged file is an error that names it. Its key is not known, so a sweep must not go
// on as if it had seen everything.
func (s *Store) ListObjects(ctx context.Context, prefix, after string) (page storage.ListPage[storage.ListedObject], err error) {
	if page.Time, err = s.now(); err != nil {
		return page, fmt.Errorf("diskstore: %w", err)
	}
	folder, rest, ok := strings.Cut(after, "/")
	if after != "" && (!ok || !isName(folder, rest)) {
		return page, fmt.Errorf("diskstore: %q is not a place in the list", after)
	}
	left := listPage
	for i := range 256 {
		now := fmt.Sprintf("%02x", i)
		if now < folder {
			continue
		}
		if now > folder {
			rest = ""
		}
		names, err := s.names(objectsDir+"/"+now, rest, func(name string) bool { return isName(now, name) })
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return page, fmt.Errorf("diskstore: %w", err)
		}
		for _, name := range names {
			if left == 0 {
				return page, nil
			}
			left--
			page.Next = now + "/" + name
			if err := s.list(&page, prefix, page.Next); err != nil {
				return page, err
			}
		}
	}
	page.Next = ""
	return page, nil
}

// list adds the object at a place to the page, if its key has the prefix.
func (s *Store) list(page *storage.ListPage[storage.ListedObject], prefix, place string) error {
	o, err := s.headOf(objectsDir + "/" + place)
	switch {
	case errors.Is(err, fs.ErrNotExist): // removed meanwhile
		return nil
	case err == nil && (o.Size == unfinished || nameOf(o.Key) != strings.Replace(place, "/", "", 1)):
		err = errDamaged
	}
	if err != nil {
		return fmt.Errorf("diskstore: %s/%s: %w", objectsDir, place, err)
	}
	if strings.HasPrefix(o.Key, prefix) {
		page.Items = append(page.Items, storage.ListedObject{Key: o.Key, Size: o.Size, ETag: o.etag(), Modified: o.modified})
	}
	return nil
}

// RemoveListed implements storage.Lister. No other removal runs between its comparison of
// the object and the removal.
func (s *Store) RemoveListed(ctx context.Context, listed storage.ListedObject) error {
	return s.removeObject(ctx, listed.Key, func(o object) error {
		if o.etag() != listed.ETag || o.Size != listed.Size || !o.modified.Equal(listed.Modified) {
			return storage.ErrChanged
		}
		return nil
	})
}
