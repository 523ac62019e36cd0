package s3bucket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

func abortRule(prefix string, days int) string {
	return fmt.Sprintf(`<Rule><ID>a%s</ID><Status>Enabled</Status><Filter><Prefix>%s</Prefix></Filter>`+
		`<AbortIncompleteMultipartUpload><DaysAfterInitiation>%d</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>`, prefix, prefix, days)
}

func expireRule(prefix string, days int) string {
	return fmt.Sprintf(`<Rule><ID>e%s</ID><Status>Enabled</Status><Filter><Prefix>%s</Prefix></Filter><Expiration><Days>%d</Days></Expiration></Rule>`, prefix, prefix, days)
}

func lifecycle(rules string) string {
	return "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>"
}

func corsRule(origin, method, header, expose string) string {
	return "<CORSConfiguration><CORSRule><AllowedOrigin>" + origin + "</AllowedOrigin><AllowedMethod>" + method + "</AllowedMethod><AllowedMethod>POST</AllowedMethod>" +
		"<AllowedHeader>" + header + "</AllowedHeader><ExposeHeader>" + expose + "</ExposeHeader></CORSRule></CORSConfiguration>"
}

// answered is a service's answer about a setting, and what that means for a topic. Setting and
// answer are empty for the right answer.
type answered struct {
	setting, answer string
	topic           s3bucket.Topic
	state           s3bucket.State
	says            string
}

