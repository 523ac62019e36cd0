package rights_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

var paths = map[s3bucket.Role]map[string]path{
	s3bucket.RoleStreamed: streamed, s3bucket.RoleDirect: direct, s3bucket.RoleDelivery: delivery,
	s3bucket.RoleSweeper: sweeper, s3bucket.RoleCheck: checker, s3bucket.RoleSetup: setter,
}

// TestPolicyIsEnough checks that with exactly the actions of its policy, every path of a role
// works. All paths of Check share one world, since one Check answers for all.
func TestPolicyIsEnough(t *testing.T) {
	t.Parallel()
	for _, role := range s3bucket.Roles() {
		for _, versioned := range []bool{false, true} {
			if role == s3bucket.RoleCheck {
				t.Run(fmt.Sprintf("%s/versioned=%v", role, versioned), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, versioned, left{}, role)
					for name, path := range paths[role] {
						require.NoError(t, path(w), name)
					}
				})
				continue
			}
			for name, path := range paths[role] {
				t.Run(fmt.Sprintf("%s/versioned=%v/%s", role, versioned, name), func(t *testing.T) {
					t.Parallel()
					require.NoError(t, path(newWorld(t, versioned, left{}, role)))
				})
			}
		}
	}
}

// needed names the path that fails when an action is left out of one statement of a role's policy.
// The value notImplemented marks a row that versitygw cannot show.
var needed = map[s3bucket.Role]map[left]string{
	s3bucket.RoleStreamed: {
		{"Store", "s3:PutObject"}:                       "small file",
		{"Tag", "s3:PutObjectTagging"}:                  "large file",
		{"Abort", "s3:AbortMultipartUpload"}:            "file that is too large",
		{"AskWhose", "s3:GetObject"}:                    "lost answer",
		{"TellMissing", "s3:ListBucket"}:                "storage that fails",
		{"FindStrays", "s3:ListBucketMultipartUploads"}: "lost id of an upload",
		{"RollBack", "s3:DeleteObject"}:                 "handler that fails",
		{"RollBackVersions", "s3:DeleteObjectVersion"}:  "handler that fails",
		{"ListVersions", "s3:ListBucketVersions"}:       "deletion",
	},
	s3bucket.RoleDirect: {
		{"Sign", "s3:PutObject"}:                           "PUT",
		{"SignTags", "s3:PutObjectTagging"}:                "PUT",
		{"ListParts", "s3:ListMultipartUploadParts"}:       "parts",
		{"ReadStaged", "s3:GetObject"}:                     "PUT",
		{"AbortStaged", "s3:AbortMultipartUpload"}:         "parts that are given up",
		{"RemoveStaged", "s3:DeleteObject"}:                "file that is refused",
		{"RemoveStagedVersions", "s3:DeleteObjectVersion"}: "file that is refused",
		{"ListVersions", "s3:ListBucketVersions"}:          "form that is sent twice",
		{"Publish", "s3:PutObject"}:                        "PUT",
		{"Tag", "s3:PutObjectTagging"}:                     "PUT",
		{"ListCopies", "s3:ListMultipartUploadParts"}:      "pieces",
		{"Abort", "s3:AbortMultipartUpload"}:               "file that changes",
		{"AskWhose", "s3:GetObject"}:                       "PUT",
		{"TellMissing", "s3:ListBucket"}:                   "file that has not arrived",
		{"FindStrays", "s3:ListBucketMultipartUploads"}:    "lost id of an upload",
	},
	s3bucket.RoleDelivery: {
		{"Read", "s3:GetObject"}:                      "link",
		{"TellMissing", "s3:ListBucket"}:              "link to nothing",
		{"ReadVerdict", "s3:GetObjectTagging"}:        "link to a scanned file",
		{"ReadScanned", "s3:GetObjectVersionTagging"}: "link to a scanned file",
		{"ReadScanned", "s3:GetObjectVersion"}:        "link to a scanned file",

		// Without one of these, something can be read that must not be.
		{"WithholdStaged", "s3:GetObject"}:               "staged film",
		{"WithholdStaged", "s3:GetObjectTagging"}:        "staged film",
		{"WithholdStaged", "s3:GetObjectVersion"}:        "staged film",
		{"WithholdStaged", "s3:GetObjectVersionTagging"}: "staged film",
	},
	s3bucket.RoleSweeper: {
		{"List", "s3:ListBucket"}:                        "orphan",
		{"ListUploads", "s3:ListBucketMultipartUploads"}: "unfinished upload",
		{"Abort", "s3:AbortMultipartUpload"}:             "unfinished upload",
		{"LookAgain", "s3:GetObject"}:                    "orphan",
		{"Remove", "s3:DeleteObject"}:                    "staged file",
		{"RemoveVersions", "s3:DeleteObjectVersion"}:     "staged file",
		{"ListVersions", "s3:ListBucketVersions"}:        "orphan",
	},
	s3bucket.RoleCheck: {
		{"ReadSetup", "s3:GetBucketPublicAccessBlock"}:    notImplemented,
		{"ReadSetup", "s3:GetBucketPolicyStatus"}:         "public policy",
		{"ReadSetup", "s3:GetBucketOwnershipControls"}:    "ACLs",
		{"ReadSetup", "s3:GetEncryptionConfiguration"}:    notImplemented,
		{"ReadSetup", "s3:GetBucketVersioning"}:           "versioning",
		{"ReadSetup", "s3:GetBucketLogging"}:              notImplemented,
		{"ReadSetup", "s3:GetLifecycleConfiguration"}:     notImplemented,
		{"ReadCORS", "s3:GetBucketCORS"}:                  "CORS",
		{"Probe", "s3:PutObject"}:                         "write",
		{"Probe", "s3:GetObject"}:                         "read",
		{"Probe", "s3:AbortMultipartUpload"}:              "multipart",
		{"ListCopies", "s3:ListMultipartUploadParts"}:     "copies",
		{"ProbeTags", "s3:PutObjectTagging"}:              "write",
		{"RemoveProbes", "s3:DeleteObject"}:               "delete",
		{"RemoveProbeVersions", "s3:DeleteObjectVersion"}: "delete",
		{"ListVersions", "s3:ListBucketVersions"}:         "read",
		{"TellMissing", "s3:ListBucket"}:                  "read",
		{"FindStrays", "s3:ListBucketMultipartUploads"}:   "multipart",
	},
	s3bucket.RoleSetup: {
		{"Lifecycle", "s3:GetLifecycleConfiguration"}: notImplemented,
		{"Lifecycle", "s3:PutLifecycleConfiguration"}: notImplemented,
		{"CORS", "s3:GetBucketCORS"}:                  "CORS rule",
		{"CORS", "s3:PutBucketCORS"}:                  "CORS rule",
	},
}

