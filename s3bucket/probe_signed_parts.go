package s3bucket

import "github.com/airlock-go/upload/storage"

func (p *signing) signedParts() (State, string) { return p.tryParts().finding() }

// tryParts tries parts that must be refused.
func (p *signing) tryParts() tried {
	return p.once(TopicSignedParts, func() tried {
		copies, err := p.copies()
		if err != nil {
			return unclearTried(err.Error())
		}
		return p.parts(append(copies, attempt{"a longer part", adviseLengths, longer}, attempt{"a shorter part", adviseLengths, shorter}))
	})
}

// parts signs a part and sends it in wrong ways, and then in the right one.
func (p *signing) parts(wrong []attempt) tried {
	store, err := p.service.store()
	if err != nil {
		return unclearTried(err.Error())
	}
	d := storage.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	id, err := store.CreateMultipart(p.ctx, d)
	if err != nil {
		return unclearTried("opening a multipart upload: " + err.Error())
	}
	p.open = append(p.open, &upload{key: d.Key, id: &id})
	request, err := store.SignPart(p.ctx, d, id, 1)
	if err != nil {
		return unclearTried(err.Error())
	}
	for _, a := range wrong {
		status, err := p.send(a.do(request, probeBody))
		if t := judge(status, err, a.what, a.taken); t.state != StateOK {
			return t
		}
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return refusesAll(status, err)
	}
	return tried{state: StateOK, why: keepsTo}
}
