package s3store

import (
	"context"
	"strings"
)

// learned is what trying the service with every flag of the profile off has shown.
type learned struct {
	base *Store  // whose writes are taken, nil if none is
	need Profile // the narrowest profile, as far as it is known

	writes, signatures, put, complete tried
	pins, digests                     tried // of direct uploads, like all that follow
	signing, forms                    tried
}

// learn tries the service, once. What needs a flag is then tried with it, so that
// one lacking ability does not hide another.
func (p *probing) learn() *learned {
	if p.known != nil {
		return p.known
	}
	l := &learned{}
	p.known = l
	given := p.store
	defer func() { p.store = given }()
	p.store = given.under(Profile{})
	steps := []func(*probing){l.tryWrites, l.tryConditions}
	if withDirect(&given.opts) {
		steps = append(steps, l.tryCopies, l.trySigning, l.tryForms)
	}
	for _, step := range steps {
		if p.caller.Err() != nil {
			l.writes = unclearTried("not looked at: " + context.Cause(p.caller).Error())
			return l
		}
		step(p)
		p.clean()
		if l.writes.state != OK || l.signatures.state == Wrong {
			return l
		}
	}
	return l
}

// tryWrites looks which options a write must not have, and goes on without them.
func (l *learned) tryWrites(p *probing) {
	for _, write := range []func() error{
		func() error {
			_, err := p.put(p.publishedKey())
			return err
		},
		func() error {
			t, parts, _, err := p.upload(p.publishedKey())
			if err != nil {
				return err
			}
			return p.complete(t, parts)
		},
	} {
		err := write()
		if err != nil && notTaken(err) {
			for _, o := range p.culprits(write) {
				p.store = o.without(p.store)
				err = nil
			}
		}
		if err != nil {
			l.writes = unclearTried("nothing could be written: " + err.Error())
			return
		}
	}
	l.base, l.need, l.writes = p.store, p.store.opts.Profile, tried{state: OK}
	l.signatures = p.forged()
}

func (l *learned) tryConditions(p *probing) {
	l.put, l.complete = p.conditionalPut(), p.conditionalComplete()
	l.lacks(p, l.put, l.complete)
}

func (l *learned) tryCopies(p *probing) {
	if l.pins = p.pinned(); l.pins.state == OK {
		l.digests = p.digested()
	}
	l.lacks(p, l.pins, l.digests)
}

// lacks sets the flags of what the service lacks.
func (l *learned) lacks(p *probing, abilities ...tried) {
	for _, t := range abilities {
		if t.state == Wrong {
			*t.flag.of(&l.need) = true
		}
	}
	p.store = p.store.under(l.need)
}

// trySigning looks for a guard with which the service holds clients to signed PUTs
// and parts: that of the zero profile, then those that a flag asks for.
func (l *learned) trySigning(p *probing) {
	guards := []Profile{{}, {HeadersFromQuery: true}, {NoCopyGuard: true}}
	var seen []tried
	for _, guard := range guards {
		profile := l.need
		profile.HeadersFromQuery, profile.NoCopyGuard = guard.HeadersFromQuery, guard.NoCopyGuard
		p.on(p.store.under(profile), func() { l.signing = p.trySent() })
		p.clean()
		if l.signing.state == OK {
			l.need = profile
			p.store = p.store.under(profile)
			return
		}
		seen = append(seen, l.signing)
	}
	l.signing = mostTelling(seen)
	l.lacks(p, l.signing)
}

// trySent tries the requests that a profile signs, except forms.
func (p *probing) trySent() tried {
	parts := p.tryParts()
	if parts.state != OK || p.store.opts.Profile.InsecureUnconditionalPut {
		return parts
	}
	return p.tryPuts()
}

// mostTelling is what one guard after the other has come to: that the service takes
// what was not signed, rather than that it refused all or did not answer.
func mostTelling(seen []tried) tried {
	for _, state := range []State{Wrong, CannotTell} {
		for _, t := range seen {
			if t.state == state {
				return t
			}
		}
	}
	return tried{}
}

// tryForms takes a service for one without forms that refuses right ones, too, unless
// it does so with all that is signed.
func (l *learned) tryForms(p *probing) {
	l.forms = p.tryForms()
	if l.forms.absent && l.signing.state != CannotTell {
		l.forms = tried{state: Wrong, why: "the service has no POST forms", flag: flagForms}
	}
	l.lacks(p, l.forms)
}

// unclear is what could not be told, "" if all was.
func (l *learned) unclear() string {
	var all []string
	for _, t := range []tried{l.writes, l.signatures, l.put, l.complete, l.pins, l.digests, l.signing, l.forms} {
		if t.state == CannotTell {
			all = append(all, t.why)
		}
	}
	return strings.Join(all, "; ")
}