// notImplemented marks a row of a call that versitygw answers with 501, whatever the rights.
const notImplemented = "not implemented by versitygw"

// TestEachActionIsNeeded checks that with one action left out of one statement, the path that
// needed names fails. Each action has a row, and each row an action.
func TestEachActionIsNeeded(t *testing.T) {
	t.Parallel()
	for _, role := range s3bucket.Roles() {
		seen := map[left]bool{}
		for _, versioned := range []bool{false, true} {
			for _, out := range actions(t, role, versioned) {
				name, ok := needed[role][out]
				require.True(t, ok, "no row says what fails without %v of %s", out, role)
				// Long runs also try what the other versioning, or TestCheck, shows.
				again := seen[out] || role == s3bucket.RoleCheck && lacking[out]
				if seen[out] = true; name == notImplemented || again && rounds.Of(1, 2) == 1 {
					continue
				}
				path := paths[role][name]
				require.NotNil(t, path, "no path is named %q", name)
				t.Run(fmt.Sprintf("%s/versioned=%v/%s/%s", role, versioned, out.sid, out.action), func(t *testing.T) {
					t.Parallel()
					require.Error(t, path(newWorld(t, versioned, out, role)), "%s works without the action", name)
				})
			}
		}
		require.Len(t, seen, len(needed[role]), "rows of %s without an action", role)
	}
}

// actions returns all actions of a role's policy.
func actions(t *testing.T, role s3bucket.Role, versioned bool) (all []left) {
	t.Helper()
	store, err := s3store.New(s3.New(s3.Options{}), "bucket", options())
	require.NoError(t, err)
	bucket, err := s3bucket.New(store, layout(versioned))
	require.NoError(t, err)
	p, err := bucket.Policy(role)
	require.NoError(t, err)
	for _, s := range p.Statement {
		for _, action := range s.Action {
			all = append(all, left{s.Sid, action})
		}
	}
	return all
}
