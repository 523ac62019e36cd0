package s3bucket_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

const iamPage = "../docs/iam.md"

// TestIAMPage checks that docs/iam.md is what the code says. With UPLOAD_WRITE_DOCS=1 the test
// writes it.
func TestIAMPage(t *testing.T) {
	page := iamText(t)
	if os.Getenv("UPLOAD_WRITE_DOCS") == "1" {
		require.NoError(t, os.WriteFile(iamPage, []byte(page), 0o600))
	}
	written, err := os.ReadFile(iamPage)
	require.NoError(t, err)
	require.Equal(t, page, strings.ReplaceAll(string(written), "\r\n", "\n"), "write it with UPLOAD_WRITE_DOCS=1")
}

// iamText returns the whole page, for a layout that has everything except versions. The tables also
// have the statements that versions and tags add.
func iamText(t *testing.T) string {
	l := s3bucket.Layout{
		KeyPrefixes: []string{"avatars/"}, StagingPrefixes: []string{""}, Origins: []string{"https://app.example.com"},
		Scanner: "arn:aws:iam::123456789012:role/guardduty-scan", ScanExempt: []string{"arn:aws:iam::123456789012:role/app"},
	}
	bucket := policyBucket(t, "eu-west-1", s3store.Options{}, l)
	l.Versioned = true
	more := policyBucket(t, "eu-west-1", s3store.Options{Tags: map[string]string{"app": "avatars"}}, l)

	var b strings.Builder
	b.WriteString(iamHead)
	for _, role := range s3bucket.Roles() {
		p, err := bucket.Policy(role)
		require.NoError(t, err)
		other, err := more.Policy(role)
		require.NoError(t, err)
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", role, roleTexts[role])
		statements(t, &b, p, other)
	}
	b.WriteString("## The bucket's own policy\n\nIt binds everybody, and only forbids: add the statements to those of the bucket.\nIt has `OnlyClean` and `OnlyScannerJudges` only with a `Scanner`.\n\n")
	statements(t, &b, bucket.BucketPolicy(), s3bucket.Policy{})
	b.WriteString("## CORS and lifecycle\n\n`Setup` adds these rules to existing ones.\nAt hosts other than AWS's own, the CORS rule also allows `x-amz-copy-source-if-match`, unless the profile says that it is not signed.\n\n")
	document(t, &b, bucket.CORS())
	document(t, &b, bucket.Lifecycle())
	return strings.TrimSuffix(b.String(), "\n")
}

const iamHead = `# Permissions

For operators and security reviewers: the actions on the bucket that each part of an application needs, with their reasons.
` + "`s3bucket.Bucket.Policy`" + ` makes these policies from the options of the store and the layout.
` + "[`upload-bucket`](../cmd/upload-bucket)" + ` prints one for your bucket ([how to install it](../cmd/upload-bucket/README.md)):

    upload-bucket policy -s3-bucket my-uploads -s3-region eu-central-1 -key-prefix avatars/ -direct \
        -origin https://app.example.com -scanner SCANNER_ARN -scan-exempt APP_ARN streamed

The last argument is a role; each role has a heading below, and ` + "`bucket`, `cors` and `lifecycle`" + ` print the settings of the bucket.
The two ARNs are those of a [malware scanner's](production.md#malware) role, and of a role that reads files before the scan: without a scanner, omit both.
For ` + "`s3store.Options.Tags`" + ` add ` + "`-tag KEY=VALUE`" + `.
` + "`-key-prefix` is what published keys begin with, and ends in `/`; repeat it for several.\nA `Grant.KeyPrefix` comes before the prefix of `upload.Prefix`.\nOmit `-key-prefix` if no fixed beginnings cover all keys." + `
With ` + "`-format terraform`" + ` it prints one file for Terraform with all policies and rules of this page; name only processes with several roles at the end, such as ` + "`streamed+delivery`" + `.
That file declares the bucket: import one that exists first.
The rules and the bucket policy in it replace all others there.

This page is about a bucket "bucket" without versions, keys under "avatars/" (` + "`Options.Keys` is `upload.Prefix(\"avatars\", upload.RandomKeys())`" + `), direct uploads and a malware scanner.
A table after each policy has its reasons, and the statements that versions of the bucket and ` + "`s3store.Options.Tags`" + ` add.
With versions ` + "`RollBack`, `RemoveStaged`, `ReadVerdict`, `Remove` and `RemoveProbes`" + ` are left out, and ` + "`ListVersions`" + ` has a condition on the prefixes.
A process that has several roles needs one policy, made for all of them: ` + "`streamed+delivery`, or `Policy(RoleStreamed, RoleDelivery)`." + `
Do not attach the policy of ` + "`delivery`" + ` beside another one: its Deny overrides what the other allows, and the process could neither publish nor sweep staged files ([why](#delivery)).
The tests give a user of versitygw exactly these actions and run the paths of each role, except resumable uploads.
Then they leave out each action of each statement, and require a named path to fail (except for settings that this server does not support).

The policies omit KMS keys.
With ` + "`SSE: aws:kms`" + ` roles that write need ` + "`kms:GenerateDataKey`" + ` on the key.
Roles that read or use multipart uploads need ` + "`kms:Decrypt`" + `.
The key's own policy must agree.

`

