package rights_test

import (
	"fmt"
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

// arranged is a bucket before Check examines it. The store's own client may do everything unless
// allow says otherwise.
type arranged struct {
	t      *testing.T
	bucket *s3test.Bucket
	server s3test.Server // of the store
	name   string        // of the bucket in the store
	layout s3bucket.Layout
}

// as gives the store's client to a user with the checker's policy, without one action and with
// additional ones.
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

// arrangement prepares a check. Arrangements with the same name are equal, so one check answers for
// all their rows.
type arrangement struct {
	name      string
	versioned bool
	make      func(*arranged)
}

func lacks(sid, action string) arrangement {
	return arrangement{"without " + sid + " " + action, false, func(a *arranged) { a.as(left{sid, action}) }}
}

func has(actions ...string) arrangement {
	return arrangement{fmt.Sprint("with ", actions), false, func(a *arranged) { a.as(left{}, actions...) }}
}

func cors(name, origin, method, header, expose string) arrangement {
	return arrangement{"CORS, " + name, false, func(a *arranged) { a.cors(origin, method, header, expose) }}
}

var (
	nothing  = arrangement{"nothing", false, func(*arranged) {}}
	noBucket = arrangement{"no bucket", false, func(a *arranged) { a.name = "no-such-bucket" }}
	noServer = arrangement{"no server", false, func(a *arranged) { a.server.Endpoint = "http://127.0.0.1:1" }}
	noSecret = arrangement{"wrong secret", false, func(a *arranged) { a.server.SecretKey = "wrongwrong" }}
	readable = arrangement{"readable", false, func(a *arranged) { a.open("s3:GetObject", "/*") }}
	listable = arrangement{"listable", false, func(a *arranged) { a.open("s3:ListBucket", "") }}
	withACLs = arrangement{"ACLs", false, func(a *arranged) { a.own(types.ObjectOwnershipBucketOwnerPreferred) }}
	unowned  = arrangement{"no ownership controls", false, func(a *arranged) {
		_, err := a.bucket.Client.DeleteBucketOwnershipControls(a.t.Context(), &s3.DeleteBucketOwnershipControlsInput{Bucket: &a.bucket.Name})
		require.NoError(a.t, err)
	}}
	setUp = arrangement{"set up", false, func(a *arranged) {
		lacking, err := a.lookAfter(a.bucket.Client, a.bucket.Name).Setup(a.t.Context())
		require.NoError(a.t, err)
		require.Len(a.t, lacking, 1)
		require.Contains(a.t, lacking[0], "no lifecycle rules")
	}}

	versions        = arrangement{"versions", true, func(a *arranged) { a.layout.Versioned = true }}
	onlyInBucket    = arrangement{"versions, not in the layout", true, nothing.make}
	onlyInLayout    = arrangement{"versions only in the layout", false, versions.make}
	plainRole       = arrangement{"versions, and rights for a bucket without", true, func(a *arranged) { a.as(left{}) }}
	unlistedVersion = arrangement{"versions that cannot be listed", true, func(a *arranged) {
		a.layout.Versioned = true
		a.as(left{"ListVersions", "s3:ListBucketVersions"})
	}}
)

// TestCheck checks that everything that versitygw can express is reported as right or wrong, and
// the rest as unclear.
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
		{s3bucket.TopicReachable, "no bucket", noBucket, wrong, `no bucket "no-such-bucket"`},
		{s3bucket.TopicWrite, "no bucket", noBucket, unclear, "cannot be reached"},
		{s3bucket.TopicReachable, "no server", noServer, wrong, "cannot be reached"},
		{s3bucket.TopicReachable, "wrong secret", noSecret, unclear, "the credentials are not valid"},
		{s3bucket.TopicWrite, "may", nothing, ok, ""},
		{s3bucket.TopicWrite, "may not", lacks("Probe", "s3:PutObject"), wrong, "it takes s3:PutObject"},
		{s3bucket.TopicDelete, "may not write", lacks("Probe", "s3:PutObject"), unclear, "nothing could be written"},
		{s3bucket.TopicRead, "may", nothing, ok, ""},
		{s3bucket.TopicRead, "may not", lacks("Probe", "s3:GetObject"), wrong, "it takes s3:GetObject"},
		{s3bucket.TopicRead, "may not list versions", unlistedVersion, wrong, "it takes s3:ListBucketVersions"},
		{s3bucket.TopicMultipart, "may", nothing, ok, ""},
		{s3bucket.TopicMultipart, "may not list", lacks("FindStrays", "s3:ListBucketMultipartUploads"), wrong, "it takes s3:ListBucketMultipartUploads"},
		{s3bucket.TopicMultipart, "may not abort", lacks("Probe", "s3:AbortMultipartUpload"), wrong, "it takes s3:AbortMultipartUpload"},
		{s3bucket.TopicLeft, "may not abort", lacks("Probe", "s3:AbortMultipartUpload"), wrong, "files/upload-probe/"},
		{s3bucket.TopicDelete, "may", nothing, ok, ""},
		{s3bucket.TopicDelete, "may, versions", versions, ok, ""},
		{s3bucket.TopicDelete, "may not", lacks("RemoveProbes", "s3:DeleteObject"), wrong, "it takes s3:DeleteObject"},
		{s3bucket.TopicDelete, "may not, versions", plainRole, wrong, "it takes s3:DeleteObjectVersion"},
		{s3bucket.TopicLeft, "may not delete", lacks("RemoveProbes", "s3:DeleteObject"), wrong, "files/upload-probe/"},
		{s3bucket.TopicLeft, "all removed", versions, ok, ""},
		{s3bucket.TopicConditional, "enforced", nothing, ok, "PutObject and CompleteMultipartUpload"},
		{s3bucket.TopicSignedPuts, "enforced", nothing, ok, ""},
		{s3bucket.TopicForms, "enforced", nothing, ok, ""},
		{s3bucket.TopicForms, "may not sign", lacks("Probe", "s3:PutObject"), unclear, "refuses unchanged signed requests"},
		{s3bucket.TopicAnonymous, "closed", nothing, ok, ""},
		{s3bucket.TopicAnonymous, "readable", readable, wrong, "read an object"},
		{s3bucket.TopicAnonymous, "listable", listable, wrong, "list the bucket"},
		{s3bucket.TopicPublicBlock, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicPublic, "no policy", nothing, ok, "no policy"},
		{s3bucket.TopicPublic, "public", readable, wrong, "makes it public"},
		{s3bucket.TopicPublic, "a user's", has(), ok, "does not make it public"},
		{s3bucket.TopicPublic, "may not", lacks("ReadSetup", "s3:GetBucketPolicyStatus"), unclear, "lack s3:GetBucketPolicyStatus"},
		{s3bucket.TopicACLs, "off", nothing, ok, ""},
		{s3bucket.TopicACLs, "on", withACLs, wrong, "BucketOwnerPreferred"},
		{s3bucket.TopicACLs, "not set", unowned, wrong, "ACLs are on"},
		{s3bucket.TopicACLs, "may not", lacks("ReadSetup", "s3:GetBucketOwnershipControls"), unclear, "lack s3:GetBucketOwnershipControls"},
		{s3bucket.TopicEncryption, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicVersioning, "off", nothing, ok, ""},
		{s3bucket.TopicVersioning, "on", versions, ok, ""},
		{s3bucket.TopicVersioning, "on, not in the layout", onlyInBucket, wrong, "say so in the Layout"},
		{s3bucket.TopicVersioning, "off, contrary to the layout", onlyInLayout, wrong, "no versions, contrary to"},
		{s3bucket.TopicVersioning, "may not", lacks("ReadSetup", "s3:GetBucketVersioning"), unclear, "lack s3:GetBucketVersioning"},
		{s3bucket.TopicLogging, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicStaging, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicUnfinished, "501", nothing, unclear, "NotImplemented"},
		{s3bucket.TopicCORS, "none", nothing, wrong, page + " lack PUT"},
		{s3bucket.TopicCORS, "right", cors("right", page, "PUT", "*", "ETag"), ok, ""},
		{s3bucket.TopicCORS, "set up", setUp, ok, ""},
		{s3bucket.TopicCORS, "any origin", cors("any origin", "*", "PUT", "*", "ETag"), wrong, "any origin"},
		{s3bucket.TopicCORS, "another origin", cors("another origin", "https://example.org", "PUT", "*", "ETag"), wrong, page},
		{s3bucket.TopicCORS, "no PUT", cors("no PUT", page, "GET", "*", "ETag"), wrong, "PUT"},
		{s3bucket.TopicCORS, "no header fields", cors("no header fields", page, "PUT", "x-other", "ETag"), wrong, "content-type"},
		{s3bucket.TopicCORS, "no ETag", cors("no ETag", page, "PUT", "*", "Location"), wrong, "ETag"},
		{s3bucket.TopicCORS, "may not", lacks("ReadCORS", "s3:GetBucketCORS"), unclear, "lack s3:GetBucketCORS"},
		{s3bucket.TopicRights, "the policy alone", has(), ok, ""},
		{s3bucket.TopicRights, "root", nothing, wrong, "s3:ListAllMyBuckets, s3:GetBucketPolicy, s3:GetBucketAcl"},
		{s3bucket.TopicRights, "policy", has("s3:GetBucketPolicy"), wrong, "have s3:GetBucketPolicy, which"},
		{s3bucket.TopicRights, "ACL", has("s3:GetBucketAcl"), wrong, "have s3:GetBucketAcl, which"},
		{s3bucket.TopicRights, "tags", has("s3:DeleteObjectTagging"), wrong, "have s3:DeleteObjectTagging, which"},
		{s3bucket.TopicRights, "other keys", has("s3:GetObject"), wrong, "have s3:GetObject outside of the prefixes, which"},
		{s3bucket.TopicRights, "other uploads", has("s3:AbortMultipartUpload"), wrong, "have s3:AbortMultipartUpload outside of the prefixes, which"},
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
				require.Contains(t, r.String(), string(row.topic))
				for _, f := range r.Findings {
					if f.Topic == row.topic {
						require.Equal(t, row.state, f.State, "%s, %s: %s", row.topic, row.name, f.Explanation)
						require.Contains(t, f.Explanation, row.says, "%s, %s", row.topic, row.name)
					}
				}
			}
			for _, f := range r.Findings {
				if f.Topic == s3bucket.TopicLeft && f.State == ok {
					a.bucket.RequireNothing(t)
				}
			}
		})
	}
}

// TestBucketPolicyOfTheLibrary checks that the policy refuses what it forbids to users who
// otherwise might do it. The other statements need conditions that this server does not support.
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
