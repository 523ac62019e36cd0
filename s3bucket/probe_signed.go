package s3bucket

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

func (p *signing) signedPuts() (State, string) { return p.tryPuts().finding() }
func (p *signing) forms() (State, string)      { return p.tryForms().finding() }

// tryPuts tries PUTs that must be refused.
func (p *signing) tryPuts() tried {
	return p.once(TopicSignedPuts, func() tried {
		copies, err := p.copies()
		if err != nil {
			return unclearTried(err.Error())
		}
		return p.signed(false, append(copies,
			attempt{"a longer file", adviseLengths, longer},
			attempt{"a shorter file", adviseLengths, shorter},
			attempt{otherContent, adviseHeaders, otherBytes},
			attempt{"another type", adviseHeaders, withHeader("Content-Type", "text/html")},
			attempt{"another disposition", adviseHeaders, withHeader("Content-Disposition", "inline")},
			attempt{"no condition", adviseOnce, withHeader("If-None-Match", "")},
			attempt{"metadata", adviseHeaders, withHeader("X-Amz-Meta-Probe", "1")},
			attempt{"an ACL", adviseHeaders, withHeader("X-Amz-Acl", "public-read")},
			attempt{"tags", adviseHeaders, withHeader("X-Amz-Tagging", "probe=1")},
		), "a second file")
	})
}

// tryForms tries POST forms that must be refused.
func (p *signing) tryForms() tried {
	return p.once(TopicForms, func() tried {
		other := p.stagedKey()
		return p.signed(true, []attempt{
			{"a longer file", adviseForms, longer},
			{"a shorter file", adviseForms, shorter},
			{otherContent, adviseForms, otherBytes},
			{"another key", adviseForms, withField("key", other)},
			{"another type", adviseForms, withField("Content-Type", "text/html")},
			{"another disposition", adviseForms, withField("Content-Disposition", "inline")},
			{"an ACL", adviseForms, withField("acl", "public-read")},
			{"metadata", adviseForms, withField("x-amz-meta-probe", "1")},
			{"tags", adviseForms, withField("tagging", probeTags)},
		}, "")
	})
}

// otherContent is the only attempt on a request that is signed with a SHA-256, unless all requests
// are.
const otherContent = "other bytes than those of its SHA-256"

// probeTags are tags as forms have them.
const probeTags = "<Tagging><TagSet><Tag><Key>probe</Key><Value>1</Value></Tag></TagSet></Tagging>"

// signed signs a small file and sends it in wrong ways, which must be refused, and then in the
// right one. Each attempt has an unused key of its own, so that no object is the reason for a
// refusal. If again is not "", it describes sending the right one once more, which must also be
// refused.
func (p *signing) signed(form bool, wrong []attempt, again string) tried {
	store, err := p.service.store()
	if err != nil {
		return unclearTried(err.Error())
	}
	methods, err := store.DirectMethods()
	if err != nil {
		return unclearTried(err.Error())
	}
	for _, a := range wrong {
		request, err := p.sign(store, form, a.what == otherContent || methods.NeedsDigest)
		if err != nil {
			return unclearTried(err.Error())
		}
		status, err := p.send(a.do(request, probeBody))
		if t := judge(status, err, a.what, a.taken); t.state != StateOK {
			return t
		}
	}
	request, err := p.sign(store, form, true)
	if err != nil {
		return unclearTried(err.Error())
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return refusesAll(status, err)
	}
	if again != "" {
		status, err := p.send(request, probeBody)
		if t := judge(status, err, again, adviseOnce); t.state != StateOK {
			return t
		}
	}
	return tried{state: StateOK, why: keepsTo}
}

// sign signs a request for probeBody, with its SHA-256 if digest is set. A SHA-256 would refuse
// another length, too, and so hide whether the length is enforced.
func (p *signing) sign(store *s3store.Store, form, digest bool) (*storage.SignedRequest, error) {
	d := storage.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	if digest {
		sum := sha256.Sum256(probeBody)
		d.SHA256 = hex.EncodeToString(sum[:])
	}
	if form {
		return store.SignForm(p.ctx, d)
	}
	return store.SignPut(p.ctx, d)
}