var roleTexts = map[s3bucket.Role]string{
	s3bucket.RoleStreamed: "Receives files through the application: `Handler`.",
	s3bucket.RoleDirect:   "Signs direct uploads and confirms them (`Presigner`), and receives resumable ones (`Resumer`).\nFor a Presigner alone, give `s3store.Options.Signer` credentials of its own, with `Sign` alone (and `SignTags`): a signer for clients needs no right to read ([how](production.md#signers)).",
	s3bucket.RoleDelivery: "Hands out published files: `Links`, or the `Signer` of its store.\nIt reads no file that is still being checked or cleaned: `WithholdStaged` denies that for keys with the segment `upload-staging`.\nFiles lie there that clients have sent directly or in pieces, and videos that are still being cleaned, in the folder of their key.\nWith versions and a scanner it also denies the actions of `ReadScanned`.\nAll other roles except `setup` may read such files.\nTheir policies have no Deny, nor has one that combines them with `delivery`, such as `streamed+delivery`.\nA process that also receives files can still sign links with credentials of this role alone ([how](production.md#signers)).",
	s3bucket.RoleSweeper:  "Removes unreferenced objects: `sweep.Sweeper`.",
	s3bucket.RoleCheck:    "Runs `Bucket.Check` and reads the settings.",
	s3bucket.RoleSetup:    "Runs `Bucket.Setup`.",
}

// statements writes a policy and its reasons, and the additional statements of other.
func statements(t *testing.T, b *strings.Builder, p, other s3bucket.Policy) {
	t.Helper()
	document(t, b, p)
	b.WriteString("| Statement | Purpose |\n| --- | --- |\n")
	has := map[string]bool{}
	for _, s := range p.Statement {
		has[s.Sid] = true
		fmt.Fprintf(b, "| `%s` | %s |\n", s.Sid, s.Why)
	}
	for _, s := range other.Statement {
		if !has[s.Sid] {
			when := "with versions"
			if strings.Contains(s.Sid, "Tag") {
				when = "with tags"
			}
			fmt.Fprintf(b, "| `%s`, %s: `%s` on `%s` | %s |\n", s.Sid, when, strings.Join(s.Action, "`, `"), strings.Join(s.Resource, "`, `"), s.Why)
		}
	}
	b.WriteString("\n")
}

func document(t *testing.T, b *strings.Builder, v any) {
	t.Helper()
	text, err := s3bucket.JSON(v)
	require.NoError(t, err)
	fmt.Fprintf(b, "```json\n%s```\n\n", text)
}
