package s3bucket_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

const (
	ignores = s3fake.Ignores
	refuses = s3fake.Refuses
)

// TestProposal checks services that lack an ability. Check proposes exactly the profile for that,
// and says so if the service is not fit for direct uploads, whatever the profile of the store. With
// a proposed profile that fits, Check and Verify find nothing wrong.
func TestProposal(t *testing.T) {
	t.Parallel()
	none := s3store.Profile{}
	takesTurn := rounds.Turns(2) // some of the profiles that a store may have; the right one is tried below
	for _, row := range []struct {
		name     string
		lacks    s3fake.Lacks
		unsigned s3fake.Unsigned
		fit      s3bucket.Fit
		want     s3store.Profile
		why      string
	}{
		{"nothing", s3fake.Lacks{}, s3fake.Refused, s3bucket.Fits, none, ""},
		{"PUT ignores conditions", s3fake.Lacks{PutCondition: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{InsecureUnconditionalPut: true}, ""},
		{"PUT refuses conditions", s3fake.Lacks{PutCondition: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{InsecureUnconditionalPut: true}, ""},
		{"Complete ignores conditions", s3fake.Lacks{CompleteCondition: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{InsecureUnconditionalComplete: true}, ""},
		{"Complete refuses conditions", s3fake.Lacks{CompleteCondition: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{InsecureUnconditionalComplete: true}, ""},
		{"refuses checksums", s3fake.Lacks{Checksums: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{ChecksumsWhenRequired: true}, ""},
		{"copies ignore the pin", s3fake.Lacks{CopyPin: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoPinnedCopies: true}, ""},
		{"copies refuse the pin", s3fake.Lacks{CopyPin: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoPinnedCopies: true}, ""},
		{"copies ignore the range", s3fake.Lacks{CopyRange: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoPinnedCopies: true}, ""},
		{"no copies", s3fake.Lacks{Copies: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoPinnedCopies: true}, ""},
		{"copies report no digest", s3fake.Lacks{CopyDigest: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoCopyDigests: true}, ""},
		{"no uploads with digests", s3fake.Lacks{CopyDigest: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoCopyDigests: true}, ""},
		{"ignores signed lengths", s3fake.Lacks{Lengths: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoSignedLengths: true}, ""},
		{"ignores policies of forms", s3fake.Lacks{Forms: ignores}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoForms: true}, ""},
		{"no forms", s3fake.Lacks{Forms: refuses}, s3fake.Refused, s3bucket.Fits, s3store.Profile{NoForms: true}, ""},
		{"MinIO", s3fake.Lacks{CopyDigest: refuses}, s3fake.Obeyed, s3bucket.Fits, s3store.MinIO(), ""},
		{
			"copies without conditions",
			s3fake.Lacks{},
			s3fake.ObeyedUnconditionally, s3bucket.Fits,
			s3store.Profile{NoSignedHeaders: true, NoPinnedCopies: true},
			"",
		},
		{
			"all that RGW 16 lacks, except forms",
			s3fake.Lacks{CompleteCondition: ignores, CopyPin: ignores, CopyDigest: ignores},
			s3fake.ObeyedUnconditionally, s3bucket.Fits,
			s3store.Profile{InsecureUnconditionalComplete: true, NoSignedHeaders: true, NoPinnedCopies: true},
			"",
		},
		{
			"RGW 16",
			s3fake.Lacks{CompleteCondition: ignores, CopyPin: ignores, CopyDigest: ignores, Forms: ignores},
			s3fake.ObeyedUnconditionally, s3bucket.FitsNoDirect,
			s3store.Profile{InsecureUnconditionalComplete: true, NoForms: true, NoSignedHeaders: true, NoPinnedCopies: true},
			"a copy of another object",
		},
		{
			"as R2, with a guard against copies",
			s3fake.Lacks{CopyPin: refuses, CopyDigest: refuses, Forms: refuses},
			s3fake.Refused, s3bucket.Fits,
			s3store.Profile{NoForms: true, NoPinnedCopies: true},
			"",
		},
		{
			"neither conditions nor forms",
			s3fake.Lacks{PutCondition: ignores, Forms: refuses},
			s3fake.Refused, s3bucket.FitsNoDirect,
			s3store.Profile{InsecureUnconditionalPut: true, NoForms: true},
			"PutObject replaced an object",
		},
	} {
		givens := slices.DeleteFunc([]s3store.Profile{none, s3store.MinIO(), {NoForms: true, NoCopyDigests: true}}, func(s3store.Profile) bool { return !takesTurn() })
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lacking := func(p s3store.Profile) (*service, *s3bucket.Bucket) {
				svc, bucket := newService(t, s3store.Options{Profile: p}, layout(), nil)
				svc.Lacks, svc.Unsigned = row.lacks, row.unsigned
				return svc, bucket
			}
			proposed := func(given s3store.Profile) (*s3bucket.Bucket, s3bucket.Report) {
				svc, bucket := lacking(given)
				r := bucket.Check(t.Context())
				require.Equal(t, row.fit, r.Proposal.Fit, "%s", r)
				require.Equal(t, row.want, r.Proposal.Profile, "%s", r)
				require.Contains(t, r.Proposal.Why, row.why)
				require.Equal(t, row.why == "", r.Proposal.Why == "", "%s", r.Proposal.Why)
				requireClean(t, svc)
				return bucket, r
			}
			for _, given := range givens {
				proposed(given)
			}
			bucket, r := proposed(row.want)
			if row.fit == s3bucket.Fits {
				require.Equal(t, s3bucket.StateOK, r.Worst(), "%s", r)
				require.Contains(t, finding(t, r, s3bucket.TopicProfile).Explanation, "it is the narrowest that fits")
			} else {
				require.Contains(t, finding(t, r, s3bucket.TopicProfile).Explanation, string(row.fit))
			}
			require.NotEqual(t, s3bucket.StateWrong, bucket.Verify(t.Context()).Worst())
		})
	}
}

// TestProposalAgainstTheProfile checks that a missing flag is wrong, and an additional one is not.
func TestProposalAgainstTheProfile(t *testing.T) {
	for _, row := range []struct {
		name  string
		lacks s3fake.Lacks
		given s3store.Profile
		state s3bucket.State
		says  string
	}{
		{"missing", s3fake.Lacks{CopyPin: ignores, CompleteCondition: ignores}, s3store.Profile{}, s3bucket.StateWrong, "it does not say InsecureUnconditionalComplete and NoPinnedCopies: the narrowest that fits is s3store.Profile{InsecureUnconditionalComplete: true, NoPinnedCopies: true}"},
		{"missing one", s3fake.Lacks{CopyPin: ignores}, s3store.Profile{NoCopyDigests: true}, s3bucket.StateWrong, "it does not say NoPinnedCopies"},
		{"more than needed", s3fake.Lacks{}, s3store.Profile{NoForms: true}, s3bucket.StateOK, "the narrowest that fits is s3store.Profile{}"},
		{"covered by another", s3fake.Lacks{CopyDigest: ignores}, s3store.Profile{NoPinnedCopies: true}, s3bucket.StateOK, "it says all that is needed"},
		{"lengths do not matter, since no PUT or part is signed", s3fake.Lacks{Lengths: ignores}, s3store.Profile{NoSignedHeaders: true}, s3bucket.StateOK, "it says all that is needed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{Profile: row.given}, layout(), nil)
			svc.Lacks = row.lacks
			got := finding(t, bucket.Check(t.Context()), s3bucket.TopicProfile)
			require.Equal(t, row.state, got.State, got.Explanation)
			require.Contains(t, got.Explanation, row.says)
		})
	}
}

// TestProposalIsForMachines writes a report as JSON, which has the profile also as Go source and as
// words, and reads the profile back.
func TestProposalIsForMachines(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, layout(), nil)
	svc.Lacks.CopyPin, svc.Lacks.Forms = ignores, refuses
	text, err := json.Marshal(bucket.Check(t.Context()))
	require.NoError(t, err)
	require.Contains(t, string(text), `"proposal":{"fit":"fits","profile":{"NoForms":true,"NoPinnedCopies":true},`+
		`"go":"s3store.Profile{NoForms: true, NoPinnedCopies: true}","lacks":["forms","pinned-copies"]}`)
	var r s3bucket.Report
	require.NoError(t, json.Unmarshal(text, &r))
	require.Equal(t, s3store.Profile{NoForms: true, NoPinnedCopies: true}, r.Proposal.Profile)
}

