package s3bucket_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

func policyBucket(t *testing.T, region string, opts s3store.Options, layout s3bucket.Layout) *s3bucket.Bucket {
	t.Helper()
	return bucketOf(t, client("", func(o *s3.Options) { o.Region, o.BaseEndpoint = region, nil }), opts, layout)
}

func statement(t *testing.T, p s3bucket.Policy, sid string) s3bucket.Statement {
	t.Helper()
	for _, s := range p.Statement {
		if s.Sid == sid {
			return s
		}
	}
	t.Fatalf("no statement %s", sid)
	return s3bucket.Statement{}
}

// TestPolicyResources checks that statements name the prefixes of the layout, and that ARNs have the
// partition of the region.
func TestPolicyResources(t *testing.T) {
	bucket := policyBucket(t, "cn-north-1", s3store.Options{}, s3bucket.Layout{
		KeyPrefixes: []string{"docs/", "avatars/", "avatars/old/"}, StagingPrefixes: []string{"in/"}, Versioned: true,
	})
	direct, err := bucket.Policy(s3bucket.RoleDirect)
	require.NoError(t, err)
	const arn = "arn:aws-cn:s3:::bucket"
	require.Equal(t, []string{arn + "/in/upload-staging/*"}, statement(t, direct, "Sign").Resource)
	require.Equal(t, []string{arn + "/avatars/*", arn + "/docs/*"}, statement(t, direct, "Publish").Resource)
	require.Equal(t, []string{arn}, statement(t, direct, "TellMissing").Resource)
	require.Nil(t, statement(t, direct, "TellMissing").Condition)
	require.Equal(t, map[string]map[string][]string{"StringLike": {"s3:prefix": {"avatars/*", "docs/*", "in/upload-staging/*"}}},
		statement(t, direct, "ListVersions").Condition)
	sweeper, err := bucket.Policy(s3bucket.RoleSweeper)
	require.NoError(t, err)
	require.Equal(t, []string{arn + "/avatars/*", arn + "/docs/*", arn + "/in/upload-staging/*"}, statement(t, sweeper, "Abort").Resource)

	whole := policyBucket(t, "us-gov-west-1", s3store.Options{}, s3bucket.Layout{Versioned: true})
	streamed, err := whole.Policy(s3bucket.RoleStreamed)
	require.NoError(t, err)
	require.Equal(t, []string{"arn:aws-us-gov:s3:::bucket/*"}, statement(t, streamed, "Store").Resource)
	require.Nil(t, statement(t, streamed, "ListVersions").Condition)
	for region, partition := range map[string]string{"eu-central-1": "aws", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc", "us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b"} {
		streamed, err := policyBucket(t, region, s3store.Options{}, s3bucket.Layout{}).Policy(s3bucket.RoleStreamed)
		require.NoError(t, err)
		require.Equal(t, []string{"arn:" + partition + ":s3:::bucket/*"}, statement(t, streamed, "Store").Resource)
	}
}

// TestPolicyActions checks that policies have no wildcards in actions, no duplicate rights, and a
// reason for each statement. Only those of check and setup reach settings of the bucket, or ACLs.
func TestPolicyActions(t *testing.T) {
	action := regexp.MustCompile(`^s3:(Get|Put|List|Delete|Abort)[A-Za-z]+$`)
	for _, versioned := range []bool{false, true} {
		for _, tags := range []map[string]string{nil, {"a": "b"}} {
			bucket := policyBucket(t, "eu-west-1", s3store.Options{Tags: tags}, s3bucket.Layout{StagingPrefixes: []string{""}, Versioned: versioned, Scanner: "arn:aws:iam::1:role/gd"})
			for _, role := range s3bucket.Roles() {
				p, err := bucket.Policy(role)
				require.NoError(t, err)
				text, err := s3bucket.JSON(p)
				require.NoError(t, err)
				require.Less(t, len(strings.Join(strings.Fields(string(text)), "")), 6144, "AWS's limit for a managed policy")
				seen := map[string]bool{}
				for _, s := range p.Statement {
					require.Equal(t, s.Sid != "WithholdStaged", s.Effect == "Allow")
					require.Regexp(t, "^[A-Za-z]+$", s.Sid)
					require.NotEmpty(t, s.Why)
					require.NotContains(t, string(text), s.Why)
					for _, a := range s.Action {
						require.Regexp(t, action, a)
						require.False(t, seen[a+s.Resource[0]], "%s twice for %s", a, role)
						seen[a+s.Resource[0]] = true
						if role != s3bucket.RoleSetup && role != s3bucket.RoleCheck {
							require.NotRegexp(t, "(Get|Put|Delete)Bucket|Lifecycle|Configuration|ObjectAcl", a)
						}
						require.False(t, tags == nil && a == "s3:PutObjectTagging", "no tags are sent")
					}
				}
			}
		}
	}
}

