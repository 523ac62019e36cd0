package s3store_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
)

const none = "404 NoSuchLifecycleConfiguration"

// TestSetup: a bucket without rules gets those that Check wants to see, and a
// second time nothing is written.
func TestSetup(t *testing.T) {
	for _, versioned := range []bool{false, true} {
		l := s3store.Layout{
			KeyPrefixes: []string{"avatars/", "docs/"}, StagingPrefixes: []string{"", "tenants/"}, TicketExpires: 50 * time.Hour,
			Origins: []string{"https://app.example.com", "capacitor://localhost"}, Versioned: versioned,
		}
		svc, store := newService(t, s3store.Options{Layout: l, Tags: map[string]string{"a": "b"}}, map[string]string{"lifecycle": none, "cors": "404 NoSuchCORSConfiguration"})
		svc.Versioned = versioned
		r := store.Check(t.Context())
		for _, topic := range []s3store.Topic{s3store.TopicCORS, s3store.TopicStaging, s3store.TopicUnfinished} {
			require.Equal(t, s3store.Wrong, finding(t, r, topic).State)
		}
		requireSetup(t, store)
		r = store.Check(t.Context())
		for _, topic := range []s3store.Topic{s3store.TopicCORS, s3store.TopicStaging, s3store.TopicUnfinished} {
			require.Equal(t, s3store.OK, finding(t, r, topic).State, "%s", r)
		}
		require.Contains(t, svc.settings["lifecycle"], "<Prefix>tenants/upload-staging/</Prefix>")
		require.Contains(t, svc.settings["lifecycle"], "<Days>3</Days>", "50 hours are 3 days")
		require.Equal(t, []string{"cors", "lifecycle"}, svc.puts)
		requireSetup(t, store)
		require.Equal(t, []string{"cors", "lifecycle"}, svc.puts, "all is there")
	}
}

// TestSetupKeepsOthers: the rules of others, and those of another application that
// uses this library, stay; an own rule of other content is replaced.
func TestSetupKeepsOthers(t *testing.T) {
	other := lifecycle(`<Rule><ID>theirs</ID><Status>Disabled</Status><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>` +
		`<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>`)
	cors := `<CORSConfiguration><CORSRule><ID>theirs</ID><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>` +
		`<CORSRule><AllowedOrigin>https://unnamed.example.com</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule></CORSConfiguration>`
	svc, store := newService(t, s3store.Options{Layout: layout()}, map[string]string{"lifecycle": other, "cors": cors})
	requireSetup(t, store)
	second := layout()
	second.StagingPrefixes, second.KeyPrefixes = []string{"second/"}, []string{"second/"}
	_, store2 := newService(t, s3store.Options{Layout: second}, nil)
	rules := func(s string) int { return strings.Count(s, "<ID>") }
	before := svc.settings["lifecycle"]
	require.Equal(t, 3, rules(before), before)

	for _, want := range []string{"<ID>theirs</ID>", "<Status>Disabled</Status>", "<Key>k</Key>", "GLACIER", "2030-01-01"} {
		require.Contains(t, svc.settings["lifecycle"], want)
	}
	require.Contains(t, svc.settings["cors"], "https://other.example.com")
	require.Contains(t, svc.settings["cors"], "https://unnamed.example.com")
	require.NotEqual(t, store.Lifecycle().Rules[0].ID, store2.Lifecycle().Rules[0].ID)
	require.NotEqual(t, store.CORS().CORSRules[0].ID, store2.CORS().CORSRules[0].ID)

	require.Equal(t, "varies_by_storage_class", svc.minimum, "a setting beside the rules")

	svc.settings["cors"] = strings.Replace(svc.settings["cors"], "https://app.example.com", "https://old.example.com", 1)
	requireSetup(t, store)
	require.NotContains(t, svc.settings["cors"], "https://old.example.com")
	require.Equal(t, before, svc.settings["lifecycle"])
}

// TestSetupKeepsTheUnknown: rules with a setting that the SDK does not know, and
// would leave out, are not written again.
func TestSetupKeepsTheUnknown(t *testing.T) {
	theirs := lifecycle(`<Rule><ID>theirs</ID><Status>Enabled</Status><Filter><Prefix>x/</Prefix></Filter>` +
		`<Expiration><Days>3</Days><ExpiredObjectAllVersions>true</ExpiredObjectAllVersions></Expiration></Rule>`)
	cors := `<CORSConfiguration><CORSRule><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>` +
		`<Novelty>1</Novelty></CORSRule></CORSConfiguration>`
	svc, store := newService(t, s3store.Options{Layout: layout()}, map[string]string{"lifecycle": theirs, "cors": cors})
	_, err := store.Setup(t.Context())
	require.ErrorContains(t, err, "ExpiredObjectAllVersions")
	require.ErrorContains(t, err, "Novelty")
	require.Empty(t, svc.puts)

	plain := strings.NewReplacer("<ExpiredObjectAllVersions>true</ExpiredObjectAllVersions>", "", "<Novelty>1</Novelty>", "")
	svc.settings["lifecycle"], svc.settings["cors"] = plain.Replace(theirs), plain.Replace(cors)
	requireSetup(t, store)
	svc.settings["cors"] = strings.Replace(svc.settings["cors"], "</CORSRule>", "<Novelty>1</Novelty></CORSRule>", 1)
	requireSetup(t, store) // ours are there, by whatever means
	require.Equal(t, []string{"cors", "lifecycle"}, svc.puts)
}

