package s3store

import (
	"fmt"
	"slices"
	"strings"
)

// Role is a part of an application, to be given credentials of its own. One
// process may have several roles: it then needs the policies of all of them.
type Role string

// The roles that [Store.Policy] knows.
const (
	Streamed Role = "streamed" // receives files through the application
	Direct   Role = "direct"   // signs direct uploads and confirms them
	Delivery Role = "delivery" // hands out what was published, for upload.Links
	Sweeper  Role = "sweeper"  // removes what nothing refers to
	Checker  Role = "check"    // runs Store.Check and reads how the bucket is set up
	Setter   Role = "setup"    // runs Store.Setup
)

// Roles are all roles.
func Roles() []Role { return []Role{Streamed, Direct, Delivery, Sweeper, Checker, Setter} }

// Policy is a document of AWS's policy language. json.Marshal writes it as AWS
// reads it.
type Policy struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a [Policy].
type Statement struct {
	Sid       string
	Effect    string
	Principal any `json:",omitempty"` // of bucket policies only
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string `json:",omitempty"`

	// Why says what the statement is for. The policy language has no comments, so
	// it is not part of the document.
	Why string `json:"-"`
}

const policyVersion = "2012-10-17"

// Policy returns the least that a role needs, as an identity policy: every path
// of the library that the role has works with exactly these actions, and each of
// them is needed by some. It is made of the [Options], their [Layout] included,
// and makes no call. It is an error to ask for Direct in a layout without direct
// uploads, and to ask a store that has the alias of an access point for a bucket.
//
// What encryption with a KMS key needs is not part of it, since a key is named in
// many ways: kms:GenerateDataKey on the key for roles that write, and kms:Decrypt
// for all that read and for multipart uploads. The key's own policy must agree.
//
// s3:ListBucket is given for the whole bucket. It is what makes S3 answer 404 and
// not 403 for a key that does not exist, and a condition on prefixes would be
// false for requests that have none. Whoever shares a bucket shares the names in
// it.
func (s *Store) Policy(role Role) (Policy, error) {
	if role == Direct && !s.opts.Layout.direct() {
		return Policy{}, fmt.Errorf("s3store: the layout has no StagingPrefixes, so there is no role %q", role)
	}
	if err := s.inPolicies(); err != nil {
		return Policy{}, err
	}
	p := Policy{Version: policyVersion}
	for _, g := range grants[role] {
		if g.needed != nil && !g.needed(&s.opts) {
			continue
		}
		p.Statement = append(p.Statement, Statement{
			Sid:       g.sid,
			Effect:    "Allow",
			Action:    slices.Clone(g.actions),
			Resource:  s.resources(g.on),
			Condition: s.condition(g.on),
			Why:       g.why,
		})
	}
	if p.Statement == nil {
		return Policy{}, fmt.Errorf("s3store: there is no role %q", role)
	}
	return p, nil
}

// scope is what a grant is for.
type scope int

const (
	wholeBucket   scope = iota // the bucket itself, not its objects
	listings                   // the bucket, for lists of what is in the scope of both
	published                  // objects that may be published
	stagedObjects              // objects that clients send
	both                       // published and staged ones
)

// resources are the ARNs of a scope.
func (s *Store) resources(on scope) []string {
	bucket := "arn:" + partition(s.client.Options().Region) + ":s3:::" + *s.bucket
	switch on {
	case wholeBucket, listings:
		return []string{bucket}
	}
	return suffixed(s.prefixes(on), bucket+"/", "*")
}

// condition narrows lists to the prefixes, where there are any.
func (s *Store) condition(on scope) map[string]map[string][]string {
	prefixes := s.prefixes(both)
	if on != listings || slices.Contains(prefixes, "") {
		return nil
	}
	return map[string]map[string][]string{"StringLike": {"s3:prefix": suffixed(prefixes, "", "*")}}
}

// prefixes are those of the keys in a scope, without those that others cover.
func (s *Store) prefixes(on scope) []string {
	l := &s.opts.Layout
	switch on {
	case published:
		return widest(l.KeyPrefixes)
	case stagedObjects:
		return widest(l.staging())
	}
	return widest(slices.Concat(l.KeyPrefixes, l.staging()))
}

// widest leaves out the prefixes that begin with another one.
func widest(prefixes []string) []string {
	sorted := slices.Sorted(slices.Values(prefixes))
	var kept []string
	for _, p := range sorted {
		if len(kept) == 0 || !strings.HasPrefix(p, kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}

func suffixed(words []string, before, after string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = before + w + after
	}
	return out
}

// partition is the part of AWS that a region belongs to, as ARNs name it.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
