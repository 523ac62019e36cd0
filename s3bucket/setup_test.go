package s3bucket_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const noRules = "404 NoSuchLifecycleConfiguration"

// TestSetup checks that a bucket without rules gets those that Check requires, and that a second
// run writes nothing.
func TestSetup(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		l := s3bucket.Layout{
			KeyPrefixes: []string{"avatars/", "docs/"}, StagingPrefixes: []string{"", "tenants/"}, TicketExpires: 50 * time.Hour,
			Origins: []string{"https://app.example.com", "capacitor://localhost"}, Versioned: versioned,
		}
		svc, bucket := newService(t, s3store.Options{Tags: map[string]string{"a": "b"}}, l, map[string]string{"lifecycle": noRules, "cors": "404 NoSuchCORSConfiguration"})
		svc.Versioned = versioned
		r := bucket.Check(t.Context())
		for _, topic := range []s3bucket.Topic{s3bucket.TopicCORS, s3bucket.TopicStaging, s3bucket.TopicUnfinished} {
			require.Equal(t, s3bucket.StateWrong, finding(t, r, topic).State)
		}
		requireSetup(t, bucket)
		r = bucket.Check(t.Context())
		for _, topic := range []s3bucket.Topic{s3bucket.TopicCORS, s3bucket.TopicStaging, s3bucket.TopicUnfinished} {
			require.Equal(t, s3bucket.StateOK, finding(t, r, topic).State, "%s", r)
		}
		require.Contains(t, svc.settings["lifecycle"], "<Prefix>tenants/upload-staging/</Prefix>")
		require.Contains(t, svc.settings["lifecycle"], "<Days>3</Days>", "50 hours are 3 days")
		require.Equal(t, []string{"cors", "lifecycle"}, svc.puts)
		requireSetup(t, bucket)
		require.Equal(t, []string{"cors", "lifecycle"}, svc.puts, "all is there")
	}
}

// TestSetupKeepsOthers checks that the rules of others stay, and that another application that uses
// this library has rules with other ids. An own rule with other content is replaced.
func TestSetupKeepsOthers(t *testing.T) {
	other := lifecycle(`<Rule><ID>theirs</ID><Status>Disabled</Status><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>` +
		`<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>`)
	cors := `<CORSConfiguration><CORSRule><ID>theirs</ID><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>` +
		`<CORSRule><AllowedOrigin>https://unnamed.example.com</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule></CORSConfiguration>`
	svc, bucket := newService(t, s3store.Options{}, layout(), map[string]string{"lifecycle": other, "cors": cors})
	requireSetup(t, bucket)
	second := layout()
	second.StagingPrefixes, second.KeyPrefixes = []string{"second/"}, []string{"second/"}
	_, bucket2 := newService(t, s3store.Options{}, second, nil)
	rules := func(s string) int { return strings.Count(s, "<ID>") }
	before := svc.settings["lifecycle"]
	require.Equal(t, 3, rules(before), before)

	for _, want := range []string{"<ID>theirs</ID>", "<Status>Disabled</Status>", "<Key>k</Key>", "GLACIER", "2030-01-01"} {
		require.Contains(t, svc.settings["lifecycle"], want)
	}
	require.Contains(t, svc.settings["cors"], "https://other.example.com")
	require.Contains(t, svc.settings["cors"], "https://unnamed.example.com")
	require.NotEqual(t, bucket.Lifecycle().Rules[0].ID, bucket2.Lifecycle().Rules[0].ID)
	require.NotEqual(t, bucket.CORS().CORSRules[0].ID, bucket2.CORS().CORSRules[0].ID)

	require.Equal(t, "varies_by_storage_class", svc.minimum, "a setting next to the rules")

	svc.settings["cors"] = strings.Replace(svc.settings["cors"], "https://app.example.com", "https://old.example.com", 1)
	requireSetup(t, bucket)
	require.NotContains(t, svc.settings["cors"], "https://old.example.com")
	require.Equal(t, before, svc.settings["lifecycle"])
}

// TestSetupKeepsTheUnknown checks that rules with a setting that the SDK does not know, and would
// drop, are not written again.
func TestSetupKeepsTheUnknown(t *testing.T) {
	theirs := lifecycle(`<Rule><ID>theirs</ID><Status>Enabled</Status><Filter><Prefix>x/</Prefix></Filter>` +
		`<Expiration><Days>3</Days><ExpiredObjectAllVersions>true</ExpiredObjectAllVersions></Expiration></Rule>`)
	cors := `<CORSConfiguration><CORSRule><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>` +
		`<Novelty>1</Novelty></CORSRule></CORSConfiguration>`
	svc, bucket := newService(t, s3store.Options{}, layout(), map[string]string{"lifecycle": theirs, "cors": cors})
	_, err := bucket.Setup(t.Context())
	require.ErrorContains(t, err, "ExpiredObjectAllVersions")
	require.ErrorContains(t, err, "Novelty")
	require.Empty(t, svc.puts)

	plain := strings.NewReplacer("<ExpiredObjectAllVersions>true</ExpiredObjectAllVersions>", "", "<Novelty>1</Novelty>", "")
	svc.settings["lifecycle"], svc.settings["cors"] = plain.Replace(theirs), plain.Replace(cors)
	requireSetup(t, bucket)
	svc.settings["cors"] = strings.Replace(svc.settings["cors"], "</CORSRule>", "<Novelty>1</Novelty></CORSRule>", 1)
	requireSetup(t, bucket) // ours are there, so nothing is written
	require.Equal(t, []string{"cors", "lifecycle"}, svc.puts)
}

