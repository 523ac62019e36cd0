package s3bucket

import (
	"fmt"
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// writeOption is an option that a write sends, and that a service may refuse.
type writeOption struct {
	name   string
	flag   *flag // of the profile that omits it, nil if it is one of the Options
	inUse  func(*service) bool
	remove func(*s3store.Options) // nil if there is a flag
}

var writeOptions = []writeOption{
	{"the checksums of the SDK", &flagSums, func(s *service) bool { return s.sums() != "" }, nil},
	{"If-None-Match on PutObject", &flagPut, func(s *service) bool { return !s.opts.Profile.InsecureUnconditionalPut }, nil},
	{"If-None-Match on CompleteMultipartUpload", &flagComplete, func(s *service) bool { return !s.opts.Profile.InsecureUnconditionalComplete }, nil},
	{"Options.Tags", nil, func(s *service) bool { return len(s.opts.Tags) > 0 }, func(o *s3store.Options) { o.Tags = nil }},
	{"Options.SSE", nil, func(s *service) bool { return s.opts.SSE != "" }, func(o *s3store.Options) { o.SSE, o.KMSKeyID = "", "" }},
	{"Options.StorageClass", nil, func(s *service) bool { return s.opts.StorageClass != "" }, func(o *s3store.Options) { o.StorageClass = "" }},
	{"Options.ExpectedBucketOwner", nil, func(s *service) bool { return s.owner != nil }, func(o *s3store.Options) { o.ExpectedBucketOwner = "" }},
}

// without returns the service without an option.
func (o writeOption) without(s *service) *service {
	if o.flag == nil {
		return s.with(o.remove)
	}
	profile := s.opts.Profile
	*o.flag.of(&profile) = true
	return s.under(profile)
}

func (o writeOption) advice() string {
	if o.flag == nil {
		return "leave it out"
	}
	return o.flag.say()
}

// culprits returns the options that make the service refuse a write: it refuses the write with each
// of them alone, and accepts it with none. There are none if it refuses in any case, or only a
// combination of them.
func (p *probing) culprits(write func() error) []writeOption {
	bare := p.service
	var used []writeOption
	for _, o := range writeOptions {
		if o.inUse(p.service) {
			used = append(used, o)
			bare = o.without(bare)
		}
	}
	if p.try(bare, write) != nil {
		return nil
	}
	var found []writeOption
	for i, o := range used {
		alone := p.service
		for j, other := range used {
			if i != j {
				alone = other.without(alone)
			}
		}
		if notTaken(p.try(alone, write)) {
			found = append(found, o)
		}
	}
	return found
}

// refusal returns the result of a refused write. It names the options without which the service
// accepts the write. If there are none, it returns what denied returns.
func (p *probing) refusal(err error, doing, action string, write func() error) (State, string) {
	if !notTaken(err) {
		return denied(err, doing, action)
	}
	var options []string
	for _, o := range p.culprits(write) {
		options = append(options, fmt.Sprintf("%s (%s)", o.name, o.advice()))
	}
	if options == nil {
		return denied(err, doing, action)
	}
	return StateWrong, fmt.Sprintf("%s is refused, since the service does not accept %s", doing, strings.Join(options, ", nor "))
}
