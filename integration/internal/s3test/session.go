package s3test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
)

// As returns the server with the credentials of a user who may do only what the statements allow.
// With MinIO's profile these are the credentials of a session. Otherwise they are those of [User]:
// the statements replace the policy of the bucket, also for the Servers of earlier calls.
func (b *Bucket) As(t testing.TB, statements []s3bucket.Statement) Server {
	t.Helper()
	if current.Kind == "minio" {
		return current.session(t, s3bucket.Policy{Version: "2012-10-17", Statement: statements})
	}
	user := User(t)
	b.Allow(t, statements)
	return user
}

// session requests credentials with a policy of their own.
func (s Server) session(t testing.TB, p s3bucket.Policy) Server {
	t.Helper()
	document, err := json.Marshal(p)
	require.NoError(t, err)
	body := url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "DurationSeconds": {"3600"}, "Policy": {string(document)}}.Encode()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoint+"/", strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	own := aws.Credentials{AccessKeyID: s.AccessKey, SecretAccessKey: s.SecretKey}
	require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), own, r, hex.EncodeToString(sum[:]), "sts", s.Region, time.Now()))
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", answer)
	var out struct {
		Credentials struct{ AccessKeyId, SecretAccessKey, SessionToken string } `xml:"AssumeRoleResult>Credentials"` //nolint:revive // the protocol's spelling
	}
	require.NoError(t, xml.Unmarshal(answer, &out))
	s.AccessKey, s.SecretKey, s.Token = out.Credentials.AccessKeyId, out.Credentials.SecretAccessKey, out.Credentials.SessionToken
	return s
}