func TestPolicyErrors(t *testing.T) {
	bucket := policyBucket(t, "eu-west-1", s3store.Options{}, s3bucket.Layout{})
	_, err := bucket.Policy(s3bucket.RoleDirect)
	require.ErrorContains(t, err, "StagingPrefixes")
	_, err = bucket.Policy("root")
	require.ErrorContains(t, err, `unknown role "root"`)
}

// TestBucketPolicy checks that the bucket's own policy only forbids, and has the gate for scanned
// files only with a scanner.
func TestBucketPolicy(t *testing.T) {
	plain := policyBucket(t, "eu-west-1", s3store.Options{}, s3bucket.Layout{}).BucketPolicy()
	require.Len(t, plain.Statement, 3)
	gated := policyBucket(t, "eu-west-1", s3store.Options{}, s3bucket.Layout{
		KeyPrefixes: []string{"a/"}, Scanner: "arn:aws:iam::1:role/gd", ScanExempt: []string{"arn:aws:iam::1:role/app"},
	}).BucketPolicy()
	require.Len(t, gated.Statement, 5)
	for _, s := range gated.Statement {
		require.Equal(t, "Deny", s.Effect)
		require.Equal(t, "*", s.Principal)
		require.NotEmpty(t, s.Why)
	}
	text, err := json.Marshal(statement(t, gated, "OnlyClean"))
	require.NoError(t, err)
	require.JSONEq(t, `{"Sid":"OnlyClean","Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":["arn:aws:s3:::bucket/a/*"],
		"Condition":{"StringNotEquals":{"s3:ExistingObjectTag/GuardDutyMalwareScanStatus":["NO_THREATS_FOUND"]},
		"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::1:role/gd","arn:aws:iam::1:role/app"]}}}`, string(text))
	require.Equal(t, []string{"arn:aws:iam::1:role/gd"}, statement(t, gated, "OnlyScannerJudges").Condition["ArnNotLike"]["aws:PrincipalArn"])
}

// TestPolicyIsACopy checks that changing a policy changes no other.
func TestPolicyIsACopy(t *testing.T) {
	bucket := policyBucket(t, "eu-west-1", s3store.Options{}, s3bucket.Layout{})
	p, err := bucket.Policy(s3bucket.RoleDelivery)
	require.NoError(t, err)
	p.Statement[0].Action[0] = "s3:*"
	p, err = bucket.Policy(s3bucket.RoleDelivery)
	require.NoError(t, err)
	require.Equal(t, []string{"s3:GetObject"}, p.Statement[0].Action)
}

// TestPolicyNamesNoAlias checks that no policy of a role names the alias of an access point.
func TestPolicyNamesNoAlias(t *testing.T) {
	named := func(name string) *s3bucket.Bucket {
		store, err := s3store.New(client("http://127.0.0.1:1"), name, nil)
		require.NoError(t, err)
		bucket, err := s3bucket.New(store, s3bucket.Layout{StagingPrefixes: []string{""}})
		require.NoError(t, err)
		return bucket
	}
	for _, role := range s3bucket.Roles() {
		_, err := named("uploads-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias").Policy(role)
		require.ErrorContains(t, err, "which no policy may name")
		for _, name := range []string{"uploads", "tenant:uploads", "arn.example.com"} {
			_, err = named(name).Policy(role)
			require.NoError(t, err)
		}
	}
}

func TestNewNeedsAStore(t *testing.T) {
	_, err := s3bucket.New(nil, s3bucket.Layout{})
	require.ErrorContains(t, err, "the store is nil")
}
