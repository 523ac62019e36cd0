package s3store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// otherETag is of an object without a byte.
const otherETag = `"d41d8cd98f00b204e9800998ecf8427e"`

// copied is the finding of pinned and digested: whether what Promote copies is what
// was checked.
func (p *probing) copied() (State, string) {
	l, profile := p.learn(), p.store.opts.Profile
	if l.writes.state != OK {
		return l.writes.finding()
	}
	if l.pins.state != OK || profile.NoPinnedCopies {
		return profile.weigh("", l.pins) // what is read again needs no digest of the service's
	}
	return profile.weigh("copies keep to an ETag and to a range, and tell their SHA-256", l.pins, l.digests)
}

// pinned tries to copy an object that has another ETag by now, then one that has
// not, and then a range of it.
func (p *probing) pinned() tried {
	m, err := p.promotion("")
	if err != nil {
		return tried{CannotTell, err.Error(), flagPins, "", false}
	}
	etag := m.ETag
	m.ETag = otherETag
	_, err = m.copyPart(p.ctx, 1, 0, m.Size-1)
	switch {
	case err == nil:
		return tried{Wrong, "UploadPartCopy ignores X-Amz-Copy-Source-If-Match, so that a file could be replaced between its check and its copy", flagPins, "", false}
	case s3calls.Status(err)/100 != 4 && s3calls.Status(err) != http.StatusNotImplemented:
		return tried{CannotTell, "UploadPartCopy: " + err.Error(), flagPins, "", false}
	}
	m.ETag = etag
	if _, err = m.copyPart(p.ctx, 1, 0, m.Size-1); err == nil {
		_, err = m.copyPart(p.ctx, 2, 0, 7)
	}
	switch {
	case err == nil:
	case s3calls.Status(err)/100 == 4 && s3calls.Status(err) != http.StatusForbidden, s3calls.Status(err) == http.StatusNotImplemented:
		return tried{Wrong, fmt.Sprintf("UploadPartCopy is refused (%d %s)", s3calls.Status(err), s3calls.Code(err)), flagPins, "", false}
	default:
		return tried{CannotTell, "UploadPartCopy: " + err.Error(), flagPins, "", false}
	}
	return p.ranged(m)
}

// ranged looks how long the parts are that pinned has copied.
func (p *probing) ranged(m *promotion) tried {
	parts, err := p.store.Parts(p.ctx, m.key, *m.uploadID)
	switch {
	case err != nil:
		return tried{CannotTell, "listing copied parts: " + err.Error(), flagPins, "", false}
	case len(parts) != 2 || parts[0].Size != m.Size || parts[1].Size != 8:
		return tried{Wrong, "UploadPartCopy copies something else than the range that it is asked for", flagPins, "", false}
	}
	return tried{state: OK, flag: flagPins}
}

// digested looks whether a copy tells its SHA-256, as Promote asks for it.
func (p *probing) digested() tried {
	m, err := p.promotion(types.ChecksumAlgorithmSha256)
	if err != nil && !notTaken(err) {
		return tried{CannotTell, err.Error(), flagDigests, "", false}
	}
	if err == nil {
		sum := sha256.Sum256(probeBody)
		m.digest = base64.StdEncoding.EncodeToString(sum[:])
		_, err = m.copyPart(p.ctx, 1, 0, m.Size-1)
	}
	switch status := s3calls.Status(err); {
	case err == nil:
		return tried{state: OK, flag: flagDigests}
	case status == 0 && !errors.Is(err, errNoDigest) && !errors.Is(err, errOtherBytes), status >= 500 && status != http.StatusNotImplemented, status == http.StatusForbidden:
		return tried{CannotTell, "UploadPartCopy: " + err.Error(), flagDigests, "", false}
	}
	return tried{Wrong, "UploadPartCopy does not tell the SHA-256 of a copy", flagDigests, "", false}
}

// promotion is one of a probe's own object, with its upload open.
func (p *probing) promotion(algorithm types.ChecksumAlgorithm) (*promotion, error) {
	s, from := p.store, p.publishedKey()
	if _, err := p.put(from); err != nil {
		return nil, fmt.Errorf("nothing could be written to be copied: %w", err)
	}
	out, err := s.head(p.ctx, from, nil)
	if err != nil {
		return nil, fmt.Errorf("looking at an object: %w", err)
	}
	m := &promotion{target: target{store: s, key: p.publishedKey()}, Promotion: storage.Promotion{
		From: from, ETag: aws.ToString(out.ETag), Size: int64(len(probeBody)),
	}}
	p.open = append(p.open, &m.target)
	in := s.createInput(s.published(m.key, "text/plain", probeName, rand.Text(), ""))
	in.ChecksumAlgorithm = algorithm
	if err := m.open(p.ctx, in); err != nil {
		return nil, fmt.Errorf("opening a multipart upload: %w", err)
	}
	return m, nil
}
