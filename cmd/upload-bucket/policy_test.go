package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicy(t *testing.T) {
	for _, name := range documents() {
		var stdout, stderr bytes.Buffer
		args := []string{"policy", "-s3-bucket", "b", "-s3-region", "eu-west-1", "-s3-prefix", "in/", "-direct", "-origin", "https://app.example.com", name}
		require.Zero(t, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
		var document map[string]any
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &document), name)
		require.NotContains(t, stdout.String(), "null")
		if document["Statement"] != nil {
			require.Contains(t, stderr.String(), ": ", "the reasons of the statements")
		}
	}
	require.NotContains(t, printed(t, "", "streamed"), "s3:PutObjectTagging")
	require.Contains(t, printed(t, "-tag team=web", "streamed"), "s3:PutObjectTagging")

	var stdout, stderr bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"policy", "-s3-bucket", "b", "-s3-region", "eu-west-1", "-s3-prefix", "in", "-json", "delivery"}, &stdout, &stderr))
	require.Contains(t, stdout.String(), `"arn:aws:s3:::b/in/*"`)
	require.Empty(t, stderr.String())
}

// TestPolicyOfSeveralRoles checks that delivery is denied staged files, alone and with setup. With
// a role that reads staged files it is not. Only roles can be joined.
func TestPolicyOfSeveralRoles(t *testing.T) {
	for name, denies := range map[string]bool{"delivery": true, "setup+delivery": true, "streamed+delivery": false, "delivery+sweeper": false} {
		document := printed(t, "", name)
		require.Equal(t, denies, strings.Contains(document, `"Sid": "WithholdStaged"`), name)
		require.Equal(t, denies, strings.Contains(document, `"Effect": "Deny"`), name)
	}
	for _, format := range []string{"json", "terraform"} {
		for _, name := range []string{"streamed+", "streamed+bucket", "+", "stream"} {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), []string{"policy", "-s3-bucket", "b", "-s3-region", "eu-west-1", "-format", format, name}, &stdout, &stderr))
			require.Contains(t, stderr.String(), `is not a role; roles are`)
			require.Empty(t, stdout.String())
		}
	}
}

// TestPolicyOfKeyPrefixes checks that the policies of delivery and direct name no published objects
// except those below -key-prefix. A -key-prefix must end in "/", and begin with -s3-prefix and a
// slash.
func TestPolicyOfKeyPrefixes(t *testing.T) {
	policy := func(flags ...string) string {
		var stdout, stderr bytes.Buffer
		args := slices.Concat([]string{"policy", "-s3-bucket", "b", "-s3-region", "eu-west-1", "-direct"}, flags)
		require.Zero(t, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
		return stdout.String()
	}
	delivery := policy("-key-prefix", "avatars/", "-key-prefix", "covers/", "delivery")
	require.Contains(t, delivery, `"arn:aws:s3:::b/avatars/*"`)
	require.Contains(t, delivery, `"arn:aws:s3:::b/covers/*"`)
	require.NotContains(t, delivery, `"arn:aws:s3:::b/*"`)
	direct := policy("-s3-prefix", "in", "-key-prefix", "in/avatars/", "direct")
	require.Contains(t, direct, `"arn:aws:s3:::b/in/upload-staging/*"`)
	require.Contains(t, direct, `"arn:aws:s3:::b/in/avatars/*"`)
	require.NotContains(t, direct, `"arn:aws:s3:::b/in/*"`)

	for _, prefix := range []string{"a/b", "avatars/", "other/"} {
		var stdout, stderr bytes.Buffer
		require.NotZero(t, run(t.Context(), []string{"policy", "-s3-bucket", "b", "-s3-region", "eu-west-1", "-s3-prefix", "a", "-key-prefix", prefix, "direct"}, &stdout, &stderr))
		require.Contains(t, stderr.String(), "prefix")
	}
}
