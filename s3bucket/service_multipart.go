package s3bucket

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// upload is a multipart upload that may be open. Its id is nil if it was in a lost answer.
type upload struct {
	key  string
	id   *string
	part types.CompletedPart // the only one, if it was sent
}

// late is how long a service may take to open an upload whose answer was lost.
const late = 500 * time.Millisecond

// abort aborts an upload. Without its id it aborts all of the key, and looks twice.
func (s *service) abort(ctx context.Context, u *upload) error {
	store, err := s.store()
	if err != nil {
		return err
	}
	if u.id != nil {
		return store.AbortMultipart(ctx, u.key, *u.id)
	}
	for look := range 2 {
		time.Sleep(time.Duration(look) * late)
		page, err := store.ListUploads(ctx, u.key, "")
		if err != nil {
			return err
		}
		for _, open := range page.Items {
			if open.Key != u.key {
				continue
			}
			if err := store.AbortMultipart(ctx, u.key, open.UploadID); err != nil {
				return err
			}
		}
	}
	return nil
}
