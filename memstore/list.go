package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload"
)

// listPage is how much is listed at once, as in S3.
const listPage = 1000

// ListObjects implements upload.Lister. Each page looks at all keys.
func (s *Store) ListObjects(_ context.Context, prefix, after string) (page []upload.ListedObject, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	last := "" // no key behind it is on this page, once it is known
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
		next = keys[listPage-1]
	}
	for _, key := range keys {
		o := s.objects[key]
		page = append(page, upload.ListedObject{Key: key, Size: o.stored.Size, ETag: o.stored.ETag, Modified: o.since})
	}
	return page, next, nil
}

// ListUploads implements upload.Lister.
func (s *Store) ListUploads(_ context.Context, prefix, after string) (page []upload.ListedUpload, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, m := range s.uploads {
		if strings.HasPrefix(m.key, prefix) && place(m.key, id) > after {
			page = append(page, upload.ListedUpload{Key: m.key, UploadID: id, Initiated: m.since})
		}
	}
	slices.SortFunc(page, func(a, b upload.ListedUpload) int {
		return cmp.Compare(place(a.Key, a.UploadID), place(b.Key, b.UploadID))
	})
	if len(page) > listPage {
		page = page[:listPage]
		last := page[listPage-1]
		next = place(last.Key, last.UploadID)
	}
	return page, next, nil
}

// place is where an upload stands in the list.
func place(key, uploadID string) string { return key + "\x00" + uploadID }

// RemoveListed implements upload.Lister. Nothing comes between the look at the
// object and its removal.
func (s *Store) RemoveListed(_ context.Context, o upload.ListedObject) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	there := s.objects[o.Key]
	switch {
	case there == nil:
	case there.stored.ETag != o.ETag, !there.since.Equal(o.Modified):
		return fmt.Errorf("memstore: %q: %w", o.Key, upload.ErrChanged)
	default:
		s.remove(o.Key)
	}
	return nil
}
