package s3bucket_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

// settings are the answers of a bucket that is set up right for the layout of the tests, by
// subresource. The last four are the answers to calls that no role needs.
var settings = map[string]string{
	"publicAccessBlock": `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>` +
		`<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`,
	"policyStatus":      `<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>`,
	"ownershipControls": `<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>`,
	"encryption": `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>` +
		`</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
	"versioning": `<VersioningConfiguration/>`,
	"logging":    `<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>a/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`,
	"lifecycle": `<LifecycleConfiguration>` +
		expireRule("upload-staging/", 2) + abortRule("", 7) + `</LifecycleConfiguration>`,
	"cors": `<CORSConfiguration><CORSRule><AllowedOrigin>https://app.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>` +
		`<AllowedMethod>POST</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>`,
	"policy": "403 AccessDenied",
	"acl":    "403 AccessDenied",
	"tags":   "403 AccessDenied",
	"list":   "403 AccessDenied",
}

// service is a fake S3 that also has settings. A setting "403 Code" is an error.
type service struct {
	*s3fake.Server
	url      string
	mu       sync.Mutex
	settings map[string]string
	puts     []string // the subresources that were put

	refuse  func(name, document string) (status int) // of a put document, 0 to accept it
	minimum string                                   // the transition default minimum object size that was put
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name := ""
	for sub := range settings {
		if r.URL.Query().Has(sub) {
			name = sub
		}
	}
	switch {
	case r.URL.Path == "/":
		name = "list"
	case r.Method == http.MethodHead && key == "":
		w.WriteHeader(200)
		return
	case r.Method == http.MethodDelete && r.URL.Query().Has("tagging"):
		name = "tags"
	case r.Method != http.MethodPost && r.Header.Get("Authorization") == "" && r.URL.RawQuery == "" || r.URL.Query().Get("list-type") != "":
		w.WriteHeader(403)
		return
	}
	if name == "" {
		s.Server.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPut {
		body, _ := io.ReadAll(r.Body)
		if s.refuse != nil && s.refuse(name, string(body)) != 0 {
			w.WriteHeader(s.refuse(name, string(body)))
			return
		}
		s.puts = append(s.puts, name)
		s.settings[name] = string(body)
		s.minimum += r.Header.Get("X-Amz-Transition-Default-Minimum-Object-Size")
		return
	}
	w.Header().Set("X-Amz-Transition-Default-Minimum-Object-Size", "varies_by_storage_class")
	answer := s.settings[name]
	if status, code, failed := strings.Cut(answer, " "); failed && len(status) == 3 {
		w.WriteHeader(map[string]int{"403": 403, "404": 404, "501": 501, "500": 500, "405": 405}[status])
		answer = "<Error><Code>" + code + "</Code></Error>"
	}
	_, _ = io.WriteString(w, answer)
}

// layout returns the layout for which settings are right.
func layout() s3bucket.Layout {
	return s3bucket.Layout{StagingPrefixes: []string{""}, Origins: []string{"https://app.example.com"}}
}

func newService(t *testing.T, opts s3store.Options, layout s3bucket.Layout, changes map[string]string) (*service, *s3bucket.Bucket) {
	t.Helper()
	svc := &service{Server: s3fake.New("bucket"), settings: maps.Clone(settings)}
	svc.Secret = "secret"
	maps.Copy(svc.settings, changes)
	server := httptest.NewServer(svc)
	t.Cleanup(server.Close)
	svc.url = server.URL
	return svc, bucketOf(t, client(svc.url), opts, layout)
}

func finding(t *testing.T, r s3bucket.Report, topic s3bucket.Topic) s3bucket.Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f s3bucket.Finding) bool { return f.Topic == topic })
	require.GreaterOrEqual(t, i, 0, "no finding about %s", topic)
	return r.Findings[i]
}
