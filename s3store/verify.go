package s3store

import "context"

// verifying are the topics of Verify.
var verifying = []probe{
	{TopicSignatures, nil, (*probing).verifySignatures},
	{TopicConditional, nil, (*probing).verifyConditions},
	{TopicCopies, copiesPinned, (*probing).verifyPin},
	{TopicSignedPuts, signsPuts, (*probing).verifyPut},
	{TopicSignedParts, signsParts, (*probing).verifyPart},
}

func copiesPinned(o *Options) bool { return withDirect(o) && !o.Profile.NoPinnedCopies }

// Verify tries the few abilities of the service without which files are lost, stolen
// or published unchecked, as far as the profile relies on them: that a forged
// signature is refused; that PutObject and CompleteMultipartUpload replace nothing;
// that copies keep to an ETag; that a signed PUT and a signed part copy nothing; and
// that a signed part is not longer than it was signed. The last four are tried only if
// the [Layout] has direct uploads.
//
// It is meant for the start of a program, which should end if [Report.Worst] is
// Wrong. It makes about twenty calls, and as many to remove what it wrote as Check
// does, fewer without direct uploads. It sees what a service does not do at all, and no more: run Check before the
// first user comes, and after each update of the service.
func (s *Store) Verify(ctx context.Context) Report {
	return s.examine(ctx, verifying)
}

// verifySignatures: a forged write means nothing where a right one is refused.
func (p *probing) verifySignatures() (State, string) {
	if _, err := p.put(p.publishedKey()); err != nil {
		return CannotTell, "nothing could be written: " + err.Error()
	}
	return ofForged(p.forged())
}

func (p *probing) verifyConditions() (State, string) {
	var abilities []tried
	if !p.store.opts.Profile.InsecureUnconditionalPut {
		abilities = append(abilities, p.conditionalPut())
	}
	if !p.store.opts.Profile.InsecureUnconditionalComplete {
		abilities = append(abilities, p.conditionalComplete())
	}
	return p.store.opts.Profile.weigh("If-None-Match is enforced", abilities...)
}

func (p *probing) verifyPin() (State, string) {
	return p.store.opts.Profile.weigh("copies keep to an ETag", p.pinned())
}

// verifyPut and verifyPart send the attack that harms others than the sender.
func (p *probing) verifyPut() (State, string) {
	copies, err := p.copies()
	if err != nil {
		return CannotTell, err.Error()
	}
	return p.signed(false, copies[:1], "").finding()
}

func (p *probing) verifyPart() (State, string) {
	copies, err := p.copies()
	if err != nil {
		return CannotTell, err.Error()
	}
	return p.parts([]attempt{copies[0], {"a longer part", adviseLengths, longer}}).finding()
}
