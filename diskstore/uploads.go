package diskstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// ListUploads implements storage.UploadLister. It lists files that are not published yet, and those
// that a process left when it was killed. Their id is their name in the staging folder. Initiated
// is when they were last written to, by the file system's clock.
//
// A process that is killed in the first moment of an upload leaves a file that does not say its
// key. Such a file is listed under every prefix, and its key is the prefix and its id.
func (s *Store) ListUploads(ctx context.Context, prefix, after string) (page storage.ListPage[storage.ListedUpload], err error) {
	if page.Time, err = s.now(); err != nil {
		return page, fmt.Errorf("diskstore: %w", err)
	}
	names, err := s.names(stagingDir, after, isStagedName)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return page, fmt.Errorf("diskstore: %w", err)
	}
	if len(names) > listPage {
		names = names[:listPage]
		page.Next = names[listPage-1]
	}
	for _, id := range names {
		o, err := s.headOf(stagedPath(id))
		switch {
		case errors.Is(err, fs.ErrNotExist): // ended meanwhile
			continue
		case errors.Is(err, errDamaged):
			o.Key = prefix + id
		case err != nil:
			return page, fmt.Errorf("diskstore: %w", err)
		}
		if strings.HasPrefix(o.Key, prefix) {
			page.Items = append(page.Items, storage.ListedUpload{Key: o.Key, UploadID: id, Initiated: o.modified})
		}
	}
	return page, nil
}

// AbortMultipart implements storage.UploadLister. It removes the staged file. An upload that is
// still running then fails at its Patch or Commit.
func (s *Store) AbortMultipart(_ context.Context, key, uploadID string) error {
	if !isStagedName(uploadID) {
		return nil
	}
	o, err := s.headOf(stagedPath(uploadID))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil && !errors.Is(err, errDamaged):
		return fmt.Errorf("diskstore: %w", err)
	case err == nil && o.Key != key, err != nil && !strings.HasSuffix(key, uploadID):
		return nil
	}
	if err := s.remove(stagedPath(uploadID)); err != nil {
		return fmt.Errorf("diskstore: %q: %w", key, err)
	}
	return nil
}
