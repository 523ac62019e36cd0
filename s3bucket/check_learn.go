package s3bucket

import (
	"context"
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// learned is what trying the service has shown, with only the flags that turned out to be needed.
type learned struct {
	need s3store.Profile // the narrowest profile, as far as it is known

	writes, signatures, put, complete tried
	pins, digests                     tried // only with StagingPrefixes, like all that follow
	signing, forms                    tried
}

// learn tries the service. When an ability is missing it sets the flag for that before it
// continues, so that one missing ability does not hide another. It ends if a write fails, or if the
// service accepts a forged signature.
func learn(p *signing) *learned {
	l := &learned{}
	given := p.service
	defer func() { p.service = given }()
	p.service = given.under(s3store.Profile{})
	steps := []func(*signing){l.tryWrites, l.tryConditions}
	if p.bucket.direct() {
		steps = append(steps, l.tryCopies, l.trySigning, l.tryForms)
	}
	for _, step := range steps {
		if p.outer.Err() != nil {
			l.writes = unclearTried("not tried: " + context.Cause(p.outer).Error())
			return l
		}
		step(p)
		p.clean()
		if l.writes.state != StateOK || l.signatures.state == StateWrong {
			return l
		}
	}
	return l
}

// tryWrites finds the options that a write must not have, and continues without them. After that it
// tries forged signatures.
func (l *learned) tryWrites(p *signing) {
	for _, try := range []struct {
		what  string
		write func() error
	}{
		{"a PUT", func() error {
			_, err := p.put(p.publishedKey())
			return err
		}},
		{"an upload in parts", func() error {
			u, _, err := p.upload(p.publishedKey())
			if err != nil {
				return err
			}
			return p.complete(u)
		}},
	} {
		err := try.write()
		if err != nil && notTaken(err) {
			for _, o := range p.culprits(try.write) {
				p.service = o.without(p.service)
				err = nil
			}
		}
		if err != nil {
			l.writes = unclearTried(try.what + " failed: " + err.Error())
			return
		}
	}
	p.cleaner, l.need, l.writes = p.service, p.service.opts.Profile, tried{state: StateOK}
	l.signatures = p.forged()
}

func (l *learned) tryConditions(p *signing) {
	l.put, l.complete = p.conditionalPut(), p.conditionalComplete()
	l.setFlags(p, l.put, l.complete)
}

func (l *learned) tryCopies(p *signing) {
	if l.pins = p.pinned(); l.pins.state == StateOK {
		l.digests = p.digested()
	}
	l.setFlags(p, l.pins, l.digests)
}

// setFlags sets the flags for missing abilities, and continues with the profile that has them.
func (l *learned) setFlags(p *signing, abilities ...tried) {
	for _, t := range abilities {
		if t.state == StateWrong {
			*t.flag.of(&l.need) = true
		}
	}
	p.service = p.service.under(l.need)
}

// trySigning looks for a way of signing by which the service holds clients to signed PUTs and
// parts: that of the zero profile, then those that a flag selects.
func (l *learned) trySigning(p *signing) {
	ways := []s3store.Profile{{}, {HeadersFromQuery: true}, {InsecureNoCopyGuard: true}}
	var seen []tried
	for _, way := range ways {
		profile := l.need
		profile.HeadersFromQuery, profile.InsecureNoCopyGuard = way.HeadersFromQuery, way.InsecureNoCopyGuard
		p.on(p.service.under(profile), func() { l.signing = p.trySent() })
		p.clean()
		if l.signing.state == StateOK {
			l.need = profile
			p.service = p.service.under(profile)
			return
		}
		seen = append(seen, l.signing)
	}
	l.signing = mostTelling(seen)
	l.setFlags(p, l.signing)
}

// trySent tries the requests that a profile signs, except forms.
func (p *signing) trySent() tried {
	parts := p.tryParts()
	if parts.state != StateOK || p.service.opts.Profile.InsecureUnconditionalPut {
		return parts
	}
	return p.tryPuts()
}

// mostTelling returns the most conclusive result of several ways of signing. It prefers one that
// says that the service accepts what was not signed.
func mostTelling(seen []tried) tried {
	for _, state := range []State{StateWrong, StateCannotTell} {
		for _, t := range seen {
			if t.state == state {
				return t
			}
		}
	}
	return tried{}
}

// tryForms tries POST forms. A service that refuses correct forms counts as one without forms,
// unless trying its signed PUTs and parts gave no clear result.
func (l *learned) tryForms(p *signing) {
	l.forms = p.tryForms()
	if l.forms.absent && l.signing.state != StateCannotTell {
		l.forms = tried{state: StateWrong, why: "the service has no POST forms", flag: flagForms}
	}
	l.setFlags(p, l.forms)
}

// unclear returns why abilities that were tried stayed unclear, "" if none did.
func (l *learned) unclear() string {
	var all []string
	for _, t := range []tried{l.writes, l.signatures, l.put, l.complete, l.pins, l.digests, l.signing, l.forms} {
		if t.state == StateCannotTell {
			all = append(all, t.why)
		}
	}
	return strings.Join(all, "; ")
}
