package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// listPage is the most items on a page, as in S3.
const listPage = 1000

// ListObjects implements storage.Lister. Each page reads all keys. Its time is the process's.
func (s *Store) ListObjects(_ context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := storage.ListPage[storage.ListedObject]{Time: time.Now()}
	var keys []string
	last := "" // once it is set, no key after it is on this page
	for key := range s.objects {
		if !strings.HasPrefix(key, prefix) || key <= after || last != "" && key > last {
			continue
		}
		if keys = append(keys, key); len(keys) == 4*listPage {
			slices.Sort(keys)
			keys = keys[:listPage+1]
			last = keys[listPage]
		}
	}
	slices.Sort(keys)
	if len(keys) > listPage {
		keys = keys[:listPage]
		page.Next = keys[listPage-1]
	}
	for _, key := range keys {
		o := s.objects[key]
		page.Items = append(page.Items, storage.ListedObject{Key: key, Size: o.stored.Size, ETag: o.stored.ETag, Modified: o.since})
	}
	return page, nil
}

// ListUploads implements storage.UploadLister. Its time is the process's.
func (s *Store) ListUploads(_ context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []storage.ListedUpload
	for id, m := range s.uploads {
		if strings.HasPrefix(m.key, prefix) && place(m.key, id) > after {
			all = append(all, storage.ListedUpload{Key: m.key, UploadID: id, Initiated: m.since})
		}
	}
	slices.SortFunc(all, func(a, b storage.ListedUpload) int {
		return cmp.Compare(place(a.Key, a.UploadID), place(b.Key, b.UploadID))
	})
	page := storage.ListPage[storage.ListedUpload]{Items: all, Time: time.Now()}
	if len(all) > listPage {
		last := all[listPage-1]
		page.Items, page.Next = all[:listPage], place(last.Key, last.UploadID)
	}
	return page, nil
}

// place returns the position of an upload in the list.
func place(key, uploadID string) string { return key + "\x00" + uploadID }

// RemoveListed implements storage.Lister. Between its comparison and the removal the object cannot
// change.
func (s *Store) RemoveListed(_ context.Context, o storage.ListedObject) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	there := s.objects[o.Key]
	switch {
	case there == nil:
	case there.stored.ETag != o.ETag, !there.since.Equal(o.Modified):
		return fmt.Errorf("memstore: %q: %w", o.Key, storage.ErrChanged)
	default:
		s.remove(o.Key)
	}
	return nil
}
