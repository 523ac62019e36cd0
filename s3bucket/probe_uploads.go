package s3bucket

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

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

// complete completes an upload as the store does.
func (p *probing) complete(u *upload) error {
	out, err := p.service.complete(p.ctx, u.key, u.id, u.part)
	if err == nil {
		p.ended(u)
		p.wrote(u.key, out.VersionId)
	}
	return err
}

// ended records that an upload was completed or aborted.
func (p *probing) ended(u *upload) {
	p.open = slices.DeleteFunc(p.open, func(other *upload) bool { return other == u })
}
