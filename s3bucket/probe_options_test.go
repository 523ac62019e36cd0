package s3bucket_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
)

// TestCheckNamesTheOption checks that the finding about a refused write names the option that is
// the reason, however many are in use.
func TestCheckNamesTheOption(t *testing.T) {
	all := everything
	for _, row := range []struct {
		name  string
		lacks s3fake.Lacks
		says  []string
	}{
		{"checksums", s3fake.Lacks{Checksums: refuses}, []string{"the checksums of the SDK (say ChecksumsWhenRequired in the profile)"}},
		{"condition", s3fake.Lacks{PutCondition: refuses}, []string{"If-None-Match on PutObject (say InsecureUnconditionalPut in the profile)"}},
		{"tags", s3fake.Lacks{Tags: refuses}, []string{"Options.Tags (leave it out)"}},
		{"encryption", s3fake.Lacks{Encryption: refuses}, []string{"Options.SSE (leave it out)"}},
		{"class", s3fake.Lacks{Class: refuses}, []string{"Options.StorageClass (leave it out)"}},
		{"owner", s3fake.Lacks{Owner: refuses}, []string{"Options.ExpectedBucketOwner (leave it out)"}},
		{"two", s3fake.Lacks{Tags: refuses, Checksums: refuses}, []string{"the checksums of the SDK (say ChecksumsWhenRequired in the profile), nor Options.Tags (leave it out)"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, all, layout(), nil)
			svc.Lacks = row.lacks
			r := bucket.Check(t.Context())
			got := finding(t, r, s3bucket.TopicWrite)
			require.Equal(t, s3bucket.StateWrong, got.State, got.Explanation)
			for _, says := range row.says {
				require.Contains(t, got.Explanation, says)
			}
			require.Equal(t, s3bucket.Fits, r.Proposal.Fit, "it is proposed without the options: %s", r)
			require.Equal(t, row.lacks.Checksums == refuses, r.Proposal.Profile.ChecksumsWhenRequired)
			requireClean(t, svc)
		})
	}

	svc, bucket := newService(t, all, layout(), nil)
	svc.Inject("CreateMultipartUpload", forEver, s3fake.Answer(501, "NotImplemented"))
	got := finding(t, bucket.Check(t.Context()), s3bucket.TopicMultipart)
	require.Equal(t, s3bucket.StateCannotTell, got.State, "no option is the reason")

	svc, bucket = newService(t, all, layout(), nil)
	svc.Lacks.Checksums = refuses
	svc.Inject("PutObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		r.Header.Del("X-Amz-Checksum-Crc32")
		r.Header.Del("X-Amz-Sdk-Checksum-Algorithm")
		serve(w, r)
	})
	got = finding(t, bucket.Check(t.Context()), s3bucket.TopicMultipart)
	require.Equal(t, s3bucket.StateWrong, got.State)
	require.Contains(t, got.Explanation, "opening one is refused, since the service does not accept the checksums of the SDK")
}
