package s3bucket

import (
	"context"
	"strings"
)

// verifying are the probes of Verify.
var verifying = []probe{
	{TopicSignatures, nil, (*run).verifySignatures},
	{TopicConditional, nil, (*run).verifyConditions},
	{TopicCopies, (*Bucket).pinsCopies, (*run).verifyPin},
	{TopicSignedPuts, (*Bucket).signsPuts, (*run).verifyPut},
	{TopicSignedParts, (*Bucket).signsParts, (*run).verifyPart},
}

func (b *Bucket) pinsCopies() bool { return b.direct() && !b.opts.Profile.NoPinnedCopies }

// Verify tries the few abilities of the service without which files are lost, stolen or published
// unchecked, as far as the profile relies on them. A forged signature must be refused. PutObject
// and CompleteMultipartUpload must replace nothing. Copies must keep to an ETag. A signed PUT and a
// signed part must copy nothing, and a signed part must not exceed its signed length. Those about
// copies and signed requests are tried only if the [Layout] has StagingPrefixes.
//
// It is meant for the start of a program, which should end if [Report.Worst] is StateWrong. It
// makes about twenty calls, fewer without StagingPrefixes, and others to remove what it wrote. It
// detects only abilities that the service lacks entirely: run Check before the first user comes,
// and after each update of the service.
//
// It cannot tell anything with invalid credentials: call [s3store.Store.Ping] first. Its probes
// stay, and TopicLeft is StateWrong, if the credentials may write them but not remove them. The
// policy of [RoleStreamed] is enough, with StagingPrefixes that of [RoleStreamed] and [RoleDirect].
func (b *Bucket) Verify(ctx context.Context) Report {
	return b.examine(ctx, verifying)
}

// verifySignatures tries a correct write first: without it, a refused forgery proves nothing.
func (r *run) verifySignatures() (State, string) {
	if _, err := r.put(r.publishedKey()); err != nil {
		return StateCannotTell, "nothing could be written: " + err.Error()
	}
	return ofForged(r.forged())
}

// verifyConditions tries the operations that the profile expects to obey conditions.
func (r *run) verifyConditions() (State, string) {
	var abilities []tried
	var names []string
	if !r.given().InsecureUnconditionalPut {
		abilities, names = append(abilities, r.conditionalPut()), append(names, "PutObject")
	}
	if !r.given().InsecureUnconditionalComplete {
		abilities, names = append(abilities, r.conditionalComplete()), append(names, "CompleteMultipartUpload")
	}
	if len(names) == 0 {
		return StateOK, "not tried, since the profile says that no operation enforces If-None-Match"
	}
	return weigh(r.given(), "If-None-Match is enforced by "+strings.Join(names, " and "), abilities...)
}

func (r *run) verifyPin() (State, string) {
	return weigh(r.given(), "copies keep to an ETag", r.pinned())
}

// verifyPut and verifyPart send the attack that harms others than the sender. verifyPart also sends
// a part that is too long.
func (r *run) verifyPut() (State, string) {
	copies, err := r.copies()
	if err != nil {
		return StateCannotTell, err.Error()
	}
	return r.signed(false, copies[:1], "").finding()
}

func (r *run) verifyPart() (State, string) {
	copies, err := r.copies()
	if err != nil {
		return StateCannotTell, err.Error()
	}
	return r.parts([]attempt{copies[0], {"a longer part", adviseLengths, longer}}).finding()
}
