package s3bucket

import (
	"fmt"

	"github.com/airlock-go/upload/s3store"
)

// aboutSignatures returns the finding about forged signatures.
func (l *learned) aboutSignatures() (State, string) {
	if l.writes.state != StateOK {
		return l.writes.finding()
	}
	return ofForged(l.signatures)
}

// aboutConditions compares the profile with what was learned: whether writes replace objects.
func (l *learned) aboutConditions(given s3store.Profile) (State, string) {
	if l.writes.state != StateOK {
		return l.writes.finding()
	}
	return weigh(given, "If-None-Match is enforced by PutObject and CompleteMultipartUpload", l.put, l.complete)
}

// aboutCopies says whether Promote copies the bytes that were checked.
func (l *learned) aboutCopies(given s3store.Profile) (State, string) {
	if l.writes.state != StateOK {
		return l.writes.finding()
	}
	if l.pins.state != StateOK || given.NoPinnedCopies {
		return weigh(given, "", l.pins) // a file that is read again needs no digest from the service
	}
	return weigh(given, "copies keep to an ETag and to a range, and report their SHA-256", l.pins, l.digests)
}

// against compares a profile with the proposal.
func (proposed *Proposal) against(given s3store.Profile) (State, string) {
	switch proposed.Fit {
	case FitsNot:
		return StateWrong, fmt.Sprintf("%s: %s; %s", FitsNot, proposed.Why, adviseOther)
	case FitUnclear:
		return StateCannotTell, "no profile can be proposed: " + proposed.Why
	}
	missing := missing(given, proposed.Profile)
	switch {
	case proposed.Fit == FitsNoDirect && len(missing) == 0:
		return StateWrong, fmt.Sprintf("%s: %s", FitsNoDirect, proposed.Why)
	case proposed.Fit == FitsNoDirect:
		return StateWrong, fmt.Sprintf("%s: %s; for streamed uploads take %s", FitsNoDirect, proposed.Why, proposed.Go)
	case len(missing) > 0:
		return StateWrong, fmt.Sprintf("it does not say %s: the narrowest that fits is %s", listed(missing), proposed.Go)
	case given != proposed.Profile:
		return StateOK, "it says all that is needed; the narrowest that fits is " + proposed.Go
	}
	return StateOK, "it is the narrowest that fits: " + proposed.Go
}
