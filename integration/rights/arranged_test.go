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

// arranged is a bucket before Check examines it. The store's client may do everything unless the
// arrangement changes that, mostly by [arranged.as].
type arranged struct {
	t      *testing.T
	bucket *s3test.Bucket
	server s3test.Server // of the store
	name   string        // of the bucket in the store
	layout s3bucket.Layout
}

// as has the store's client act for a user with the checker's policy, with one more action unless
// more is empty, and without the actions of out.
func (a *arranged) as(more string, out []left) {
	a.server = s3test.User(a.t)
	p, err := a.lookAfter(a.bucket.Client, a.bucket.Name).Policy(s3bucket.RoleCheck)
	require.NoError(a.t, err)
	statements := p.Statement
	for _, one := range out {
		statements = without(statements, one)
	}
	if more != "" {
		arn := "arn:aws:s3:::" + a.bucket.Name
		s := s3bucket.Statement{Sid: "More", Effect: "Allow", Action: []string{more}, Resource: []string{arn}}
		if more == "s3:GetObject" || more == "s3:AbortMultipartUpload" || more == "s3:DeleteObjectTagging" {
			s.Resource = []string{arn + "/*"}
		}
		statements = append(statements, s)
	}
	a.bucket.Allow(a.t, withForms(statements, a.bucket.Name))
}

// lookAfter returns the [s3bucket.Bucket] of that name over the client.
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

// together returns an arrangement of several, which must not affect the same topics. It saves
// checks, each of which makes dozens of calls.
func together(all ...arrangement) arrangement {
	one := all[0]
	for _, next := range all[1:] {
		first := one.make
		one.name, one.versioned = one.name+"; "+next.name, one.versioned || next.versioned
		one.make = func(a *arranged) { first(a); next.make(a) }
	}
	return one
}

// lacking are the actions that an arrangement of [TestCheck] leaves out, so that its rows show what
// they are needed for.
var lacking = map[left]bool{}

// user returns an arrangement with the policy of the checker, with one more action unless more is
// empty, and without the actions of out.
func user(more string, out ...left) arrangement {
	for _, one := range out {
		lacking[one] = true
	}
	return arrangement{fmt.Sprintf("with %q, without %v", more, out), false, func(a *arranged) { a.as(more, out) }}
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

	versions      = arrangement{"versions", true, func(a *arranged) { a.layout.Versioned = true }}
	undeclared    = arrangement{"versions, not in the layout", true, nothing.make}
	plainRole     = together(undeclared, user(""))
	hiddenVersion = together(versions, user("", left{"ListVersions", "s3:ListBucketVersions"}))

	// The bucket has several faults, each of another topic.
	openToRead = together(readable, withACLs, undeclared)
	openToList = together(listable, unowned, setUp, arrangement{"versions only in the layout", false, versions.make})

	// The user has exactly the checker's rights, or lacks some of them. Each arrangement that
	// lacks one right adds a right that the checker does not have, and a wrong CORS rule.
	checks       = together(user(""), cors("right", page, "PUT", "*", "ETag"))
	seesLittle   = user("", left{"ReadSetup", "s3:GetBucketPolicyStatus"}, left{"ReadSetup", "s3:GetBucketOwnershipControls"}, left{"ReadSetup", "s3:GetBucketVersioning"}, left{"ReadCORS", "s3:GetBucketCORS"})
	cannotWrite  = together(user("s3:GetBucketPolicy", left{"Probe", "s3:PutObject"}), cors("any origin", "*", "PUT", "*", "ETag"))
	cannotRead   = together(user("s3:AbortMultipartUpload", left{"Probe", "s3:GetObject"}), cors("another origin", "https://example.org", "PUT", "*", "ETag"))
	cannotAbort  = together(user("s3:GetBucketAcl", left{"Probe", "s3:AbortMultipartUpload"}), cors("no PUT", page, "GET", "*", "ETag"))
	cannotList   = together(user("s3:GetObject", left{"FindStrays", "s3:ListBucketMultipartUploads"}), cors("no header fields", page, "PUT", "x-other", "ETag"))
	cannotDelete = together(user("s3:DeleteObjectTagging", left{"RemoveProbes", "s3:DeleteObject"}), cors("no ETag", page, "PUT", "*", "Location"))
)
