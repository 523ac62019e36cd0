package s3store

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/airlock-go/upload/internal/s3calls"
)

// State is what [Store.Check] says of a topic.
type State string

// The states. CannotTell is an answer of its own: the service does not know the
// setting or does not answer, or the credentials may not see it. It is no promise
// that all is well.
const (
	OK         State = "ok"
	Wrong      State = "wrong"
	CannotTell State = "cannot tell"
)

// Topic is what a [Finding] is about.
type Topic string

// The topics, in the order of a report. Those of direct uploads are looked at only
// if the [Layout] has any.
const (
	TopicReachable   Topic = "reachable"
	TopicWrite       Topic = "write"
	TopicRead        Topic = "read"
	TopicMultipart   Topic = "multipart uploads"
	TopicDelete      Topic = "delete"
	TopicSignatures  Topic = "signatures"
	TopicConditional Topic = "conditional writes"
	TopicCopies      Topic = "copies"       // of direct uploads
	TopicSignedPuts  Topic = "signed PUTs"  // of direct uploads
	TopicSignedParts Topic = "signed parts" // of direct uploads
	TopicForms       Topic = "POST forms"   // of direct uploads
	TopicProfile     Topic = "profile"
	TopicAnonymous   Topic = "anonymous access"
	TopicPublicBlock Topic = "public access block"
	TopicPublic      Topic = "public bucket policy"
	TopicACLs        Topic = "ACLs off"
	TopicEncryption  Topic = "default encryption"
	TopicVersioning  Topic = "versioning"
	TopicLogging     Topic = "access logging"
	TopicStaging     Topic = "lifecycle of staged files" // of direct uploads
	TopicUnfinished  Topic = "lifecycle of unfinished uploads"
	TopicCORS        Topic = "CORS" // of direct uploads
	TopicRights      Topic = "no more rights than needed"
	TopicLeft        Topic = "probes removed"
)

// Finding is what Check found out about one topic.
type Finding struct {
	Topic       Topic  `json:"topic"`
	State       State  `json:"state"`
	Explanation string `json:"explanation"` // what was seen and, if it is wrong, what to do
}

// Report is everything that Check found out.
type Report struct {
	Bucket   string    `json:"bucket"`
	Findings []Finding `json:"findings"`

	// Proposal is the profile that Check proposes, nil if the bucket cannot be
	// reached, and of Verify.
	Proposal *Proposal `json:"proposal,omitempty"`
}

// Worst returns Wrong if something is wrong, else CannotTell if that is the answer
// to something, else OK.
func (r Report) Worst() State {
	worst := OK
	for _, f := range r.Findings {
		switch f.State {
		case Wrong:
			return Wrong
		case CannotTell:
			worst = CannotTell
		}
	}
	return worst
}

// String writes a finding a line.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-11s  %s: %s\n", f.State, f.Topic, f.Explanation)
	}
	return b.String()
}

// probe looks into one topic.
type probe struct {
	topic  Topic
	needed func(*Options) bool // nil for always
	run    func(*probing) (State, string)
}

var probes = []probe{
	{TopicWrite, nil, (*probing).write},
	{TopicRead, nil, (*probing).read},
	{TopicMultipart, nil, (*probing).multipart},
	{TopicDelete, nil, (*probing).delete},
	{TopicSignatures, nil, (*probing).signatures},
	{TopicConditional, nil, (*probing).conditional},
	{TopicCopies, withDirect, (*probing).copied},
	{TopicSignedPuts, signsPuts, (*probing).signedPuts},
	{TopicSignedParts, signsParts, (*probing).signedParts},
	{TopicForms, signsForms, (*probing).forms},
	{TopicProfile, nil, (*probing).profile},
	{TopicAnonymous, nil, (*probing).anonymous},
	{TopicPublicBlock, nil, (*probing).publicBlock},
	{TopicPublic, nil, (*probing).publicPolicy},
	{TopicACLs, nil, (*probing).acls},
	{TopicEncryption, nil, (*probing).encryption},
	{TopicVersioning, nil, (*probing).versioning},
	{TopicLogging, nil, (*probing).logging},
	{TopicStaging, withDirect, (*probing).staging},
	{TopicUnfinished, nil, (*probing).unfinished},
	{TopicCORS, withOrigins, (*probing).cors},
	{TopicRights, nil, (*probing).rights},
}

func signsPuts(o *Options) bool {
	methods, err := o.Profile.direct()
	return err == nil && methods.Put && withDirect(o)
}

func signsParts(o *Options) bool  { return withDirect(o) && o.Profile.parts() == nil }
func signsForms(o *Options) bool  { return withDirect(o) && !o.Profile.NoForms }
func withOrigins(o *Options) bool { return withDirect(o) && len(o.Layout.Origins) > 0 }

// Check looks whether the bucket is set up as the library needs it, by asking for
// its settings and by trying what is easier promised than kept. It makes some
// two hundred calls and changes no setting.
//
// It tries the service twice: with the store's profile, for the findings, and with
// every flag of it off, to learn what the service lacks. From that it proposes the
// narrowest profile under which all is kept, or says that the service is not fit for
// direct uploads, or for nothing. A flag that is missing in the store's profile is
// Wrong under TopicProfile, whatever it hides from the other findings.
//
// What it writes has a random name behind "upload-probe" under the first of each
// kind of prefix in the [Layout], is a few bytes long, and is removed with all its
// versions before Check returns, also when ctx ends meanwhile: no further probe
// is begun then. TopicLeft tells what could not be removed. A process that is killed
// in between leaves such objects.
//
// What the credentials may do is told of those that the store's client has. To see
// the rights of the application, run it with the application's; to see the settings,
// with the policy of the role [Checker], which these rarely may read. It makes its
// calls one after the other, with the store's CallTimeout.
func (s *Store) Check(ctx context.Context) Report {
	return s.examine(ctx, probes)
}

// examine runs probes one after the other, and removes what they wrote.
func (s *Store) examine(ctx context.Context, probes []probe) Report {
	p := &probing{store: s, caller: ctx, ctx: context.WithoutCancel(ctx), there: map[string]bool{}}
	r := Report{Bucket: *s.bucket}
	reached, why := p.reachable()
	r.Findings = append(r.Findings, Finding{TopicReachable, reached, why})
	for _, probe := range probes {
		if probe.needed != nil && !probe.needed(&s.opts) {
			continue
		}
		if reached == Wrong {
			r.Findings = append(r.Findings, Finding{probe.topic, CannotTell, "the bucket cannot be reached"})
			continue
		}
		state, why := p.run(probe)
		r.Findings = append(r.Findings, Finding{probe.topic, state, why})
	}
	r.Proposal = p.proposed
	state, why := p.left()
	r.Findings = append(r.Findings, Finding{TopicLeft, state, why})
	return r
}

// run runs one probe and removes what it wrote, whatever becomes of it.
func (p *probing) run(probe probe) (State, string) {
	if p.caller.Err() != nil {
		return CannotTell, "not looked at: " + context.Cause(p.caller).Error()
	}
	defer p.clean()
	return probe.run(p)
}

// unclear is the answer to a call that failed in a way that says nothing of what
// was asked; action is the right that the call takes.
func unclear(err error, action string) (State, string) {
	switch s3calls.Status(err) {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return CannotTell, "the service does not know this: " + s3calls.Code(err)
	case http.StatusForbidden:
		return CannotTell, "the credentials may not see it: they lack " + action
	}
	return CannotTell, err.Error()
}
