package s3bucket

import (
	"strings"
	"time"
)

// probeExpires is how long the requests of a probe work.
const probeExpires = 5 * time.Minute

// signing probes the requests that are signed for clients.
type signing struct {
	*probing
	asked map[manner]tried // the result for each
}

// manner is everything that signed requests can differ in.
type manner struct {
	kind          Topic
	headers       string // that are signed
	absent        bool   // others are signed as absent
	digests, sums bool
	owner         string
}

// once tries requests of one kind, once for each way to sign them.
func (p *signing) once(kind Topic, try func() tried) tried {
	headers, err := p.headers()
	if err != nil {
		return unclearTried(err.Error())
	}
	o := p.service.opts
	key := manner{
		kind, strings.Join(headers, " "), o.Profile.HeadersFromQuery, o.Profile.NoCopyDigests && !o.Profile.NoPinnedCopies,
		o.Profile.ChecksumsWhenRequired, o.ExpectedBucketOwner,
	}
	if t, done := p.asked[key]; done {
		return t
	}
	t := try()
	p.asked[key] = t
	return t
}

// headers returns the header fields that are signed now.
func (p *signing) headers() ([]string, error) {
	store, err := p.service.store()
	if err != nil {
		return nil, err
	}
	return store.SignedHeaders(), nil
}
