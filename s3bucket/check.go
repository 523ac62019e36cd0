package s3bucket

import (
	"context"

	"github.com/airlock-go/upload/s3store"
)

// run is one run of Check or Verify.
type run struct {
	*signing
	known    *learned  // nil before the first use
	proposed *Proposal // nil before the first use
}

// learned returns what trying the service has shown. It tries once.
func (r *run) learned() *learned {
	if r.known == nil {
		r.known = learn(r.signing)
	}
	return r.known
}

func (r *run) given() s3store.Profile { return r.bucket.opts.Profile }

func (r *run) signatures() (State, string) { return r.learned().aboutSignatures() }
func (r *run) conditions() (State, string) { return r.learned().aboutConditions(r.given()) }
func (r *run) pins() (State, string)       { return r.learned().aboutCopies(r.given()) }

func (r *run) profile() (State, string) {
	r.proposed = r.learned().proposal(r.bucket.direct())
	return r.proposed.against(r.given())
}

// probe examines one topic.
type probe struct {
	topic  Topic
	needed func(*Bucket) bool // nil for always
	run    func(*run) (State, string)
}

var probes = []probe{
	{TopicWrite, nil, (*run).write},
	{TopicRead, nil, (*run).read},
	{TopicMultipart, nil, (*run).multipart},
	{TopicDelete, nil, (*run).delete},
	{TopicSignatures, nil, (*run).signatures},
	{TopicConditional, nil, (*run).conditions},
	{TopicCopies, (*Bucket).direct, (*run).pins},
	{TopicSignedPuts, (*Bucket).signsPuts, (*run).signedPuts},
	{TopicSignedParts, (*Bucket).signsParts, (*run).signedParts},
	{TopicForms, (*Bucket).signsForms, (*run).forms},
	{TopicProfile, nil, (*run).profile},
	{TopicAnonymous, nil, (*run).anonymous},
	{TopicPublicBlock, nil, (*run).publicBlock},
	{TopicPublic, nil, (*run).publicPolicy},
	{TopicACLs, nil, (*run).acls},
	{TopicEncryption, nil, (*run).encryption},
	{TopicVersioning, nil, (*run).versioning},
	{TopicLogging, nil, (*run).logging},
	{TopicStaging, (*Bucket).direct, (*run).staging},
	{TopicUnfinished, nil, (*run).unfinished},
	{TopicCORS, (*Bucket).hasOrigins, (*run).cors},
	{TopicRights, nil, (*run).rights},
}

func (b *Bucket) signsPuts() bool {
	put, _, _ := b.opts.Profile.Signs()
	return put && b.direct()
}

func (b *Bucket) signsParts() bool {
	_, part, _ := b.opts.Profile.Signs()
	return part && b.direct()
}

func (b *Bucket) signsForms() bool { return b.direct() && !b.opts.Profile.NoForms }
func (b *Bucket) hasOrigins() bool { return b.direct() && len(b.layout.Origins) > 0 }

// Check checks whether the bucket is set up as the library needs it. It reads the settings, and
// tests promises that a service could easily break. It changes no setting. It makes about fifty
// calls, or up to three hundred with StagingPrefixes.
//
// It tries the service twice: with the store's profile, and with only those flags that turn out to
// be needed. The second try is also the source of TopicSignatures, TopicConditional and
// TopicCopies. From the second try it proposes the narrowest profile under which all promises hold,
// or says that the service is fit for streamed uploads only, or for none. It proposes nothing if
// something could not be tried. A needed flag that is missing in the store's profile is StateWrong
// under TopicProfile.
//
// The objects that it writes have less than 100 bytes. Each has a random name after "upload-probe"
// under a prefix of the [Layout]. They are removed with all versions before Check returns. When ctx
// ends no further probe begins, and they are still removed. TopicLeft names what could not be
// removed. A process that is killed in between leaves such objects.
//
// The rights in the report are those of the credentials of the store's client. To check the rights
// of the application, run Check with the application's credentials. To check the settings, which
// these rarely may read, run it with the policy of the role [RoleCheck]. Check makes its calls one
// after the other, with the store's CallTimeout.
func (b *Bucket) Check(ctx context.Context) Report {
	return b.examine(ctx, probes)
}

// examine runs probes one after the other, and removes what they wrote.
func (b *Bucket) examine(ctx context.Context, probes []probe) Report {
	x := &run{signing: &signing{newProbing(ctx, b), map[manner]tried{}}}
	r := Report{Bucket: *b.bucket}
	reached, why := b.reachable(ctx)
	r.Findings = append(r.Findings, Finding{TopicReachable, reached, why})
	for _, probe := range probes {
		if probe.needed != nil && !probe.needed(b) {
			continue
		}
		if reached == StateWrong {
			r.Findings = append(r.Findings, Finding{probe.topic, StateCannotTell, "the bucket cannot be reached"})
			continue
		}
		state, why := x.run(probe)
		r.Findings = append(r.Findings, Finding{probe.topic, state, why})
	}
	r.Proposal = x.proposed
	state, why := x.left()
	r.Findings = append(r.Findings, Finding{TopicLeft, state, why})
	return r
}

// run runs one probe and removes what it wrote, however it ends.
func (r *run) run(probe probe) (State, string) {
	if r.outer.Err() != nil {
		return StateCannotTell, "not tried: " + context.Cause(r.outer).Error()
	}
	defer r.clean()
	return probe.run(r)
}
