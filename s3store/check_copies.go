package s3store

import (
	"fmt"

	"github.com/airlock-go/upload"
)

const adviseGuard = "take NoCopyGuard out of the profile or, if that is no help, say NoSignedHeaders"

// copies are attempts to have an object copied in place of what is sent: one that
// exists, since a source that is missing is refused by everybody, and whose bytes
// and length are those that are signed.
func (p *probing) copies() ([]attempt, error) {
	victim := p.publishedKey()
	if _, err := p.put(victim); err != nil {
		return nil, fmt.Errorf("nothing could be written to be copied: %w", err)
	}
	advice := adviseHeaders
	if p.store.guard == noGuard {
		advice = adviseGuard
	}
	advice = "they can have copied whatever the signer may read; " + advice
	whole := withHeader("X-Amz-Copy-Source", copySource(*p.store.bucket, victim))
	return []attempt{
		{"a copy of another object", advice, whole},
		{"a copy of a range of another object", advice, func(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
			return withHeader("X-Amz-Copy-Source-Range", "bytes=0-7")(whole(r, body))
		}},
		{"a copy of another object, without a body", advice, func(r *upload.SignedRequest, _ []byte) (*upload.SignedRequest, []byte) {
			return whole(r, nil)
		}},
	}, nil
}

// signedParts tries what a signed part has to be refused for.
func (p *probing) signedParts() (State, string) {
	copies, err := p.copies()
	if err != nil {
		return CannotTell, err.Error()
	}
	s, d := p.store, upload.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	t := &target{store: s, key: d.Key}
	p.open = append(p.open, t)
	if err := t.open(p.ctx, s.createInput(stagedAttributes(d))); err != nil {
		return CannotTell, "opening a multipart upload: " + err.Error()
	}
	request, err := s.SignPart(p.ctx, d, *t.uploadID, 1)
	if err != nil {
		return CannotTell, err.Error()
	}
	for _, a := range append(copies, attempt{"a longer part", adviseLengths, longer}, attempt{"a shorter part", adviseLengths, shorter}) {
		status, err := p.send(a.do(request, probeBody))
		if state, why := judge(status, err, a.what, a.advice); state != OK {
			return state, why
		}
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return CannotTell, refusesAll(status, err)
	}
	return OK, keepsTo
}
