package s3bucket

import (
	"fmt"
	"slices"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

const adviseGuard = "take InsecureNoCopyGuard out of the profile or, if that does not help, say NoSignedHeaders"

// copyCondition is the header field that is signed against copies.
const copyCondition = "x-amz-copy-source-if-match"

// stolen returns the advice for a service where a client can have something copied.
func (p *signing) stolen() (advice, error) {
	text := adviseHeaders.text
	headers, err := p.headers()
	if !p.service.opts.Profile.HeadersFromQuery && !slices.Contains(headers, copyCondition) {
		text = adviseGuard
	}
	return advice{flagHeaders, "they can copy whatever the signer may read; " + text}, err
}

// copies returns attempts to have an object copied in place of the sent bytes. The source exists,
// since services refuse a missing one, and its bytes and length are those that are signed.
func (p *signing) copies() ([]attempt, error) {
	victim := p.publishedKey()
	if _, err := p.put(victim); err != nil {
		return nil, fmt.Errorf("nothing could be written to be copied: %w", err)
	}
	taken, err := p.stolen()
	if err != nil {
		return nil, err
	}
	whole := withHeader("X-Amz-Copy-Source", s3calls.CopySource(*p.service.bucket, victim))
	return []attempt{
		{"a copy of another object", taken, whole},
		{"a copy of a range of another object", taken, func(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte) {
			return withHeader("X-Amz-Copy-Source-Range", "bytes=0-7")(whole(r, body))
		}},
		{"a copy of another object, without a body", taken, func(r *storage.SignedRequest, _ []byte) (*storage.SignedRequest, []byte) {
			return whole(r, nil)
		}},
	}, nil
}
