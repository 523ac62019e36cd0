package s3store

import (
	"fmt"
	"strings"
)

// writeOption is something that a write says beside what it writes, and that a
// service may not take.
type writeOption struct {
	name   string
	flag   *flag // of the profile that leaves it out, nil if it is one of the Options
	inUse  func(*Store) bool
	remove func(*Store) // unless there is a flag
}

var writeOptions = []writeOption{
	{"the checksums of the SDK", &flagSums, func(s *Store) bool { return s.checksum != "" }, nil},
	{"If-None-Match on PutObject", &flagPut, func(s *Store) bool { return !s.opts.Profile.InsecureUnconditionalPut }, nil},
	{"If-None-Match on CompleteMultipartUpload", &flagComplete, func(s *Store) bool { return !s.opts.Profile.InsecureUnconditionalComplete }, nil},
	{"Options.Tags", nil, func(s *Store) bool { return s.tagging != nil }, func(s *Store) { s.tagging, s.opts.Tags = nil, nil }},
	{"Options.SSE", nil, func(s *Store) bool { return s.opts.SSE != "" }, func(s *Store) { s.opts.SSE, s.opts.KMSKeyID, s.kmsKeyID = "", "", nil }},
	{"Options.StorageClass", nil, func(s *Store) bool { return s.opts.StorageClass != "" }, func(s *Store) { s.opts.StorageClass = "" }},
	{"Options.ExpectedBucketOwner", nil, func(s *Store) bool { return s.owner != nil }, func(s *Store) { s.opts.ExpectedBucketOwner, s.owner = "", nil }},
}

// without is the store that does not use an option.
func (o writeOption) without(s *Store) *Store {
	other := *s
	if o.flag == nil {
		o.remove(&other)
		return &other
	}
	profile := s.opts.Profile
	*o.flag.of(&profile) = true
	return other.under(profile)
}

func (o writeOption) advice() string {
	if o.flag == nil {
		return "leave it out"
	}
	return o.flag.say()
}

// culprits are the options that make the service refuse a write: those with each of
// which alone it is refused, while it is taken with none. There are none if it is
// refused in any case, or for two that do not go together.
func (p *probing) culprits(write func() error) []writeOption {
	bare := p.store
	var used []writeOption
	for _, o := range writeOptions {
		if o.inUse(p.store) {
			used = append(used, o)
			bare = o.without(bare)
		}
	}
	if p.try(bare, write) != nil {
		return nil
	}
	var found []writeOption
	for i, o := range used {
		alone := p.store
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

// try writes with another store.
func (p *probing) try(s *Store, write func() error) (err error) {
	p.on(s, func() { err = write() })
	return err
}

// refusal is denied or, if the service takes a write without some option, says which
// option that is.
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
	return Wrong, fmt.Sprintf("%s is refused, since the service does not take %s", doing, strings.Join(options, ", nor "))
}
