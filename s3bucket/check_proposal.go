package s3bucket

import (
	"fmt"

	"github.com/airlock-go/upload/s3store"
)

// Fit says what a service is good for.
type Fit string

// These are the answers of a [Proposal], the first three from the best to the worst. FitUnclear
// means that something could not be tried.
const (
	Fits         Fit = "fits"
	FitsNoDirect Fit = "no direct uploads here"
	FitsNot      Fit = "not this service"
	FitUnclear   Fit = "cannot tell"
)

// Proposal has the narrowest [s3store.Profile] under which a service keeps what the library
// promises: the one that names the fewest lacks. The profile of the store does not change it.
type Proposal struct {
	Fit     Fit             `json:"fit"`
	Profile s3store.Profile `json:"profile"` // if Fit is Fits, or FitsNoDirect: then for streamed uploads
	Go      string          `json:"go"`      // the profile as Go source
	Lacks   []string        `json:"lacks"`   // the profile as words, for s3store.Profile.Lack
	Why     string          `json:"why,omitempty"`
}

// proposal returns the proposal for what was learned. It covers direct uploads only if direct is
// true.
func (l *learned) proposal(direct bool) *Proposal {
	p := &Proposal{Fit: Fits, Profile: l.need}
	if l.signatures.state == StateWrong {
		p.Fit, p.Why = FitsNot, l.signatures.why
		return p
	}
	if unclear := l.unclear(); unclear != "" {
		p.Fit, p.Why = FitUnclear, unclear
		return p
	}
	p.Go, p.Lacks = l.need.GoString(), append([]string{}, l.need.Lacks()...)
	if !direct {
		p.Why = "direct uploads were not tried: the layout has no StagingPrefixes"
		return p
	}
	if put, _, form := l.need.Signs(); !put && !form {
		p.Fit, p.Why = FitsNoDirect, fmt.Sprintf("PUTs and parts: %s; forms: %s", noPuts(l), l.forms.why)
	}
	return p
}

// noPuts returns why no PUTs are signed.
func noPuts(l *learned) string {
	if l.signing.state == StateWrong {
		return l.signing.why
	}
	return l.put.why
}