// requireSetup runs Setup on a service that supports everything.
func requireSetup(t *testing.T, bucket *s3bucket.Bucket) {
	t.Helper()
	lacking, err := bucket.Setup(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)
}

// TestSetupLacking checks that Setup names what a service lacks, and does the rest.
func TestSetupLacking(t *testing.T) {
	const noCORS, noLifecycle, noAborts = "no CORS rules for buckets", "no lifecycle rules: run a Sweeper", "no lifecycle rule that aborts"
	aborts := func(name, document string) int {
		if name == "lifecycle" && strings.Contains(document, "AbortIncompleteMultipartUpload") {
			return 400
		}
		return 0
	}
	refusing := func(refused string, status int) func(name, document string) int {
		return func(name, _ string) int {
			if name == refused {
				return status
			}
			return 0
		}
	}
	for _, row := range []struct {
		name     string
		settings map[string]string
		refuse   func(name, document string) int
		lacking  []string
		puts     []string
		fails    string
	}{
		{"no CORS", map[string]string{"cors": "501 NotImplemented"}, nil, []string{noCORS}, []string{"lifecycle"}, ""},
		{"no CORS, 405", map[string]string{"cors": "405 MethodNotAllowed"}, nil, []string{noCORS}, []string{"lifecycle"}, ""},
		{"takes no CORS", nil, refusing("cors", 501), []string{noCORS}, []string{"lifecycle"}, ""},
		{"no lifecycle", map[string]string{"lifecycle": "501 NotImplemented"}, nil, []string{noLifecycle}, []string{"cors"}, ""},
		{"takes no lifecycle", nil, refusing("lifecycle", 501), []string{noLifecycle}, []string{"cors"}, ""},
		{"neither", map[string]string{"cors": "501 NotImplemented", "lifecycle": "501 NotImplemented"}, nil, []string{noCORS, noLifecycle}, nil, ""},
		{"no aborts", nil, aborts, []string{noAborts}, []string{"cors", "lifecycle"}, ""},
		{"a document that is refused in any case", nil, refusing("lifecycle", 400), nil, []string{"cors"}, "lifecycle: "},
		{"one lacking and one denied", map[string]string{"cors": "501 NotImplemented", "lifecycle": "403 AccessDenied"}, nil, []string{noCORS}, nil, "lifecycle: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			empty := map[string]string{"lifecycle": noRules, "cors": "404 NoSuchCORSConfiguration"}
			maps.Copy(empty, row.settings)
			svc, bucket := newService(t, s3store.Options{}, layout(), empty)
			svc.refuse = row.refuse
			lacking, err := bucket.Setup(t.Context())
			require.Len(t, lacking, len(row.lacking))
			for i, says := range row.lacking {
				require.Contains(t, lacking[i], says)
			}
			require.Equal(t, row.puts, svc.puts)
			if row.fails != "" {
				require.ErrorContains(t, err, row.fails)
				return
			}
			require.NoError(t, err)
		})
	}

	svc, bucket := newService(t, s3store.Options{}, layout(), map[string]string{"lifecycle": noRules})
	svc.refuse = aborts
	for range 2 {
		lacking, err := bucket.Setup(t.Context())
		require.NoError(t, err)
		require.Len(t, lacking, 1)
	}
	require.Contains(t, svc.settings["lifecycle"], "<Prefix>upload-staging/</Prefix>")
	require.Contains(t, svc.settings["lifecycle"], "<Expiration>")
	require.Len(t, svc.puts, 2, "the second time all is there: %v", svc.puts)
	_, bucket = newService(t, s3store.Options{}, s3bucket.Layout{}, map[string]string{"lifecycle": noRules})
	_, err := bucket.Setup(t.Context())
	require.NoError(t, err)
}