// answers returns the answers of services, the right one of each topic first.
func answers() []answered {
	const ok, wrong, unclear = s3bucket.StateOK, s3bucket.StateWrong, s3bucket.StateCannotTell
	const origin = "https://app.example.com"
	abort := abortRule("", 7)
	return []answered{
		{"", "", s3bucket.TopicPublicBlock, ok, "all four"},
		{"publicAccessBlock", "404 NoSuchPublicAccessBlockConfiguration", s3bucket.TopicPublicBlock, wrong, "has none"},
		{"publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>", s3bucket.TopicPublicBlock, wrong, "IgnorePublicAcls is off"},
		{"publicAccessBlock", "403 AccessDenied", s3bucket.TopicPublicBlock, unclear, "lack s3:GetBucketPublicAccessBlock"},
		{"publicAccessBlock", "501 NotImplemented", s3bucket.TopicPublicBlock, unclear, "does not support this"},
		{"publicAccessBlock", "405 MethodNotAllowed", s3bucket.TopicPublicBlock, unclear, "does not support this"},
		{"publicAccessBlock", "500 InternalError", s3bucket.TopicPublicBlock, unclear, "InternalError"},
		{"publicAccessBlock", "<not xml", s3bucket.TopicPublicBlock, unclear, ""},
		{"", "", s3bucket.TopicPublic, ok, "does not make it public"},
		{"policyStatus", "404 NoSuchBucketPolicy", s3bucket.TopicPublic, ok, "no policy"},
		{"policyStatus", "<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>", s3bucket.TopicPublic, wrong, "makes it public"},
		{"policyStatus", "403 AccessDenied", s3bucket.TopicPublic, unclear, "lack s3:GetBucketPolicyStatus"},
		{"", "", s3bucket.TopicACLs, ok, "ACLs are off"},
		{"ownershipControls", "404 OwnershipControlsNotFoundError", s3bucket.TopicACLs, wrong, "ACLs are on"},
		{"ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>", s3bucket.TopicACLs, wrong, "ObjectWriter"},
		{"ownershipControls", "<OwnershipControls/>", s3bucket.TopicACLs, unclear, "without rules"},
		{"ownershipControls", "403 AccessDenied", s3bucket.TopicACLs, unclear, "lack s3:GetBucketOwnershipControls"},
		{"", "", s3bucket.TopicEncryption, ok, "AES256"},
		{"encryption", "404 ServerSideEncryptionConfigurationNotFoundError", s3bucket.TopicEncryption, wrong, "no default encryption"},
		{"encryption", "<ServerSideEncryptionConfiguration/>", s3bucket.TopicEncryption, wrong, "no default encryption"},
		{"encryption", "403 AccessDenied", s3bucket.TopicEncryption, unclear, "lack s3:GetEncryptionConfiguration"},
		{"", "", s3bucket.TopicVersioning, ok, "no versions"},
		{"versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", s3bucket.TopicVersioning, wrong, "say so in the Layout"},
		{"versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", s3bucket.TopicVersioning, wrong, "suspended"},
		{"versioning", "403 AccessDenied", s3bucket.TopicVersioning, unclear, "lack s3:GetBucketVersioning"},
		{"", "", s3bucket.TopicLogging, ok, `"logs"`},
		{"logging", "<BucketLoggingStatus/>", s3bucket.TopicLogging, wrong, "reads are not logged"},
		{"logging", "403 AccessDenied", s3bucket.TopicLogging, unclear, "lack s3:GetBucketLogging"},
		{"", "", s3bucket.TopicStaging, ok, "are removed"},
		{"lifecycle", "404 NoSuchLifecycleConfiguration", s3bucket.TopicStaging, wrong, `under "upload-staging/"`},
		{"lifecycle", lifecycle(abort + expireRule("upload", 3)), s3bucket.TopicStaging, ok, ""},
		{"lifecycle", lifecycle(abort + expireRule("upload-staging/x", 3)), s3bucket.TopicStaging, wrong, "no rule"},
		{"lifecycle", lifecycle(abort + `<Rule><Status>Disabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>`), s3bucket.TopicStaging, wrong, "no rule"},
		{"lifecycle", lifecycle(abort + `<Rule><Status>Enabled</Status><Prefix></Prefix><Expiration><Days>2</Days></Expiration></Rule>`), s3bucket.TopicStaging, ok, ""},
		{"lifecycle", lifecycle(abort + `<Rule><Status>Enabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter><Expiration><Days>1</Days></Expiration></Rule>`), s3bucket.TopicStaging, wrong, "no rule"},
		{"lifecycle", lifecycle(abort + `<Rule><Status>Enabled</Status><Filter><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan></Filter><Expiration><Days>1</Days></Expiration></Rule>`), s3bucket.TopicStaging, wrong, "no rule"},
		{"lifecycle", lifecycle(abort + `<Rule><Status>Enabled</Status><Filter/><Expiration><Days>2</Days></Expiration></Rule>`), s3bucket.TopicStaging, ok, ""},
		{"lifecycle", "403 AccessDenied", s3bucket.TopicStaging, unclear, "lack s3:GetLifecycleConfiguration"},
		{"", "", s3bucket.TopicUnfinished, ok, "are aborted"},
		{"lifecycle", "404 NoSuchLifecycleConfiguration", s3bucket.TopicUnfinished, wrong, "cost money"},
		{"lifecycle", lifecycle(abortRule("upload-staging/", 1)), s3bucket.TopicUnfinished, wrong, `under ""`},
		{"lifecycle", "501 NotImplemented", s3bucket.TopicUnfinished, unclear, "does not support this"},
		{"", "", s3bucket.TopicCORS, ok, "may send"},
		{"cors", "404 NoSuchCORSConfiguration", s3bucket.TopicCORS, wrong, "PUT with the header fields"},
		{"cors", corsRule("https://*.example.com", "PUT", "*", "etag"), s3bucket.TopicCORS, ok, ""},
		{"cors", corsRule("https://app.example.com.evil", "PUT", "*", "ETag"), s3bucket.TopicCORS, wrong, origin},
		{"cors", corsRule("*", "PUT", "*", "ETag"), s3bucket.TopicCORS, wrong, "any origin"},
		{"cors", corsRule(origin, "GET", "*", "ETag"), s3bucket.TopicCORS, wrong, "PUT"},
		{"cors", corsRule(origin, "PUT", "content-type", "ETag"), s3bucket.TopicCORS, wrong, "PUT"},
		{"cors", corsRule(origin, "PUT", "*", "x-other"), s3bucket.TopicCORS, wrong, "ETag"},
		{"cors", "403 AccessDenied", s3bucket.TopicCORS, unclear, "lack s3:GetBucketCORS"},
		{"", "", s3bucket.TopicRights, ok, "none of those"},
		{"policy", "{}", s3bucket.TopicRights, wrong, "s3:GetBucketPolicy"},
		{"policy", "404 NoSuchBucketPolicy", s3bucket.TopicRights, wrong, "s3:GetBucketPolicy"},
		{"policy", "500 InternalError", s3bucket.TopicRights, unclear, "s3:GetBucketPolicy"},
		{"acl", "<AccessControlPolicy/>", s3bucket.TopicRights, wrong, "s3:GetBucketAcl"},
		{"tags", "404 NoSuchKey", s3bucket.TopicRights, wrong, "s3:DeleteObjectTagging"},
		{"list", "<ListAllMyBucketsResult><Buckets><Bucket><Name>payroll</Name></Bucket></Buckets></ListAllMyBucketsResult>", s3bucket.TopicRights, wrong, "s3:ListAllMyBuckets"},
		{"list", "<ListAllMyBucketsResult><Buckets><Bucket><Name>bucket</Name></Bucket></Buckets></ListAllMyBucketsResult>", s3bucket.TopicRights, ok, ""},
	}
}

