package rights_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
)

// TestCheck checks which state Check reports for buckets and users that versitygw can express, and
// that it reports as unclear what the server does not implement.
func TestCheck(t *testing.T) {
	t.Parallel()
	type row struct {
		topic   s3bucket.Topic
		name    string
		arrange arrangement
		state   s3bucket.State
		says    string
	}
	byArrangement, arrangements := map[string][]row{}, []arrangement{}
	for _, r := range []row{
		{s3bucket.TopicReachable, "there", nothing, ok, "answers"},
		{s3bucket.TopicReachable, "no bucket", noBucket, wrong, `the bucket "no-such-bucket" does not exist`},
		{s3bucket.TopicWrite, "no bucket", noBucket, unclear, "cannot be reached"},
		{s3bucket.TopicReachable, "no server", noServer, wrong, "cannot be reached"},
		{s3bucket.TopicReachable, "wrong secret", noSecret, unclear, "the credentials are not valid"},
		{s3bucket.TopicWrite, "may", nothing, ok, ""},
		{s3bucket.TopicWrite, "may not", cannotWrite, wrong, "it takes s3:PutObject"},
		{s3bucket.TopicDelete, "may not write", cannotWrite, unclear, "nothing could be written"},
		{s3bucket.TopicRead, "may", nothing, ok, ""},
		{s3bucket.TopicRead, "may not", cannotRead, wrong, "it takes s3:GetObject"},
		{s3bucket.TopicRead, "may not list versions", hiddenVersion, wrong, "it takes s3:ListBucketVersions"},
		{s3bucket.TopicMultipart, "may", nothing, ok, ""},
		{s3bucket.TopicMultipart, "may not list", cannotList, wrong, "it takes s3:ListBucketMultipartUploads"},
		{s3bucket.TopicMultipart, "may not abort", cannotAbort, wrong, "it takes s3:AbortMultipartUpload"},
		{s3bucket.TopicLeft, "may not abort", cannotAbort, wrong, "files/upload-probe/"},
		{s3bucket.TopicDelete, "may", nothing, ok, ""},
		{s3bucket.TopicDelete, "may, versions", versions, ok, ""},
		{s3bucket.TopicDelete, "may not", cannotDelete, wrong, "it takes s3:DeleteObject"},
		{s3bucket.TopicDelete, "may not, versions", plainRole, wrong, "it takes s3:DeleteObjectVersion"},
		{s3bucket.TopicLeft, "may not delete", cannotDelete, wrong, "files/upload-probe/"},
		{s3bucket.TopicLeft, "all removed", versions, ok, ""},
		{s3bucket.TopicConditional, "enforced", nothing, ok, "PutObject and CompleteMultipartUpload"},
		{s3bucket.TopicSignedPuts, "enforced", nothing, ok, ""},
		{s3bucket.TopicForms, "enforced", nothing, ok, ""},
		{s3bucket.TopicForms, "may not sign", cannotWrite, unclear, "refuses unchanged signed requests"},
		{s3bucket.TopicAnonymous, "closed", nothing, ok, ""},
		{s3bucket.TopicAnonymous, "readable", openToRead, wrong, "read an object"},
		{s3bucket.TopicAnonymous, "listable", openToList, wrong, "list the bucket"},
		{s3bucket.TopicPublicBlock, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicPublic, "no policy", nothing, ok, "no policy"},
		{s3bucket.TopicPublic, "public", openToRead, wrong, "makes it public"},
		{s3bucket.TopicPublic, "a user's", checks, ok, "does not make it public"},
		{s3bucket.TopicPublic, "may not", seesLittle, unclear, "lack s3:GetBucketPolicyStatus"},
		{s3bucket.TopicACLs, "off", nothing, ok, ""},
		{s3bucket.TopicACLs, "on", openToRead, wrong, "BucketOwnerPreferred"},
		{s3bucket.TopicACLs, "not set", openToList, wrong, "ACLs are on"},
		{s3bucket.TopicACLs, "may not", seesLittle, unclear, "lack s3:GetBucketOwnershipControls"},
		{s3bucket.TopicEncryption, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicVersioning, "off", nothing, ok, ""},
		{s3bucket.TopicVersioning, "on", versions, ok, ""},
		{s3bucket.TopicVersioning, "on, not in the layout", openToRead, wrong, "say so in the Layout"},
		{s3bucket.TopicVersioning, "off, contrary to the layout", openToList, wrong, "no versions, contrary to"},
		{s3bucket.TopicVersioning, "may not", seesLittle, unclear, "lack s3:GetBucketVersioning"},
		{s3bucket.TopicLogging, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicStaging, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicUnfinished, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicCORS, "none", nothing, wrong, page + " lack PUT"},
		{s3bucket.TopicCORS, "right", checks, ok, ""},
		{s3bucket.TopicCORS, "set up", openToList, ok, ""},
		{s3bucket.TopicCORS, "any origin", cannotWrite, wrong, "any origin"},
		{s3bucket.TopicCORS, "another origin", cannotRead, wrong, page},
		{s3bucket.TopicCORS, "no PUT", cannotAbort, wrong, "PUT"},
		{s3bucket.TopicCORS, "no header fields", cannotList, wrong, "content-type"},
		{s3bucket.TopicCORS, "no ETag", cannotDelete, wrong, "ETag"},
		{s3bucket.TopicCORS, "may not", seesLittle, unclear, "lack s3:GetBucketCORS"},
		{s3bucket.TopicRights, "the policy alone", checks, ok, ""},
		{s3bucket.TopicRights, "root", nothing, wrong, "s3:ListAllMyBuckets, s3:GetBucketPolicy, s3:GetBucketAcl"},
		{s3bucket.TopicRights, "policy", cannotWrite, wrong, "have s3:GetBucketPolicy, which"},
		{s3bucket.TopicRights, "ACL", cannotAbort, wrong, "have s3:GetBucketAcl, which"},
		{s3bucket.TopicRights, "tags", cannotDelete, wrong, "have s3:DeleteObjectTagging, which"},
		{s3bucket.TopicRights, "other keys", cannotList, wrong, "have s3:GetObject outside of the prefixes, which"},
		{s3bucket.TopicRights, "other uploads", cannotRead, wrong, "have s3:AbortMultipartUpload outside of the prefixes, which"},
	} {
		key := r.arrange.name
		if byArrangement[key] == nil {
			arrangements = append(arrangements, r.arrange)
		}
		byArrangement[key] = append(byArrangement[key], r)
	}
	for _, arrange := range arrangements {
		t.Run(arrange.name, func(t *testing.T) {
			t.Parallel()
			a := &arranged{t: t, bucket: s3test.NewBucket(t, arrange.versioned), server: s3test.Get(), layout: s3bucket.Layout{
				KeyPrefixes: []string{"files/"}, StagingPrefixes: []string{""}, Origins: []string{page},
			}}
			s3test.NewBucket(t, false) // another one, which root can list
			a.name = a.bucket.Name
			arrange.make(a)
			client, closeIdle := a.server.Client(a.server.Endpoint)
			t.Cleanup(closeIdle)
			r := a.lookAfter(client, a.name).Check(t.Context())
			for _, row := range byArrangement[arrange.name] {
				found := false
				for _, f := range r.Findings {
					if f.Topic == row.topic {
						found = true
						require.Equal(t, row.state, f.State, "%s, %s: %s", row.topic, row.name, f.Explanation)
						require.Contains(t, f.Explanation, row.says, "%s, %s", row.topic, row.name)
					}
				}
				require.True(t, found, "%s, %s: no finding", row.topic, row.name)
			}
			for _, f := range r.Findings {
				if f.Topic == s3bucket.TopicLeft && f.State == ok {
					a.bucket.RequireNothing(t)
				}
			}
		})
	}
}

