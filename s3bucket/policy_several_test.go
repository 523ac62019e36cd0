package s3bucket_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestWithholdStaged checks which keys and actions are denied to processes that only hand out
// files, with and without prefixes, and that some others are denied nothing.
func TestWithholdStaged(t *testing.T) {
	anywhere := []string{"arn:aws:s3:::bucket/upload-staging/*", "arn:aws:s3:::bucket/*/upload-staging/*"}
	for name, row := range map[string]struct {
		layout  s3bucket.Layout
		actions []string
	}{
		"any key":  {s3bucket.Layout{}, []string{"s3:GetObject"}},
		"prefix":   {s3bucket.Layout{KeyPrefixes: []string{"a/"}, StagingPrefixes: []string{""}}, []string{"s3:GetObject"}},
		"scanner":  {s3bucket.Layout{Scanner: "arn:aws:iam::1:role/gd"}, []string{"s3:GetObject", "s3:GetObjectTagging"}},
		"versions": {s3bucket.Layout{Scanner: "arn:aws:iam::1:role/gd", Versioned: true}, []string{"s3:GetObject", "s3:GetObjectVersionTagging", "s3:GetObjectVersion"}},
	} {
		t.Run(name, func(t *testing.T) {
			bucket := policyBucket(t, "eu-west-1", s3store.Options{}, row.layout)
			for _, roles := range [][]s3bucket.Role{{s3bucket.RoleDelivery}, {s3bucket.RoleSetup, s3bucket.RoleDelivery}} {
				p, err := bucket.Policy(roles...)
				require.NoError(t, err)
				s := statement(t, p, "WithholdStaged")
				require.Equal(t, "Deny", s.Effect)
				require.Equal(t, anywhere, s.Resource)
				require.Equal(t, row.actions, s.Action)
				require.Nil(t, s.Condition)
			}
			for _, other := range []s3bucket.Role{s3bucket.RoleStreamed, s3bucket.RoleSweeper, s3bucket.RoleCheck} {
				for _, roles := range [][]s3bucket.Role{{other}, {s3bucket.RoleDelivery, other}} {
					p, err := bucket.Policy(roles...)
					require.NoError(t, err)
					for _, s := range p.Statement {
						require.Equal(t, "Allow", s.Effect, roles)
					}
				}
			}
		})
	}
}

// TestPolicyOfSeveralRoles checks for each set of roles that the policy allows what the policies of
// the roles allow, each once and under its own name, and fits into a managed policy.
func TestPolicyOfSeveralRoles(t *testing.T) {
	all := s3bucket.Roles()
	for _, versioned := range []bool{false, true} {
		bucket := policyBucket(t, "eu-west-1", s3store.Options{Tags: map[string]string{"app": "avatars"}}, s3bucket.Layout{
			KeyPrefixes: []string{"avatars/", "covers/"}, StagingPrefixes: []string{"in/"}, Versioned: versioned,
			Origins: []string{"https://app.example.com"}, Scanner: "arn:aws:iam::123456789012:role/gd",
		})
		for set := range 1 << len(all) {
			var roles []s3bucket.Role
			want := map[string]bool{}
			for i, role := range all {
				if set>>i&1 == 0 {
					continue
				}
				roles = append(roles, role)
				p, err := bucket.Policy(role)
				require.NoError(t, err)
				for right := range allowed(t, p) {
					want[right] = true
				}
			}
			p, err := bucket.Policy(roles...)
			if set == 0 {
				require.ErrorContains(t, err, "no role is named")
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want, allowed(t, p), roles)
			text, err := s3bucket.JSON(p)
			require.NoError(t, err)
			require.Less(t, len(strings.Join(strings.Fields(string(text)), "")), 6144, "AWS's limit for a managed policy: %v", roles)
		}
	}
}

// allowed returns each action and resource that a policy allows. It fails if two statements have
// one name or allow the same.
func allowed(t *testing.T, p s3bucket.Policy) map[string]bool {
	t.Helper()
	rights, names := map[string]bool{}, map[string]bool{}
	for _, s := range p.Statement {
		require.False(t, names[s.Sid], "two statements %s", s.Sid)
		names[s.Sid] = true
		if s.Effect != "Allow" {
			continue
		}
		for _, action := range s.Action {
			require.False(t, rights[action+strings.Join(s.Resource, " ")], "%s twice", action)
			rights[action+strings.Join(s.Resource, " ")] = true
		}
	}
	return rights
}