// together takes at most one answer for each topic and each setting, and leaves the others. It
// takes the right answers first, since the list begins with them for each topic.
func together(answers []answered) (taken, left []answered) {
	settings, topics := map[string]bool{}, map[s3bucket.Topic]bool{}
	for _, a := range answers {
		if settings[a.setting] || topics[a.topic] {
			left = append(left, a)
			continue
		}
		settings[a.setting], topics[a.topic] = a.setting != "", true
		taken = append(taken, a)
	}
	return taken, left
}

// TestCheckSettings checks what each of the answers means.
func TestCheckSettings(t *testing.T) {
	t.Parallel()
	for taken, left := together(answers()); len(taken) > 0; taken, left = together(left) {
		changes := map[string]string{}
		for _, a := range taken {
			changes[a.setting] = a.answer
		}
		svc, bucket := newService(t, s3store.Options{}, layout(), changes)
		r := bucket.Check(t.Context())
		for _, a := range taken {
			t.Run(fmt.Sprintf("%s/%s/%s", a.topic, a.setting, a.answer), func(t *testing.T) {
				got := finding(t, r, a.topic)
				require.Equal(t, a.state, got.State, got.Explanation)
				require.Contains(t, got.Explanation, a.says)
			})
		}
		requireClean(t, svc)
	}
}

func requireClean(t *testing.T, svc *service) {
	t.Helper()
	require.Empty(t, svc.Keys())
	require.Zero(t, svc.OpenUploads())
	require.Empty(t, svc.puts, "Check changes no setting")
}

