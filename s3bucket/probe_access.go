package s3bucket

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

func (p *probing) writeAction() string {
	if len(p.service.opts.Tags) > 0 {
		return "s3:PutObject and, for Options.Tags, s3:PutObjectTagging"
	}
	return "s3:PutObject"
}

func (p *probing) write() (State, string) {
	for _, prefix := range p.bucket.layout.all() {
		write := func() error {
			_, err := p.put(p.key(prefix))
			return err
		}
		if err := write(); err != nil {
			return p.refusal(err, fmt.Sprintf("writing an object under %q", prefix), p.writeAction(), write)
		}
	}
	return StateOK, "objects can be written"
}

// read looks at an object, and at one that does not exist, which must give a 404.
func (p *probing) read() (State, string) {
	s, key := p.service, p.publishedKey()
	version, err := p.put(key)
	if err != nil {
		return StateCannotTell, "nothing could be written to be read"
	}
	if _, err := s.head(p.ctx, key, nil); err != nil {
		return denied(err, "looking at an object", "s3:GetObject")
	}
	_, err = s.head(p.ctx, p.publishedKey(), nil)
	switch s3calls.Status(err) {
	case http.StatusNotFound:
	case http.StatusForbidden:
		return StateWrong, "a key that does not exist is answered with 403: s3:ListBucket makes it 404, without which lost answers cannot be settled"
	default:
		return StateCannotTell, fmt.Sprintf("looking for a key that does not exist: %v", err)
	}
	if isUnique(version) {
		if _, err := s3calls.Do(p.ctx, s.caller, s.client.ListObjectVersions, &s3.ListObjectVersionsInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Prefix: &key,
		}); err != nil {
			return denied(err, "listing versions", "s3:ListBucketVersions")
		}
	}
	return StateOK, "objects can be read, and missing ones differ from hidden ones"
}

func (p *probing) multipart() (State, string) {
	s, key := p.service, p.publishedKey()
	u, step, err := p.upload(key)
	if err != nil {
		return p.refusal(err, step, p.writeAction(), func() error {
			_, _, err := p.upload(p.publishedKey())
			return err
		})
	}
	if _, err := s3calls.Do(p.ctx, s.caller, s.client.ListMultipartUploads, &s3.ListMultipartUploadsInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Prefix: &key,
	}); err != nil {
		return denied(err, "listing multipart uploads", "s3:ListBucketMultipartUploads")
	}
	if err := s.abort(p.ctx, u); err != nil {
		return denied(err, "aborting a multipart upload", "s3:AbortMultipartUpload")
	}
	p.ended(u)
	return StateOK, "they can be opened, sent to, listed and aborted"
}

// delete removes an object as Discard does.
func (p *probing) delete() (State, string) {
	for _, prefix := range p.bucket.layout.all() {
		key := p.key(prefix)
		version, err := p.put(key)
		if err != nil {
			return StateCannotTell, "nothing could be written to be deleted"
		}
		action := "s3:DeleteObject"
		if isUnique(version) {
			action = "s3:DeleteObjectVersion, since the bucket keeps versions"
		}
		if err := p.service.deleteVersion(p.ctx, key, version); err != nil {
			return denied(err, fmt.Sprintf("deleting an object under %q", prefix), action)
		}
		p.removed(key, version)
		if _, err := p.service.head(p.ctx, key, nil); err == nil {
			return StateWrong, "a deleted object is still readable (Object Lock?): nothing can be taken back"
		}
	}
	return StateOK, "objects can be deleted"
}
