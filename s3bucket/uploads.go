package s3bucket

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// upload is a multipart upload that there may be. Its id is nil if it was in a lost
// answer.
type upload struct {
	key  string
	id   *string
	part types.CompletedPart // the only one, if it is sent
}

// begin opens a multipart upload under key.
func (p *probing) begin(key string, sums types.ChecksumAlgorithm) (*upload, error) {
	var doubt bool
	out, err := p.service.create(p.ctx, key, sums, s3calls.Watch(&doubt))
	if doubt {
		p.open = append(p.open, &upload{key: key})
	}
	if err != nil {
		return nil, err
	}
	u := &upload{key: key, id: out.UploadId}
	p.open = append(p.open, u)
	return u, nil
}

// upload opens a multipart upload of one part under key, ready to be completed.
func (p *probing) upload(key string) (u *upload, step string, err error) {
	u, err = p.begin(key, p.service.sums())
	if err != nil {
		return nil, "opening one", err
	}
	u.part, err = p.service.part(p.ctx, key, u.id)
	if err != nil {
		return nil, "sending a part", err
	}
	return u, "", nil
}

// complete makes the object of an upload, unless there is one.
func (p *probing) complete(u *upload) error {
	out, err := p.service.complete(p.ctx, u.key, u.id, u.part)
	if err == nil {
		p.ended(u)
		p.wrote(u.key, out.VersionId)
	}
	return err
}

// ended notes that an upload is no longer open.
func (p *probing) ended(u *upload) {
	p.open = slices.DeleteFunc(p.open, func(other *upload) bool { return other == u })
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
