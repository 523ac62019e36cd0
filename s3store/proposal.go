package s3store

import "fmt"

// Fit says what a service is good for.
type Fit string

// The answers of a [Proposal], from the best to the worst. FitUnclear is that
// something could not be tried.
const (
	Fits         Fit = "fits"
	FitsNoDirect Fit = "no direct uploads here"
	FitsNot      Fit = "not this service"
	FitUnclear   Fit = "cannot tell"
)

// Proposal is the narrowest [Profile] under which a service keeps what the library
// promises, whatever the profile of the store says.
type Proposal struct {
	Fit     Fit      `json:"fit"`
	Profile Profile  `json:"profile"` // of Fits, and for streamed uploads of FitsNoDirect
	Go      string   `json:"go"`      // the profile as Go source
	Lacks   []string `json:"lacks"`   // the profile as words, for -s3-lacks
	Why     string   `json:"why,omitempty"`
}

// proposal is made of what was learned. Without direct uploads in the layout it says
// nothing of them.
func (l *learned) proposal(o *Options) *Proposal {
	p := &Proposal{Fit: Fits, Profile: l.need}
	if l.signatures.state == Wrong {
		p.Fit, p.Why = FitsNot, l.signatures.why
		return p
	}
	if unclear := l.unclear(); unclear != "" {
		p.Fit, p.Why = FitUnclear, unclear
		return p
	}
	p.Go, p.Lacks = l.need.GoString(), append([]string{}, l.need.Lacks()...)
	if !withDirect(o) {
		p.Why = "direct uploads were not tried: the layout has no StagingPrefixes"
		return p
	}
	if _, err := l.need.direct(); err != nil {
		p.Fit, p.Why = FitsNoDirect, fmt.Sprintf("PUTs and parts: %s; forms: %s", noPuts(l), l.forms.why)
	}
	return p
}

// noPuts says why nothing is signed but forms.
func noPuts(l *learned) string {
	if l.signing.state == Wrong {
		return l.signing.why
	}
	return l.put.why
}

// profile compares the store's profile with the proposal.
func (p *probing) profile() (State, string) {
	given, proposed := p.store.opts.Profile, p.learn().proposal(&p.store.opts)
	p.proposed = proposed
	switch proposed.Fit {
	case FitsNot:
		return Wrong, fmt.Sprintf("%s: %s; %s", FitsNot, proposed.Why, adviseOther)
	case FitUnclear:
		return CannotTell, "no profile can be proposed: " + proposed.Why
	}
	missing := given.missing(proposed.Profile)
	switch {
	case proposed.Fit == FitsNoDirect && len(missing) == 0:
		return Wrong, fmt.Sprintf("%s: %s", FitsNoDirect, proposed.Why)
	case proposed.Fit == FitsNoDirect:
		return Wrong, fmt.Sprintf("%s: %s; for streamed uploads take %s", FitsNoDirect, proposed.Why, proposed.Go)
	case len(missing) > 0:
		return Wrong, fmt.Sprintf("it does not say %s: the narrowest that fits is %s", names(missing), proposed.Go)
	case given != proposed.Profile:
		return OK, "it says all that it has to; the narrowest that fits is " + proposed.Go
	}
	return OK, "it is the narrowest that fits: " + proposed.Go
}