// TestCheckVersioned checks what differs on a bucket with versions.
func TestCheckVersioned(t *testing.T) {
	l := layout()
	l.Versioned = true
	enabled := map[string]string{"versioning": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"}
	svc, bucket := newService(t, s3store.Options{}, l, enabled)
	svc.Versioned = true
	r := bucket.Check(t.Context())
	require.Equal(t, s3bucket.StateOK, finding(t, r, s3bucket.TopicVersioning).State)
	require.Equal(t, s3bucket.StateOK, finding(t, r, s3bucket.TopicDelete).State)
	staged := finding(t, r, s3bucket.TopicStaging)
	require.Equal(t, s3bucket.StateWrong, staged.State)
	require.Contains(t, staged.Explanation, "older versions")
	requireClean(t, svc)

	for more, state := range map[string]s3bucket.State{"": s3bucket.StateOK, "<NewerNoncurrentVersions>3</NewerNoncurrentVersions>": s3bucket.StateWrong} {
		svc.settings["lifecycle"] = lifecycle(expireRule("", 2) + abortRule("", 2) + `<Rule><Status>Enabled</Status><Filter/><NoncurrentVersionExpiration>` +
			more + `<NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration></Rule>`)
		require.Equal(t, state, finding(t, bucket.Check(t.Context()), s3bucket.TopicStaging).State, "%q", more)
	}

	_, bucket = newService(t, s3store.Options{}, l, nil)
	require.Equal(t, s3bucket.StateWrong, finding(t, bucket.Check(t.Context()), s3bucket.TopicVersioning).State)
}

// TestCheckTicketsOutliveTheRule checks that a rule is wrong if it removes files or parts whose
// uploads still last.
func TestCheckTicketsOutliveTheRule(t *testing.T) {
	for name, row := range map[string]struct {
		expires, aborts int
		longest         time.Duration
		topic           s3bucket.Topic
		says            string // "" if the rule is right
	}{
		"a day, for the defaults":          {1, 7, 0, s3bucket.TopicStaging, "are removed after 1 days, but uploads last up to 24h0m0s: keep them for 2"},
		"two days, for the defaults":       {2, 2, 0, s3bucket.TopicStaging, ""},
		"a day, for tickets of six hours":  {1, 7, 6 * time.Hour, s3bucket.TopicStaging, ""},
		"two days, for tickets of three":   {2, 7, 72 * time.Hour, s3bucket.TopicStaging, "are removed after 2 days, but uploads last up to 72h0m0s: keep them for 4"},
		"three days, for tickets of three": {3, 7, 72 * time.Hour, s3bucket.TopicStaging, "keep them for 4"},
		"four days, for tickets of three":  {4, 7, 72 * time.Hour, s3bucket.TopicStaging, ""},
		"parts for a day":                  {2, 1, 0, s3bucket.TopicUnfinished, "are aborted after 1 days, but uploads last up to 24h0m0s: keep them for 2"},
		"parts for two days":               {2, 2, 0, s3bucket.TopicUnfinished, ""},
	} {
		l := layout()
		l.TicketExpires = row.longest
		_, bucket := newService(t, s3store.Options{}, l, map[string]string{
			"lifecycle": lifecycle(expireRule("upload-staging/", row.expires) + abortRule("", row.aborts)),
		})
		got := finding(t, bucket.Check(t.Context()), row.topic)
		require.Equal(t, row.says == "", got.State == s3bucket.StateOK, "%s: %s", name, got.Explanation)
		require.Contains(t, got.Explanation, row.says, name)
	}
}

// TestCheckCleansUp checks that nothing that Check wrote stays if one call fails.
func TestCheckCleansUp(t *testing.T) {
	t.Parallel()
	counted, undisturbed := newService(t, s3store.Options{}, layout(), nil)
	undisturbed.Check(t.Context())
	faults := []s3fake.Fault{fail500, denied, s3fake.Drop}
	takesTurn := rounds.Turns(13)
	for _, call := range []string{
		"PutObject", "HeadObject", "CreateMultipartUpload", "UploadPart", "ListMultipartUploads", "CompleteMultipartUpload", "AbortMultipartUpload", "DeleteObject", "ListObjectVersions",
	} {
		for _, n := range []int{1, 2, 3, 5, 8} {
			for i, fault := range faults {
				for _, versioned := range []bool{false, true} {
					if n > counted.Calls(call) || !takesTurn() {
						continue // Check makes fewer such calls, or this round skips the case
					}
					t.Run(fmt.Sprintf("versioned=%v %s fault %d call %d", versioned, call, i, n), func(t *testing.T) {
						svc, bucket := newService(t, s3store.Options{}, layout(), nil)
						svc.Versioned = versioned
						svc.Inject(call, n, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
							if svc.Calls(call) == n {
								fault(w, r, serve)
								return
							}
							serve(w, r)
						})
						r := bucket.Check(t.Context())
						require.NotEmpty(t, r.Findings)
						requireClean(t, svc)
					})
				}
			}
		}
	}
}

// TestCheckLostThenRefused checks an upload that was opened although the answer was lost. It is
// aborted, even if the service refuses the next attempt.
func TestCheckLostThenRefused(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{"InvalidArgument": 400, "NotImplemented": 501} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			svc, bucket := newService(t, s3store.Options{}, layout(), nil)
			refuse := s3fake.Answer(status, code)
			svc.Inject("CreateMultipartUpload", 2, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
				if svc.Calls("CreateMultipartUpload") > 1 {
					refuse(w, r, serve)
					return
				}
				serve(httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusInternalServerError)
			})
			bucket.Check(t.Context())
			requireClean(t, svc)
		})
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	for n := 1; n < 60; n += 3 {
		ctx, cancel := context.WithCancel(t.Context())
		svc, bucket := newService(t, s3store.Options{}, layout(), nil)
		calls := 0
		stop := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			if calls++; calls == n {
				cancel()
			}
			serve(w, r)
		}
		for _, call := range []string{"PutObject", "HeadObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "DeleteObject"} {
			svc.Inject(call, forEver, stop)
		}
		r := bucket.Check(ctx)
		cancel()
		rights := r.Findings[len(r.Findings)-2]
		if calls >= n {
			require.Equal(t, s3bucket.Finding{Topic: s3bucket.TopicRights, State: s3bucket.StateCannotTell, Explanation: "not tried: context canceled"}, rights)
		}
		requireClean(t, svc)
	}
}