// TestBucketPolicyOfTheLibrary checks that two statements of [s3bucket.Bucket.BucketPolicy] forbid
// what a user may otherwise do. The others need conditions that this server does not support.
func TestBucketPolicyOfTheLibrary(t *testing.T) {
	t.Parallel()
	for sid, forbidden := range map[string]func(t *testing.T, b *s3test.Bucket, c *s3.Client) error{
		"OnlyTLS": func(t *testing.T, b *s3test.Bucket, c *s3.Client) error { // this server has no TLS
			_, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &b.Name})
			return err
		},
		"NoACLs": func(t *testing.T, b *s3test.Bucket, c *s3.Client) error {
			_, err := c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: &b.Name, ACL: types.BucketCannedACLPublicRead})
			return err
		},
	} {
		t.Run(sid, func(t *testing.T) {
			user := s3test.User(t)
			b := s3test.NewBucket(t, false)
			_, err := b.Client.PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
				Bucket: &b.Name, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerPreferred}}},
			})
			require.NoError(t, err)
			c, closeIdle := user.Client(user.Endpoint)
			t.Cleanup(closeIdle)
			arn := "arn:aws:s3:::" + b.Name
			everything := s3bucket.Statement{Sid: "All", Effect: "Allow", Principal: "*", Action: []string{"s3:*"}, Resource: []string{arn, arn + "/*"}}
			b.SetPolicy(t, s3bucket.Policy{Version: "2012-10-17", Statement: []s3bucket.Statement{everything}})
			require.NoError(t, forbidden(t, b, c))
			p := (&arranged{t: t}).lookAfter(c, b.Name).BucketPolicy()
			for _, s := range p.Statement {
				if s.Sid == sid {
					if sid == "NoACLs" { // an action that this server does not support
						s.Action = s.Action[:2]
					}
					b.SetPolicy(t, s3bucket.Policy{Version: p.Version, Statement: []s3bucket.Statement{everything, s}})
				}
			}
			require.ErrorContains(t, forbidden(t, b, c), "AccessDenied")
		})
	}
}