// requireSetup runs Setup on a service that has all that it asks for.
func requireSetup(t *testing.T, store *s3store.Store) {
	t.Helper()
	lacking, err := store.Setup(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)
}

// TestSetupLacking: what a service does not have is said, and the rest is done.
func TestSetupLacking(t *testing.T) {
	const noCORS, noLifecycle, noAborts = "no CORS rules of a bucket", "no lifecycle rules: run a Sweeper", "no lifecycle rule that aborts"
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
			empty := map[string]string{"lifecycle": none, "cors": "404 NoSuchCORSConfiguration"}
			maps.Copy(empty, row.settings)
			svc, store := newService(t, s3store.Options{Layout: layout()}, empty)
			svc.refuse = row.refuse
			lacking, err := store.Setup(t.Context())
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

	svc, store := newService(t, s3store.Options{Layout: layout()}, map[string]string{"lifecycle": none})
	svc.refuse = aborts
	for range 2 {
		lacking, err := store.Setup(t.Context())
		require.NoError(t, err)
		require.Len(t, lacking, 1)
	}
	require.Contains(t, svc.settings["lifecycle"], "<Prefix>upload-staging/</Prefix>")
	require.Contains(t, svc.settings["lifecycle"], "<Expiration>")
	require.Len(t, svc.puts, 2, "the second time all is there: %v", svc.puts)
	_, store = newService(t, s3store.Options{}, map[string]string{"lifecycle": none})
	_, err := store.Setup(t.Context())
	require.NoError(t, err)
}

// TestSetupFails: what cannot be read is not overwritten, and one kind of rule
// does not wait for the other.
func TestSetupFails(t *testing.T) {
	for _, answer := range []string{
		"403 AccessDenied", "500 InternalError", "<not xml",
		" ", "{}", "<html><body>504</body></html>", "<ListBucketResult/>", // 200, and not a word of rules
	} {
		svc, store := newService(t, s3store.Options{Layout: layout()}, map[string]string{"lifecycle": answer})
		_, err := store.Setup(t.Context())
		require.ErrorContains(t, err, "lifecycle: ")
		require.Equal(t, []string{"cors"}, svc.puts)
		svc, store = newService(t, s3store.Options{Layout: layout()}, map[string]string{"cors": answer})
		_, err = store.Setup(t.Context())
		require.ErrorContains(t, err, "CORS: ")
		require.Equal(t, []string{"lifecycle"}, svc.puts)
	}
}

// TestCORSAllowsWhatIsSigned: each header field that clients are told to send is in
// the rule, whatever the options, and no other.
func TestCORSAllowsWhatIsSigned(t *testing.T) {
	all := everything
	all.ExpectedBucketOwner = "123456789012"
	for _, opts := range []s3store.Options{{}, all, {Profile: s3store.MinIO()}, {Profile: s3store.R2()}} {
		opts.Layout = layout()
		_, store := newService(t, opts, nil)
		d := direct([]byte("x"))
		d.SHA256 = digest([]byte("x"))
		signed, err := store.SignUpload(t.Context(), d, false)
		require.NoError(t, err)
		var sent []string
		for name := range signed.Headers {
			sent = append(sent, strings.ToLower(name))
		}
		require.ElementsMatch(t, sent, store.CORS().CORSRules[0].AllowedHeaders)
	}
	opts := s3store.Options{Layout: layout(), Profile: s3store.R2()}
	_, store := newService(t, opts, nil)
	require.Equal(t, []string{"PUT"}, store.CORS().CORSRules[0].AllowedMethods)
	for _, profile := range []s3store.Profile{{NoSignedLengths: true}, {NoSignedHeaders: true}} {
		opts.Profile = profile
		_, store = newService(t, opts, nil)
		require.Equal(t, []string{"POST"}, store.CORS().CORSRules[0].AllowedMethods)
	}
	_, store = newService(t, s3store.Options{}, nil)
	require.Nil(t, store.CORS())
}

func TestLayoutIsChecked(t *testing.T) {
	for name, l := range map[string]s3store.Layout{
		"an open prefix":       {KeyPrefixes: []string{"a"}},
		"an empty prefix":      {KeyPrefixes: []string{""}},
		"a wildcard":           {KeyPrefixes: []string{"a*/"}},
		"a variable":           {StagingPrefixes: []string{"${aws:username}/"}},
		"a climbing prefix":    {StagingPrefixes: []string{"../"}},
		"a negative time":      {TicketExpires: -1},
		"longer than tickets":  {TicketExpires: 8 * 24 * time.Hour},
		"any origin":           {Origins: []string{"*"}},
		"origins by wildcard":  {Origins: []string{"https://*.example.com"}},
		"an origin and a path": {Origins: []string{"https://example.com/"}},
		"no scheme":            {Origins: []string{"example.com"}},
		"exempt from nothing":  {ScanExempt: []string{"arn:aws:iam::1:role/app"}},
	} {
		_, err := s3store.New(client("http://127.0.0.1:1"), "bucket", &s3store.Options{Layout: l})
		require.Error(t, err, name)
	}
}
