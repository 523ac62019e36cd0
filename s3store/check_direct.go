package s3store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/airlock-go/upload/storage"
)

// attempt sends a signed request as a client may that does not keep to it.
type attempt struct {
	what  string
	taken advice // what it means if the service takes it
	do    func(r *storage.SignedRequest, body []byte) (*storage.SignedRequest, []byte)
}

// advice is what to do about a service that lacks an ability.
type advice struct {
	flag flag
	text string
}

var (
	adviseLengths = advice{flagLengths, flagLengths.say()}
	adviseHeaders = advice{flagHeaders, flagHeaders.say() + ", or take the one of MinIO if it is one"}
	adviseForms   = advice{flagForms, flagForms.say()}
	adviseOnce    = advice{flagPut, flagPut.say() + ", which leaves forms"}
)

// signing is all that the probes of signed requests differ in.
type signing struct {
	kind           Topic
	guard          guard
	digests, sums  bool
	tagging, owner *string
	sse            string
}

// once tries what is signed of one kind, once for each way to sign it.
func (p *probing) once(kind Topic, try func() tried) tried {
	s := p.store
	key := signing{
		kind, s.guard, s.opts.Profile.NoCopyDigests && !s.opts.Profile.NoPinnedCopies, s.opts.Profile.ChecksumsWhenRequired,
		s.tagging, s.owner, string(s.opts.SSE),
	}
	if t, done := p.asked[key]; done {
		return t
	}
	t := try()
	if p.asked == nil {
		p.asked = map[signing]tried{}
	}
	p.asked[key] = t
	return t
}

func (p *probing) signedPuts() (State, string)  { return p.tryPuts().finding() }
func (p *probing) signedParts() (State, string) { return p.tryParts().finding() }
func (p *probing) forms() (State, string)       { return p.tryForms().finding() }

// tryPuts tries what a signed PUT has to be refused for.
func (p *probing) tryPuts() tried {
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

// tryForms tries what a POST form has to be refused for.
func (p *probing) tryForms() tried {
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

// otherContent is the only attempt on a request that is signed with a SHA-256, unless
// all are.
const otherContent = "other bytes than those of its SHA-256"

// probeTags are tags as forms have them.
const probeTags = "<Tagging><TagSet><Tag><Key>probe</Key><Value>1</Value></Tag></TagSet></Tagging>"

// signed signs a small file and sends it in wrong ways, which have to be refused,
// and then in the right one. Each attempt has a key of its own, where nothing is
// that could be the reason of a refusal. again, if it is not "", says what sending
// the right one once more is, which has to be refused, too.
func (p *probing) signed(form bool, wrong []attempt, again string) tried {
	methods, err := p.store.DirectMethods()
	if err != nil {
		return unclearTried(err.Error())
	}
	for _, a := range wrong {
		request, err := p.sign(form, a.what == otherContent || methods.NeedsDigest)
		if err != nil {
			return unclearTried(err.Error())
		}
		status, err := p.send(a.do(request, probeBody))
		if t := judge(status, err, a.what, a.taken); t.state != OK {
			return t
		}
	}
	request, err := p.sign(form, true)
	if err != nil {
		return unclearTried(err.Error())
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return refusesAll(status, err)
	}
	if again != "" {
		status, err := p.send(request, probeBody)
		if t := judge(status, err, again, adviseOnce); t.state != OK {
			return t
		}
	}
	return tried{state: OK, why: keepsTo}
}

const keepsTo = "the service takes what was signed and refuses what was not"

func refusesAll(status int, err error) tried {
	t := unclearTried(fmt.Sprintf("the service refuses what was signed, too (%d %v)", status, err))
	t.absent = status/100 == 4
	return t
}

// sign signs a request for probeBody. With its digest, what becomes of anything else
// that differs could not be told.
func (p *probing) sign(form, digest bool) (*storage.SignedRequest, error) {
	d := storage.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	if digest {
		sum := sha256.Sum256(probeBody)
		d.SHA256 = hex.EncodeToString(sum[:])
	}
	return p.store.SignUpload(p.ctx, d, form)
}

// probeExpires is how long the requests of a probe work.
const probeExpires = 5 * time.Minute

// judge says what it means how a wrong request was answered.
func judge(status int, err error, what string, taken advice) tried {
	switch {
	case err != nil:
		return unclearTried(what + ": " + err.Error())
	case status/100 == 2:
		return tried{
			state: Wrong, why: "the service takes " + what + " that was not signed: clients cannot be held to what they declare",
			flag: taken.flag, advice: taken.text,
		}
	case status == http.StatusNotImplemented, status == http.StatusMethodNotAllowed:
		t := unclearTried("the service does not know such requests: say so in the profile")
		t.absent = true
		return t
	case status/100 != 4:
		return unclearTried(fmt.Sprintf("%s was answered with %d", what, status))
	}
	return tried{state: OK}
}