// TestCheckTellsWhatIsLeft checks that a probe object that cannot be removed is named.
func TestCheckTellsWhatIsLeft(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, s3bucket.Layout{}, nil)
	svc.Inject("DeleteObject", forEver, denied)
	r := bucket.Check(t.Context())
	require.Equal(t, s3bucket.StateWrong, finding(t, r, s3bucket.TopicDelete).State)
	require.Contains(t, finding(t, r, s3bucket.TopicDelete).Explanation, "it takes s3:DeleteObject")
	left := finding(t, r, s3bucket.TopicLeft)
	require.Equal(t, s3bucket.StateWrong, left.State)
	require.NotEmpty(t, svc.Keys())
	for _, key := range svc.Keys() {
		require.Regexp(t, "^upload-probe/[a-z0-9]{26}$", key)
		require.Contains(t, left.Explanation, key)
	}
}

// TestCheckInvalidCredentials checks that no finding names a missing right if the credentials are
// wrong.
func TestCheckInvalidCredentials(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>SignatureDoesNotMatch</Code><Message>x</Message></Error>")
	}))
	defer server.Close()
	r := bucketOf(t, client(server.URL), s3store.Options{}, layout()).Check(t.Context())
	write := finding(t, r, s3bucket.TopicWrite)
	require.Equal(t, s3bucket.StateWrong, write.State)
	require.Contains(t, write.Explanation, "the credentials are not valid")
	for _, f := range r.Findings {
		require.NotContains(t, f.Explanation, "they lack")
		require.NotContains(t, f.Explanation, "it takes")
	}
}

// TestCheckAServiceWithoutSignatures checks a service that checks no signatures: no profile fits.
func TestCheckAServiceWithoutSignatures(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, layout(), nil)
	svc.Secret = ""
	r := bucket.Check(t.Context())
	require.Equal(t, s3bucket.StateWrong, finding(t, r, s3bucket.TopicSignatures).State)
	require.Equal(t, s3bucket.StateWrong, finding(t, r, s3bucket.TopicProfile).State)
	require.Equal(t, s3bucket.FitsNot, r.Proposal.Fit)
	for topic, what := range map[s3bucket.Topic]string{s3bucket.TopicSignedPuts: "file", s3bucket.TopicSignedParts: "part"} {
		got := finding(t, r, topic)
		require.Equal(t, s3bucket.StateWrong, got.State)
		require.Contains(t, got.Explanation, "accepts a request with a longer "+what+" in place of the signed one: clients cannot be held to what they declare; say NoSignedLengths")
	}
	requireClean(t, svc)
}

func TestReport(t *testing.T) {
	svc, bucket := newService(t, s3store.Options{}, s3bucket.Layout{}, nil)
	r := bucket.Check(t.Context())
	require.Equal(t, s3bucket.StateOK, r.Worst(), "%s", r)
	for _, f := range r.Findings {
		require.NotContains(t, []s3bucket.Topic{s3bucket.TopicSignedPuts, s3bucket.TopicSignedParts, s3bucket.TopicForms, s3bucket.TopicStaging, s3bucket.TopicCORS}, f.Topic, "there are no direct uploads")
		require.Contains(t, r.String(), fmt.Sprintf("ok           %s: %s\n", f.Topic, f.Explanation))
	}
	svc.settings["logging"] = "501 NotImplemented"
	require.Equal(t, s3bucket.StateCannotTell, bucket.Check(t.Context()).Worst())
	svc.settings["policyStatus"] = "<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>"
	r = bucket.Check(t.Context())
	require.Equal(t, s3bucket.StateWrong, r.Worst())
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(text), `{"bucket":"bucket","findings":[{"topic":"reachable","state":"ok","explanation":"the bucket answers"},`)
}

