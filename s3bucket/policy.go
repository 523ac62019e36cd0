package s3bucket

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

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
	Principal any `json:",omitempty"` // for bucket policies only
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string `json:",omitempty"`

	// Why says what the statement is for. The policy language has no comments, so
	// it is not part of the document.
	Why string `json:"-"`
}

const policyVersion = "2012-10-17"

// Policy returns the least that a process with these roles needs, as one identity policy. Without a
// KMS key, every operation of the library that the roles perform works with exactly these actions.
// Each action is needed by some operation. Policy makes no call. It is an error to ask for no role,
// an unknown one, or [RoleDirect] in a layout without StagingPrefixes. It is also an error if the
// store names the bucket by the alias of an access point.
//
// The policy of [RoleDelivery] alone, or with [RoleSetup], denies reading under
// [storage.StagingSegment], where files lie that are still being checked or cleaned. The other
// roles read there. A Deny overrides every Allow, so ask for all roles of a process at once. Beside
// another policy, that of RoleDelivery would stop the process from publishing and sweeping staged
// files.
//
// The policy omits what encryption with a KMS key needs, since a key can be named in many ways:
// kms:GenerateDataKey on the key for roles that write, and kms:Decrypt for all that read and for
// multipart uploads. The key's own policy must agree.
//
// s3:ListBucket is granted for the whole bucket. It makes S3 answer 404 rather than 403 for a key
// that does not exist. A condition on prefixes would be false for requests that have none.
// Applications that share a bucket therefore see each other's keys.
func (b *Bucket) Policy(roles ...Role) (Policy, error) {
	if err := b.inPolicies(); err != nil {
		return Policy{}, err
	}
	p := Policy{Version: policyVersion}
	for _, role := range roles {
		switch {
		case grants[role] == nil:
			return Policy{}, fmt.Errorf("s3bucket: unknown role %q", role)
		case role == RoleDirect && !b.direct():
			return Policy{}, fmt.Errorf("s3bucket: the layout has no StagingPrefixes, which the role %q needs", role)
		}
		for _, g := range grants[role] {
			if g.needed == nil || g.needed(b) {
				p.allow(role, b.statement(g))
			}
		}
	}
	if p.Statement == nil {
		return Policy{}, errors.New("s3bucket: no role is named")
	}
	if withheld(roles) {
		p.Statement = append(p.Statement, b.withhold(p))
	}
	return p, nil
}

func (b *Bucket) statement(g grant) Statement {
	return Statement{
		Sid: g.sid, Effect: "Allow", Action: slices.Clone(g.actions), Resource: b.resources(g.on), Condition: b.condition(g.on), Why: g.why,
	}
}

// resources returns the ARNs of a scope.
func (b *Bucket) resources(on scope) []string {
	bucket := "arn:" + partition(b.client.Options().Region) + ":s3:::" + *b.bucket
	switch on {
	case wholeBucket, listings:
		return []string{bucket}
	}
	return suffixed(b.prefixes(on), bucket+"/", "*")
}

// condition restricts the scope listings to the prefixes, where there are any.
func (b *Bucket) condition(on scope) map[string]map[string][]string {
	prefixes := b.layout.all()
	if on != listings || slices.Contains(prefixes, "") {
		return nil
	}
	return map[string]map[string][]string{"StringLike": {"s3:prefix": suffixed(prefixes, "", "*")}}
}

func suffixed(words []string, before, after string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = before + w + after
	}
	return out
}

// partitions are those of AWS besides "aws", with the beginning of their regions.
var partitions = []struct{ regions, name string }{
	{"cn-", "aws-cn"},
	{"us-gov-", "aws-us-gov"},
	{"eusc-", "aws-eusc"},
	{"us-iso-", "aws-iso"},
	{"us-isob-", "aws-iso-b"},
	{"eu-isoe-", "aws-iso-e"},
	{"us-isof-", "aws-iso-f"},
}

// partition returns the part of AWS that a region belongs to, as ARNs name it.
func partition(region string) string {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.regions) {
			return p.name
		}
	}
	return "aws"
}

// prefixes returns those of the keys in a scope.
func (b *Bucket) prefixes(on scope) []string {
	switch on {
	case publishedKeys:
		return b.layout.published()
	case stagedKeys:
		return b.layout.staged()
	}
	return b.layout.all()
}

// aliasSuffix ends the alias of an access point, and no bucket name:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const aliasSuffix = "-s3alias"

// inPolicies returns an error if policies cannot name the bucket by the store's name for it.
func (b *Bucket) inPolicies() error {
	if strings.HasSuffix(*b.bucket, aliasSuffix) {
		return fmt.Errorf("s3bucket: %q is the alias of an access point, which no policy may name: ask a store that has the bucket's name", *b.bucket)
	}
	return nil
}
