package rights_test

import (
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

const (
	ok      = s3bucket.StateOK
	wrong   = s3bucket.StateWrong
	unclear = s3bucket.StateCannotTell

	page = "https://app.example.com"
)

// arranged is a bucket before Check looks at it. The store's own client may do
// everything unless allow says otherwise.
type arranged struct {
	t      *testing.T
	bucket *s3test.Bucket
	server s3test.Server // of the store
	name   string        // of the bucket that the store asks for
	layout s3bucket.Layout
}

// as makes the store's client that of a user with the checker's policy, without one
// action and with more.
func (a *arranged) as(out left, more ...string) {
	a.server = s3test.User(a.t)
	p, err := a.lookAfter(a.bucket.Client, a.bucket.Name).Policy(s3bucket.RoleCheck)
	require.NoError(a.t, err)
	statements := without(p.Statement, out)
	arn := "arn:aws:s3:::" + a.bucket.Name
	for _, action := range more {
		s := s3bucket.Statement{Sid: "More", Effect: "Allow", Action: []string{action}, Resource: []string{arn}}
		if action == "s3:GetObject" || action == "s3:AbortMultipartUpload" || action == "s3:DeleteObjectTagging" {
			s.Resource = []string{arn + "/*"}
		}
		statements = append(statements, s)
	}
	a.bucket.Allow(a.t, withForms(statements, a.bucket.Name))
}

// lookAfter returns the bucket of that name as a client reaches it.
func (a *arranged) lookAfter(client *s3.Client, name string) *s3bucket.Bucket {
	store, err := s3store.New(client, name, &s3store.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(a.t, err)
	bucket, err := s3bucket.New(store, a.layout)
	require.NoError(a.t, err)
	return bucket
}

func (a *arranged) cors(origin, method, header, expose string) {
	_, err := a.bucket.Client.PutBucketCors(a.t.Context(), &s3.PutBucketCorsInput{Bucket: &a.bucket.Name, CORSConfiguration: &types.CORSConfiguration{
		CORSRules: []types.CORSRule{{
			AllowedOrigins: []string{origin}, AllowedMethods: []string{method, "POST"}, AllowedHeaders: []string{header}, ExposeHeaders: []string{expose},
		}},
	}})
	require.NoError(a.t, err)
}

func (a *arranged) own(o types.ObjectOwnership) {
	_, err := a.bucket.Client.PutBucketOwnershipControls(a.t.Context(), &s3.PutBucketOwnershipControlsInput{
		Bucket: &a.bucket.Name, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: o}}},
	})
	require.NoError(a.t, err)
}

func (a *arranged) open(action, resource string) {
	a.bucket.SetPolicy(a.t, s3bucket.Policy{Version: "2012-10-17", Statement: []s3bucket.Statement{{
		Sid: "Open", Effect: "Allow", Principal: "*", Action: []string{action}, Resource: []string{"arn:aws:s3:::" + a.bucket.Name + resource},
	}}})
}

