package s3test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
)

// Credentials of the user who may do only what a bucket's policy allows.
const (
	userAccess = "user"
	userSecret = "usersecret"
)

// User returns the server with the credentials of a user who may do only what a bucket's
// policy allows. Unless the tests started the gateway, it skips the test, or fails it with
// UPLOAD_TEST_REQUIRED=1.
func User(t testing.TB) Server {
	t.Helper()
	if !current.Embedded {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("needs a user with few rights: unset UPLOAD_TEST_S3_ENDPOINT and UPLOAD_TEST_MINIO")
		}
		t.Skip("needs a user with few rights: unset UPLOAD_TEST_S3_ENDPOINT and UPLOAD_TEST_MINIO")
	}
	s := current
	s.AccessKey, s.SecretKey = userAccess, userSecret
	return s
}

// Allow replaces the bucket's policy with these statements, for [User].
func (b *Bucket) Allow(t testing.TB, statements []s3bucket.Statement) {
	t.Helper()
	bound := make([]s3bucket.Statement, len(statements))
	for i, s := range statements {
		s.Principal = map[string][]string{"AWS": {userAccess}}
		bound[i] = s
	}
	b.SetPolicy(t, s3bucket.Policy{Version: "2012-10-17", Statement: bound})
}

// SetPolicy makes p the bucket's policy.
func (b *Bucket) SetPolicy(t testing.TB, p s3bucket.Policy) {
	t.Helper()
	document, err := json.Marshal(p)
	require.NoError(t, err)
	text := string(document)
	_, err = b.Client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text})
	require.NoError(t, err)
}