// TestSetupFails checks that unreadable rules are not overwritten, and that one kind of rule does
// not wait for the other.
func TestSetupFails(t *testing.T) {
	for _, answer := range []string{
		"403 AccessDenied", "500 InternalError", "<not xml",
		" ", "{}", "<html><body>504</body></html>", "<ListBucketResult/>", // 200, without rules
	} {
		svc, bucket := newService(t, s3store.Options{}, layout(), map[string]string{"lifecycle": answer})
		_, err := bucket.Setup(t.Context())
		require.ErrorContains(t, err, "lifecycle: ")
		require.Equal(t, []string{"cors"}, svc.puts)
		svc, bucket = newService(t, s3store.Options{}, layout(), map[string]string{"cors": answer})
		_, err = bucket.Setup(t.Context())
		require.ErrorContains(t, err, "CORS: ")
		require.Equal(t, []string{"lifecycle"}, svc.puts)
	}
}

// TestCORSAllowsWhatIsSigned checks that the rule has exactly the header fields that clients must
// send, whatever the options.
func TestCORSAllowsWhatIsSigned(t *testing.T) {
	all := everything
	all.ExpectedBucketOwner = "123456789012"
	for _, opts := range []s3store.Options{{}, all, {Profile: s3store.MinIO()}, {Profile: s3store.R2()}} {
		store := storeOf(t, client("http://s3.invalid"), opts)
		bucket, err := s3bucket.New(store, layout())
		require.NoError(t, err)
		sum := sha256.Sum256([]byte("x"))
		signed, err := store.SignPut(t.Context(), storage.DirectObject{
			Key: "a/upload-staging/1f0c", Type: "image/png", Size: 1, SHA256: hex.EncodeToString(sum[:]), Expires: time.Minute,
		})
		require.NoError(t, err)
		var sent []string
		for name := range signed.Headers {
			sent = append(sent, strings.ToLower(name))
		}
		require.ElementsMatch(t, sent, bucket.CORS().CORSRules[0].AllowedHeaders)
	}
	opts := s3store.Options{Profile: s3store.R2()}
	_, bucket := newService(t, opts, layout(), nil)
	require.Equal(t, []string{"PUT"}, bucket.CORS().CORSRules[0].AllowedMethods)
	for _, profile := range []s3store.Profile{{NoSignedLengths: true}, {NoSignedHeaders: true}} {
		opts.Profile = profile
		_, bucket = newService(t, opts, layout(), nil)
		require.Equal(t, []string{"POST"}, bucket.CORS().CORSRules[0].AllowedMethods)
	}
	_, bucket = newService(t, s3store.Options{}, s3bucket.Layout{}, nil)
	require.Nil(t, bucket.CORS())
}

// TestLifecycleOutlivesUploads checks that the rules keep what clients sent until its upload is
// over, and an hour more. S3 counts in whole days.
func TestLifecycleOutlivesUploads(t *testing.T) {
	for name, row := range map[string]struct {
		longest time.Duration
		days    int32
	}{
		"the defaults of both doors":   {0, 2},
		"direct uploads alone":         {6 * time.Hour, 1},
		"an hour before a day is over": {23 * time.Hour, 1},
		"three days":                   {72 * time.Hour, 4},
		"the most":                     {7 * 24 * time.Hour, 8},
	} {
		l := layout()
		l.TicketExpires = row.longest
		_, bucket := newService(t, s3store.Options{}, l, nil)
		rule := bucket.Lifecycle().Rules[0]
		require.Equal(t, row.days, *rule.Expiration.Days, name)
		require.Equal(t, row.days, *rule.AbortIncompleteMultipartUpload.DaysAfterInitiation, name)

		for _, rule := range bucket.Lifecycle().Rules { // one is for all keys, staged ones too
			require.GreaterOrEqual(t, *rule.AbortIncompleteMultipartUpload.DaysAfterInitiation, row.days, name)
		}
	}
}

func TestLayoutIsChecked(t *testing.T) {
	for name, l := range map[string]s3bucket.Layout{
		"an open prefix":       {KeyPrefixes: []string{"a"}},
		"an empty prefix":      {KeyPrefixes: []string{""}},
		"a wildcard":           {KeyPrefixes: []string{"a*/"}},
		"a variable":           {StagingPrefixes: []string{"${aws:username}/"}},
		"a climbing prefix":    {StagingPrefixes: []string{"../"}},
		"a negative time":      {TicketExpires: -1},
		"longer than a ticket": {TicketExpires: 8 * 24 * time.Hour},
		"any origin":           {Origins: []string{"*"}},
		"origins by wildcard":  {Origins: []string{"https://*.example.com"}},
		"an origin and a path": {Origins: []string{"https://example.com/"}},
		"no scheme":            {Origins: []string{"example.com"}},
		"exempt from nothing":  {ScanExempt: []string{"arn:aws:iam::1:role/app"}},
	} {
		_, err := s3bucket.New(storeOf(t, client("http://127.0.0.1:1"), s3store.Options{}), l)
		require.Error(t, err, name)
	}
}