// TestCheck: for everything that versitygw can express, what is right is told from
// what is wrong; for the rest the answer is that it cannot be told.
func TestCheck(t *testing.T) {
	t.Parallel()
	nothing := func(*arranged) {}
	lacks := func(sid, action string) func(*arranged) {
		return func(a *arranged) { a.as(left{sid, action}) }
	}
	has := func(actions ...string) func(*arranged) { return func(a *arranged) { a.as(left{}, actions...) } }
	versions := func(a *arranged) { a.layout.Versioned = true }
	for _, row := range []struct {
		topic     s3bucket.Topic
		name      string
		versioned bool
		arrange   func(*arranged)
		state     s3bucket.State
		says      string
	}{
		{s3bucket.TopicReachable, "there", false, nothing, ok, "answers"},
		{s3bucket.TopicReachable, "no bucket", false, func(a *arranged) { a.name = "no-such-bucket" }, wrong, `no bucket "no-such-bucket"`},
		{s3bucket.TopicWrite, "no bucket", false, func(a *arranged) { a.name = "no-such-bucket" }, unclear, "cannot be reached"},
		{s3bucket.TopicReachable, "no server", false, func(a *arranged) { a.server.Endpoint = "http://127.0.0.1:1" }, wrong, "cannot be reached"},
		{s3bucket.TopicReachable, "wrong secret", false, func(a *arranged) { a.server.SecretKey = "wrongwrong" }, unclear, "the credentials are not valid"},
		{s3bucket.TopicWrite, "may", false, nothing, ok, ""},
		{s3bucket.TopicWrite, "may not", false, lacks("Probe", "s3:PutObject"), wrong, "it takes s3:PutObject"},
		{s3bucket.TopicDelete, "may not write", false, lacks("Probe", "s3:PutObject"), unclear, "nothing could be written"},
		{s3bucket.TopicRead, "may", false, nothing, ok, ""},
		{s3bucket.TopicRead, "may not", false, lacks("Probe", "s3:GetObject"), wrong, "it takes s3:GetObject"},
		{s3bucket.TopicRead, "may not list versions", true, func(a *arranged) {
			a.layout.Versioned = true
			a.as(left{"ListVersions", "s3:ListBucketVersions"})
		}, wrong, "it takes s3:ListBucketVersions"},
		{s3bucket.TopicMultipart, "may", false, nothing, ok, ""},
		{s3bucket.TopicMultipart, "may not list", false, lacks("FindStrays", "s3:ListBucketMultipartUploads"), wrong, "it takes s3:ListBucketMultipartUploads"},
		{s3bucket.TopicMultipart, "may not abort", false, lacks("Probe", "s3:AbortMultipartUpload"), wrong, "it takes s3:AbortMultipartUpload"},
		{s3bucket.TopicLeft, "may not abort", false, lacks("Probe", "s3:AbortMultipartUpload"), wrong, "files/upload-probe/"},
		{s3bucket.TopicDelete, "may", false, nothing, ok, ""},
		{s3bucket.TopicDelete, "may, versions", true, versions, ok, ""},
		{s3bucket.TopicDelete, "may not", false, lacks("RemoveProbes", "s3:DeleteObject"), wrong, "it takes s3:DeleteObject"},
		{s3bucket.TopicDelete, "may not, versions", true, func(a *arranged) { a.as(left{}) }, wrong, "it takes s3:DeleteObjectVersion"},
		{s3bucket.TopicLeft, "may not delete", false, lacks("RemoveProbes", "s3:DeleteObject"), wrong, "files/upload-probe/"},
		{s3bucket.TopicLeft, "all removed", true, versions, ok, ""},
		{s3bucket.TopicConditional, "enforced", false, nothing, ok, "PutObject and CompleteMultipartUpload"},
		{s3bucket.TopicSignedPuts, "enforced", false, nothing, ok, ""},
		{s3bucket.TopicForms, "enforced", false, nothing, ok, ""},
		{s3bucket.TopicForms, "may not sign", false, lacks("Probe", "s3:PutObject"), unclear, "refuses what was signed"},
		{s3bucket.TopicAnonymous, "closed", false, nothing, ok, ""},
		{s3bucket.TopicAnonymous, "readable", false, func(a *arranged) { a.open("s3:GetObject", "/*") }, wrong, "read an object"},
		{s3bucket.TopicAnonymous, "listable", false, func(a *arranged) { a.open("s3:ListBucket", "") }, wrong, "list the bucket"},
		{s3bucket.TopicPublicBlock, "501", false, nothing, unclear, "NotImplemented"},
		{s3bucket.TopicPublic, "no policy", false, nothing, ok, "no policy"},
		{s3bucket.TopicPublic, "public", false, func(a *arranged) { a.open("s3:GetObject", "/*") }, wrong, "makes it public"},
		{s3bucket.TopicPublic, "a user's", false, has(), ok, "does not make it public"},
		{s3bucket.TopicPublic, "may not", false, lacks("ReadSetup", "s3:GetBucketPolicyStatus"), unclear, "lack s3:GetBucketPolicyStatus"},
		{s3bucket.TopicACLs, "off", false, nothing, ok, ""},
		{s3bucket.TopicACLs, "on", false, func(a *arranged) { a.own(types.ObjectOwnershipBucketOwnerPreferred) }, wrong, "BucketOwnerPreferred"},
		{s3bucket.TopicACLs, "not set", false, func(a *arranged) {
			_, err := a.bucket.Client.DeleteBucketOwnershipControls(a.t.Context(), &s3.DeleteBucketOwnershipControlsInput{Bucket: &a.bucket.Name})
			require.NoError(a.t, err)
		}, wrong, "ACLs count"},
		{s3bucket.TopicACLs, "may not", false, lacks("ReadSetup", "s3:GetBucketOwnershipControls"), unclear, "lack s3:GetBucketOwnershipControls"},
		{s3bucket.TopicEncryption, "501", false, nothing, unclear, "NotImplemented"},
		{s3bucket.TopicVersioning, "off", false, nothing, ok, ""},
		{s3bucket.TopicVersioning, "on", true, versions, ok, ""},
		{s3bucket.TopicVersioning, "on, not in the layout", true, nothing, wrong, "say so in the Layout"},
		{s3bucket.TopicVersioning, "off, other than the layout", false, versions, wrong, "no versions, other than"},
		{s3bucket.TopicVersioning, "may not", false, lacks("ReadSetup", "s3:GetBucketVersioning"), unclear, "lack s3:GetBucketVersioning"},
		{s3bucket.TopicLogging, "501", false, nothing, unclear, "NotImplemented"},
		{s3bucket.TopicStaging, "501", false, nothing, unclear, "NotImplemented"},
		{s3bucket.TopicUnfinished, "501", false, nothing, unclear, "NotImplemented"},
		{s3bucket.TopicCORS, "none", false, nothing, wrong, page + " lack PUT"},
		{s3bucket.TopicCORS, "right", false, func(a *arranged) { a.cors(page, "PUT", "*", "ETag") }, ok, ""},
		{s3bucket.TopicCORS, "set up", false, func(a *arranged) {
			lacking, err := a.lookAfter(a.bucket.Client, a.bucket.Name).Setup(a.t.Context())
			require.NoError(a.t, err)
			require.Len(a.t, lacking, 1)
			require.Contains(a.t, lacking[0], "no lifecycle rules")
		}, ok, ""},
		{s3bucket.TopicCORS, "any origin", false, func(a *arranged) { a.cors("*", "PUT", "*", "ETag") }, wrong, "any origin"},
		{s3bucket.TopicCORS, "another origin", false, func(a *arranged) { a.cors("https://example.org", "PUT", "*", "ETag") }, wrong, page},
		{s3bucket.TopicCORS, "no PUT", false, func(a *arranged) { a.cors(page, "GET", "*", "ETag") }, wrong, "PUT"},
		{s3bucket.TopicCORS, "no header fields", false, func(a *arranged) { a.cors(page, "PUT", "x-other", "ETag") }, wrong, "content-type"},
		{s3bucket.TopicCORS, "no ETag", false, func(a *arranged) { a.cors(page, "PUT", "*", "Location") }, wrong, "ETag"},
		{s3bucket.TopicCORS, "may not", false, lacks("ReadCORS", "s3:GetBucketCORS"), unclear, "lack s3:GetBucketCORS"},
		{s3bucket.TopicRights, "the policy alone", false, has(), ok, ""},
		{s3bucket.TopicRights, "root", false, nothing, wrong, "s3:ListAllMyBuckets, s3:GetBucketPolicy, s3:GetBucketAcl"},
		{s3bucket.TopicRights, "policy", false, has("s3:GetBucketPolicy"), wrong, "have s3:GetBucketPolicy, which"},
		{s3bucket.TopicRights, "ACL", false, has("s3:GetBucketAcl"), wrong, "have s3:GetBucketAcl, which"},
		{s3bucket.TopicRights, "tags", false, has("s3:DeleteObjectTagging"), wrong, "have s3:DeleteObjectTagging, which"},
		{s3bucket.TopicRights, "other keys", false, has("s3:GetObject"), wrong, "have s3:GetObject outside of the prefixes, which"},
		{s3bucket.TopicRights, "other uploads", false, has("s3:AbortMultipartUpload"), wrong, "have s3:AbortMultipartUpload outside of the prefixes, which"},
	} {
		t.Run(string(row.topic)+"/"+row.name, func(t *testing.T) {
			t.Parallel()
			a := &arranged{t: t, bucket: s3test.NewBucket(t, row.versioned), server: s3test.Get(), layout: s3bucket.Layout{
				KeyPrefixes: []string{"files/"}, StagingPrefixes: []string{""}, Origins: []string{page},
			}}
			s3test.NewBucket(t, false) // another one, which root can list
			a.name = a.bucket.Name
			row.arrange(a)
			client, closeIdle := a.server.Client(a.server.Endpoint)
			t.Cleanup(closeIdle)
			r := a.lookAfter(client, a.name).Check(t.Context())
			for _, f := range r.Findings {
				if f.Topic == row.topic {
					require.Equal(t, row.state, f.State, "%s", f.Explanation)
					require.Contains(t, f.Explanation, row.says)
				}
				if f.Topic == s3bucket.TopicLeft && f.State == ok {
					a.bucket.RequireNothing(t)
				}
			}
			require.Contains(t, r.String(), string(row.topic))
		})
	}
}

// TestBucketPolicyOfTheLibrary: what it forbids is refused to those who might do it
// otherwise. The other statements need conditions that this server does not know.
func TestBucketPolicyOfTheLibrary(t *testing.T) {
	t.Parallel()
	for sid, forbidden := range map[string]func(t *testing.T, b *s3test.Bucket, c *s3.Client) error{
		"OnlyTLS": func(t *testing.T, b *s3test.Bucket, c *s3.Client) error { // this server has none
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
					if sid == "NoACLs" { // an action that this server does not know
						s.Action = s.Action[:2]
					}
					b.SetPolicy(t, s3bucket.Policy{Version: p.Version, Statement: []s3bucket.Statement{everything, s}})
				}
			}
			require.ErrorContains(t, forbidden(t, b, c), "AccessDenied")
		})
	}
}
