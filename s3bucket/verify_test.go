package s3bucket_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// TestVerify checks that Verify finds a missing ability if the profile relies on it, and nothing
// wrong otherwise.
func TestVerify(t *testing.T) {
	for _, row := range []struct {
		name     string
		secret   string
		lacks    s3fake.Lacks
		unsigned s3fake.Unsigned
		profile  s3store.Profile
		wrong    s3bucket.Topic // "" for none
		says     string
	}{
		{"the service lacks nothing", "secret", s3fake.Lacks{}, s3fake.Refused, s3store.Profile{}, "", ""},
		{"forged signatures are accepted", "", s3fake.Lacks{}, s3fake.Refused, s3store.Profile{}, s3bucket.TopicSignatures, "forged signature"},
		{"PUT ignores its condition", "secret", s3fake.Lacks{PutCondition: ignores}, s3fake.Refused, s3store.Profile{}, s3bucket.TopicConditional, "say InsecureUnconditionalPut"},
		{"PUT ignores its condition, as the profile says", "secret", s3fake.Lacks{PutCondition: ignores}, s3fake.Refused, s3store.Profile{InsecureUnconditionalPut: true}, "", ""},
		{"Complete ignores its condition", "secret", s3fake.Lacks{CompleteCondition: ignores}, s3fake.Refused, s3store.Profile{}, s3bucket.TopicConditional, "say InsecureUnconditionalComplete"},
		{"Complete ignores its condition, as the profile says", "secret", s3fake.Lacks{CompleteCondition: ignores}, s3fake.Refused, s3store.Profile{InsecureUnconditionalComplete: true}, "", ""},
		{"a copy ignores its ETag", "secret", s3fake.Lacks{CopyPin: ignores}, s3fake.Refused, s3store.Profile{}, s3bucket.TopicCopies, "say NoPinnedCopies"},
		{"a copy ignores its ETag, as the profile says", "secret", s3fake.Lacks{CopyPin: ignores}, s3fake.Refused, s3store.Profile{NoPinnedCopies: true}, "", ""},
		{"a longer part is accepted", "secret", s3fake.Lacks{Lengths: ignores}, s3fake.Refused, s3store.Profile{}, s3bucket.TopicSignedParts, "a longer part"},
		{"a PUT copies", "secret", s3fake.Lacks{}, s3fake.Obeyed, s3store.Profile{InsecureNoCopyGuard: true}, s3bucket.TopicSignedPuts, "a copy of another object"},
		{"a part copies", "secret", s3fake.Lacks{}, s3fake.Obeyed, s3store.Profile{InsecureNoCopyGuard: true}, s3bucket.TopicSignedParts, "a copy of another object"},
		{"both would copy, and the profile guards them", "secret", s3fake.Lacks{}, s3fake.Obeyed, s3store.MinIO(), "", ""},
		{"the profile has neither PUTs nor parts", "secret", s3fake.Lacks{}, s3fake.ObeyedUnconditionally, s3store.Profile{NoSignedHeaders: true, NoPinnedCopies: true}, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{Profile: row.profile}, layout(), nil)
			svc.Secret, svc.Lacks, svc.Unsigned = row.secret, row.lacks, row.unsigned
			r := bucket.Verify(t.Context())
			requireClean(t, svc)
			if row.wrong == "" {
				require.Equal(t, s3bucket.StateOK, r.Worst(), "%s", r)
				return
			}
			require.Equal(t, s3bucket.StateWrong, r.Worst(), "%s", r)
			require.Equal(t, s3bucket.StateWrong, finding(t, r, row.wrong).State, "%s", r)
			require.Contains(t, finding(t, r, row.wrong).Explanation, row.says)
		})
	}
}

// TestVerifyNamesWhatWasTried checks that no operation is reported that the profile leaves out.
func TestVerifyNamesWhatWasTried(t *testing.T) {
	for _, row := range []struct {
		name    string
		profile s3store.Profile
		says    string
	}{
		{"both", s3store.Profile{}, "If-None-Match is enforced by PutObject and CompleteMultipartUpload"},
		{"parts alone", s3store.Profile{InsecureUnconditionalPut: true}, "If-None-Match is enforced by CompleteMultipartUpload"},
		{"PUT alone", s3store.Profile{InsecureUnconditionalComplete: true}, "If-None-Match is enforced by PutObject"},
		{"none", s3store.Profile{InsecureUnconditionalPut: true, InsecureUnconditionalComplete: true}, "not tried, since the profile says that no operation enforces If-None-Match"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, bucket := newService(t, s3store.Options{Profile: row.profile}, layout(), nil)
			require.Equal(t, row.says, finding(t, bucket.Verify(t.Context()), s3bucket.TopicConditional).Explanation)
		})
	}
}

// TestVerifyIsCheap checks the number of calls, since Verify runs at each start of a program.
func TestVerifyIsCheap(t *testing.T) {
	for name, row := range map[string]struct {
		layout s3bucket.Layout
		calls  int // at most, without those that clean up
	}{
		"streamed": {s3bucket.Layout{}, 8},
		"direct":   {layout(), 26},
	} {
		svc, bucket := newService(t, s3store.Options{}, row.layout, nil)
		require.Equal(t, s3bucket.StateOK, bucket.Verify(t.Context()).Worst())
		cleaning := svc.Calls("DeleteObject") + svc.Calls("ListObjectVersions") + svc.Calls("AbortMultipartUpload")
		require.LessOrEqual(t, svc.Calls("")-cleaning, row.calls, fmt.Sprint(name, ": ", svc.Calls(""), " in all"))
	}
}

// TestVerifyDoesNotGuess checks that a service with errors is not taken for one that lacks
// something.
func TestVerifyDoesNotGuess(t *testing.T) {
	for _, call := range []string{"PutObject", "CompleteMultipartUpload", "UploadPartCopy", "UploadPart"} {
		for name, fault := range map[string]s3fake.Fault{"500": fail500, "denied": denied, "reset": s3fake.Reset} {
			svc, bucket := newService(t, s3store.Options{}, layout(), nil)
			svc.Inject(call, forEver, fault)
			r := bucket.Verify(t.Context())
			require.Equal(t, s3bucket.StateCannotTell, r.Worst(), "%s %s: %s", call, name, r)
			requireClean(t, svc)
		}
	}
	svc, bucket := newService(t, s3store.Options{}, layout(), nil)
	svc.Inject("", forEver, denied)
	require.Equal(t, s3bucket.StateCannotTell, bucket.Verify(t.Context()).Worst(), "credentials without any right are no fault of the service")

	bucket = bucketOf(t, client("http://127.0.0.1:1"), s3store.Options{}, s3bucket.Layout{})
	require.Equal(t, s3bucket.StateWrong, bucket.Verify(t.Context()).Worst(), "no server is there")
}
