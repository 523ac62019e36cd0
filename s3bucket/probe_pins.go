package s3bucket

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// otherETag is that of an empty object.
const otherETag = `"d41d8cd98f00b204e9800998ecf8427e"`

// copying is a probe's own object, and an upload that parts of it are copied to.
type copying struct {
	from, etag string
	to         *upload
}

// copy copies the object to a part, or its byteRange if that is not "", if the object has the ETag.
func (p *probing) copy(c copying, number int32, etag, byteRange string) (*s3.UploadPartCopyOutput, error) {
	s := p.service
	return s3calls.Do(p.ctx, s.caller, s.client.UploadPartCopy, &s3.UploadPartCopyInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, ExpectedSourceBucketOwner: s.owner, Key: &c.to.key, UploadId: c.to.id, PartNumber: &number,
		CopySource: aws.String(s3calls.CopySource(*s.bucket, c.from)), CopySourceIfMatch: &etag, CopySourceRange: optional(byteRange),
	})
}

// pinned tries to copy an object by a wrong ETag, then by the right one, and then a range of it.
func (p *probing) pinned() tried {
	c, err := p.copying("")
	if err != nil {
		return tried{StateCannotTell, err.Error(), flagPins, "", false}
	}
	_, err = p.copy(c, 1, otherETag, "")
	switch {
	case err == nil:
		return tried{StateWrong, "UploadPartCopy ignores X-Amz-Copy-Source-If-Match, so that a file could be replaced between its check and its copy", flagPins, "", false}
	case s3calls.Status(err)/100 != 4 && s3calls.Status(err) != http.StatusNotImplemented:
		return tried{StateCannotTell, "UploadPartCopy: " + err.Error(), flagPins, "", false}
	}
	if _, err = p.copy(c, 1, c.etag, ""); err == nil {
		_, err = p.copy(c, 2, c.etag, "bytes=0-7")
	}
	switch status := s3calls.Status(err); {
	case err == nil:
	case status/100 == 4 && status != http.StatusForbidden, status == http.StatusNotImplemented:
		return tried{StateWrong, fmt.Sprintf("UploadPartCopy is refused (%d %s)", status, s3calls.Code(err)), flagPins, "", false}
	default:
		return tried{StateCannotTell, "UploadPartCopy: " + err.Error(), flagPins, "", false}
	}
	return p.ranged(c)
}

// ranged checks the length of the parts that pinned has copied.
func (p *probing) ranged(c copying) tried {
	parts, err := p.copied(c)
	switch {
	case err != nil:
		return tried{StateCannotTell, "listing copied parts: " + err.Error(), flagPins, "", false}
	case len(parts) != 2 || parts[0].Size != int64(len(probeBody)) || parts[1].Size != 8:
		return tried{StateWrong, "UploadPartCopy does not copy the requested range", flagPins, "", false}
	}
	return tried{state: StateOK, flag: flagPins}
}

func (p *probing) copied(c copying) ([]storage.Part, error) {
	store, err := p.service.store()
	if err != nil {
		return nil, err
	}
	return store.Parts(p.ctx, c.to.key, *c.to.id)
}

// digested checks whether a copy reports its SHA-256, which Promote needs without NoCopyDigests.
func (p *probing) digested() tried {
	c, err := p.copying(types.ChecksumAlgorithmSha256)
	if err != nil && !notTaken(err) {
		return tried{StateCannotTell, err.Error(), flagDigests, "", false}
	}
	var out *s3.UploadPartCopyOutput
	if err == nil {
		out, err = p.copy(c, 1, c.etag, "")
	}
	sum := sha256.Sum256(probeBody)
	switch status := s3calls.Status(err); {
	case err == nil && aws.ToString(out.CopyPartResult.ChecksumSHA256) == base64.StdEncoding.EncodeToString(sum[:]):
		return tried{state: StateOK, flag: flagDigests}
	case err != nil && (status == 0 || status >= 500 && status != http.StatusNotImplemented || status == http.StatusForbidden):
		return tried{StateCannotTell, "UploadPartCopy: " + err.Error(), flagDigests, "", false}
	}
	return tried{StateWrong, "UploadPartCopy does not report the SHA-256 of a copy", flagDigests, "", false}
}

// copying writes an object, and opens an upload for copies of it.
func (p *probing) copying(sums types.ChecksumAlgorithm) (copying, error) {
	from := p.publishedKey()
	if _, err := p.put(from); err != nil {
		return copying{}, fmt.Errorf("nothing could be written to be copied: %w", err)
	}
	out, err := p.service.head(p.ctx, from, nil)
	if err != nil {
		return copying{}, fmt.Errorf("looking at an object: %w", err)
	}
	to, err := p.begin(p.publishedKey(), sums)
	if err != nil {
		return copying{}, fmt.Errorf("opening a multipart upload: %w", err)
	}
	return copying{from, aws.ToString(out.ETag), to}, nil
}