// TestCheckUnenforced distinguishes services that ignore or refuse conditions from one that keeps
// to them.
func TestCheckUnenforced(t *testing.T) {
	ignoring := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		r.Header.Del("If-None-Match")
		serve(w, r)
	}
	refusing := func(status int) s3fake.Fault {
		return func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			if r.Header.Get("If-None-Match") == "" {
				serve(w, r)
				return
			}
			w.WriteHeader(status)
		}
	}
	for _, row := range []struct {
		name, call string
		fault      s3fake.Fault
		profile    s3store.Profile
		state      s3bucket.State
		says       string
	}{
		{"enforced", "Other", nil, s3store.Profile{}, s3bucket.StateOK, "is enforced by PutObject and"},
		{"enforced, more than the profile says", "Other", nil, s3store.Profile{InsecureUnconditionalPut: true}, s3bucket.StateOK, "need not say InsecureUnconditionalPut"},
		{"enforced, more than the profile says of parts", "Other", nil, s3store.Profile{InsecureUnconditionalComplete: true}, s3bucket.StateOK, "need not say InsecureUnconditionalComplete"},
		{"ignored", "PutObject", ignoring, s3store.Profile{}, s3bucket.StateWrong, "PutObject replaced an object"},
		{"ignored, as the profile says", "PutObject", ignoring, s3store.Profile{InsecureUnconditionalPut: true}, s3bucket.StateOK, "unless keys are random, as the profile says"},
		{"ignored, while the profile says it of parts", "PutObject", ignoring, s3store.Profile{InsecureUnconditionalComplete: true}, s3bucket.StateWrong, "PutObject replaced an object"},
		{"ignored at the end of parts", "CompleteMultipartUpload", ignoring, s3store.Profile{}, s3bucket.StateWrong, "say InsecureUnconditionalComplete"},
		{"ignored at the end of parts, as the profile says", "CompleteMultipartUpload", ignoring, s3store.Profile{InsecureUnconditionalComplete: true}, s3bucket.StateOK, "as the profile says"},
		{"refused at the end of parts", "CompleteMultipartUpload", refusing(501), s3store.Profile{}, s3bucket.StateWrong, "CompleteMultipartUpload refuses If-None-Match"},
		{"an odd answer", "CompleteMultipartUpload", refusing(409), s3store.Profile{}, s3bucket.StateCannotTell, "CompleteMultipartUpload"},
		{"refused", "PutObject", refusing(400), s3store.Profile{}, s3bucket.StateWrong, "PutObject refuses If-None-Match"},
		{"nothing written", "PutObject", denied, s3store.Profile{}, s3bucket.StateCannotTell, "a PUT failed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			svc, bucket := newService(t, s3store.Options{Profile: row.profile}, s3bucket.Layout{}, nil)
			svc.Inject(row.call, forEver, row.fault)
			got := finding(t, bucket.Check(t.Context()), s3bucket.TopicConditional)
			require.Equal(t, row.state, got.State, got.Explanation)
			require.Contains(t, got.Explanation, row.says)
			requireClean(t, svc)
		})
	}
}

// TestCheckFormsThrottled checks that a service that asks once to send a form later is not taken
// for one that refuses forms.
func TestCheckFormsThrottled(t *testing.T) {
	for _, status := range []int{http.StatusRequestTimeout, http.StatusTooManyRequests} {
		svc, bucket := newService(t, s3store.Options{}, layout(), nil)
		forms := 0
		svc.Inject(http.MethodPost, forEver, func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
				forms++
			}
			if forms == 1 {
				forms++
				w.WriteHeader(status)
				return
			}
			next(w, r)
		})
		got := finding(t, bucket.Check(t.Context()), s3bucket.TopicForms)
		require.Equal(t, s3bucket.StateCannotTell, got.State, "%d: %s", status, got.Explanation)
		requireClean(t, svc)
	}
}

// TestCheckForms checks services that answer every form alike, whatever its policy says.
func TestCheckForms(t *testing.T) {
	for status, want := range map[int]s3bucket.State{
		204: s3bucket.StateWrong, 200: s3bucket.StateWrong, // accepts all
		403: s3bucket.StateCannotTell, // accepts none
		501: s3bucket.StateCannotTell, 405: s3bucket.StateCannotTell, 500: s3bucket.StateCannotTell, 302: s3bucket.StateCannotTell,
	} {
		svc, bucket := newService(t, s3store.Options{}, layout(), nil)
		svc.Inject(http.MethodPost, forEver, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { w.WriteHeader(status) })
		got := finding(t, bucket.Check(t.Context()), s3bucket.TopicForms)
		require.Equal(t, want, got.State, "%d: %s", status, got.Explanation)
		requireClean(t, svc)
	}
}
