package s3store

import (
	"fmt"

	"github.com/airlock-go/upload/storage"
)

const adviseGuard = "take NoCopyGuard out of the profile or, if that is no help, say NoSignedHeaders"

// stolen is what it means if a client can have something copied.
func (p *probing) stolen() advice {
	text := adviseHeaders.text
	if p.store.guard == noGuard {
		text = adviseGuard
	}
	return advice{flagHeaders, "they can have copied whatever the signer may read; " + text}
}

// copies are attempts to have an object copied in place of what is sent: one that
// exists, since a source that is missing is refused by everybody, and whose bytes
// and length are those that are signed.
func (p *probing) copies() ([]attempt, error) {
	victim := p.publishedKey()
	if _, err := p.put(victim); err != nil {
		return nil, fmt.Errorf("nothing could be written to be copied: %w", err)
	}
	taken := p.stolen()
	whole := withHeader("X-Amz-Copy-Source", copySource(*p.store.bucket, victim))
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

// tryParts tries what a signed part has to be refused for.
func (p *probing) tryParts() tried {
	return p.once(TopicSignedParts, func() tried {
		copies, err := p.copies()
		if err != nil {
			return unclearTried(err.Error())
		}
		return p.parts(append(copies, attempt{"a longer part", adviseLengths, longer}, attempt{"a shorter part", adviseLengths, shorter}))
	})
}

// parts signs a part and sends it in wrong ways, and then in the right one.
func (p *probing) parts(wrong []attempt) tried {
	s, d := p.store, storage.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	t := &target{store: s, key: d.Key}
	p.open = append(p.open, t)
	if err := t.open(p.ctx, s.createInput(stagedAttributes(d))); err != nil {
		return unclearTried("opening a multipart upload: " + err.Error())
	}
	request, err := s.SignPart(p.ctx, d, *t.uploadID, 1)
	if err != nil {
		return unclearTried(err.Error())
	}
	for _, a := range wrong {
		status, err := p.send(a.do(request, probeBody))
		if t := judge(status, err, a.what, a.taken); t.state != OK {
			return t
		}
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return refusesAll(status, err)
	}
	return tried{state: OK, why: keepsTo}
}
