package s3bucket

import (
	"slices"
	"strings"

	"github.com/airlock-go/upload/storage"
)

// allow adds a statement of a role, without the actions that the policy has for the same resources.
// The statements that have them also get the reason of this one. No two statements of a policy may
// have the same Sid.
func (p *Policy) allow(role Role, s Statement) {
	for i := range p.Statement {
		has := &p.Statement[i]
		if !slices.Equal(has.Resource, s.Resource) || !slices.ContainsFunc(s.Action, has.does) {
			continue
		}
		s.Action = slices.DeleteFunc(s.Action, has.does)
		if !strings.Contains(has.Why, s.Why) {
			has.Why += "; " + s.Why
		}
	}
	if len(s.Action) == 0 {
		return
	}
	if slices.ContainsFunc(p.Statement, func(other Statement) bool { return other.Sid == s.Sid }) {
		s.Sid = string(role) + s.Sid
	}
	p.Statement = append(p.Statement, s)
}

func (s *Statement) does(action string) bool { return slices.Contains(s.Action, action) }

// withheld reports whether the roles read published files, and none of them may read staged ones, as
// all roles except RoleDelivery and RoleSetup may.
func withheld(roles []Role) bool {
	return slices.Contains(roles, RoleDelivery) &&
		!slices.ContainsFunc(roles, func(r Role) bool { return r != RoleDelivery && r != RoleSetup })
}

// withhold denies for staged keys what a policy allows for published ones. Staged keys can lie
// among the published ones: a video that is being cleaned has one in the folder of its key, and
// without [Layout].KeyPrefixes all of them do.
func (b *Bucket) withhold(p Policy) Statement {
	s := Statement{
		Sid: "WithholdStaged", Effect: "Deny", Resource: b.stagedAnywhere(),
		Why: "so that no file is read, and no link to it works, before it has been checked and cleaned",
	}
	for _, allowed := range p.Statement {
		if slices.Equal(allowed.Resource, b.resources(publishedKeys)) {
			s.Action = append(s.Action, allowed.Action...)
		}
	}
	return s
}

// stagedAnywhere returns the ARNs of all keys for which [storage.IsStaging] is true, except those
// that end in the segment, which the library never makes.
func (b *Bucket) stagedAnywhere() []string {
	return suffixed([]string{"/", "/*/"}, b.resources(wholeBucket)[0], storage.StagingSegment+"/*")
}