// TestProposalWithoutDirectUploads checks that without them the proposal leaves out what only they
// need.
func TestProposalWithoutDirectUploads(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, s3bucket.Layout{}, nil)
	svc.Lacks = s3fake.Lacks{CopyPin: ignores, CompleteCondition: ignores}
	r := bucket.Check(t.Context())
	require.Equal(t, s3bucket.Fits, r.Proposal.Fit)
	require.Equal(t, s3store.Profile{InsecureUnconditionalComplete: true}, r.Proposal.Profile)
	require.Contains(t, r.Proposal.Why, "direct uploads were not tried")
}

// TestProposalNeedsAnswers checks that nothing untried is proposed.
func TestProposalNeedsAnswers(t *testing.T) {
	for _, call := range []string{"PutObject", "CompleteMultipartUpload", "UploadPartCopy", "UploadPart", "POST"} {
		for name, fault := range map[string]s3fake.Fault{"500": fail500, "reset": s3fake.Reset} {
			t.Run(call+" "+name, func(t *testing.T) {
				svc, bucket := newService(t, s3store.Options{}, layout(), nil)
				svc.Inject(call, forEver, fault)
				r := bucket.Check(t.Context())
				require.Equal(t, s3bucket.FitUnclear, r.Proposal.Fit, "%s", r)
				require.Empty(t, r.Proposal.Go)
				require.Equal(t, s3bucket.StateCannotTell, finding(t, r, s3bucket.TopicProfile).State)
			})
		}
	}
	bucket := bucketOf(t, client("http://127.0.0.1:1"), s3store.Options{}, s3bucket.Layout{})
	require.Nil(t, bucket.Check(t.Context()).Proposal)
}
