//go:build unix

package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
)

// TestS3GetsTheFileByPath tests only the wiring: the store has tests of its own.
func TestS3GetsTheFileByPath(t *testing.T) {
	type put struct {
		method, path, contentType string
		body                      []byte
	}
	puts := make(chan put, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		puts <- put{r.Method, r.URL.Path, r.Header.Get("Content-Type"), body}
		w.Header().Set("ETag", `"1"`)
	}))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-s3-prefix", "in")
	want := pngBytes(t)
	res := post(t, p.url+"/upload", nil, file{"file", "cat.png", want})
	require.Equal(t, http.StatusCreated, res.status)
	got := <-puts
	require.Equal(t, http.MethodPut, got.method)
	require.Regexp(t, `^/pictures/in/[0-9a-f]{32}\.png$`, got.path)
	require.Equal(t, "image/png", got.contentType)
	require.Equal(t, want, got.body)
	p.terminate(t)
	p.wait(t)
}

// corsRules is the document of a bucket's CORS rules.
type corsRules struct {
	CORSRule []struct {
		ID            string
		AllowedOrigin []string
		AllowedMethod []string
		AllowedHeader []string
		ExposeHeader  []string
	}
}

// lifecycleRules is the document of a bucket's lifecycle rules.
type lifecycleRules struct {
	Rule []struct {
		Filter     struct{ Prefix string }
		Expiration struct{ Days int }
	}
}

// withoutLifecycle answers requests about lifecycle rules as a bucket without any, and passes the
// others to next. It sends new rules to puts.
func withoutLifecycle(next http.Handler, puts chan<- lifecycleRules) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !r.URL.Query().Has("lifecycle"):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>")
		default:
			var put lifecycleRules
			if xml.NewDecoder(r.Body).Decode(&put) == nil {
				puts <- put
			}
		}
	}
}

// TestS3Setup tests only the wiring: the page may send to the storage, and the bucket gets rules
// beside those of others.
func TestS3Setup(t *testing.T) {
	const others = `<CORSConfiguration><CORSRule><ID>app</ID><AllowedOrigin>https://app.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>` +
		`</CORSConfiguration>`
	rules := make(chan corsRules, 1)
	fake := s3fake.New("pictures")
	fake.Secret = "secret"
	expiring := make(chan lifecycleRules, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !r.URL.Query().Has("cors"):
			withoutLifecycle(fake, expiring)(w, r)
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, others)
		default:
			var put corsRules
			if xml.NewDecoder(r.Body).Decode(&put) == nil {
				rules <- put
			}
		}
	}))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-s3-prefix", "in", "-direct", "-s3-setup", "-cors-origin", "https://up.example.com")
	got := (<-rules).CORSRule
	require.Len(t, got, 2)
	require.Equal(t, []string{"https://app.example.com"}, got[0].AllowedOrigin)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.url, "http://"), ":")
	require.Equal(t, []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "https://up.example.com"}, got[1].AllowedOrigin)
	require.Equal(t, []string{"PUT", "POST"}, got[1].AllowedMethod)
	require.Contains(t, got[1].AllowedHeader, "if-none-match")
	require.NotContains(t, got[1].AllowedHeader, "*")
	require.Equal(t, []string{"ETag"}, got[1].ExposeHeader)
	removing := (<-expiring).Rule
	require.Equal(t, "in/upload-staging/", removing[0].Filter.Prefix)
	require.Equal(t, 2, removing[0].Expiration.Days)

	policy := get(t, p.url+"/", nil).header.Get("Content-Security-Policy")
	require.Contains(t, policy, "connect-src 'self' "+s3.URL+";")
	require.Contains(t, policy, "img-src 'self' "+s3.URL+" blob:;")
	var ticket upload.Ticket
	require.NoError(t, json.Unmarshal([]byte(step(t, p.url, "", declared("cat.png", pngBytes(t)), nil).body), &ticket))
	require.True(t, strings.HasPrefix(ticket.URL, s3.URL+"/pictures/in/upload-staging/"), ticket.URL)
	p.terminate(t)
	p.wait(t)
}

func TestS3SetupFails(t *testing.T) {
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer s3.Close()
	status, stderr := runOn(t, s3.URL, "-direct", "-s3-setup")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "-s3-setup")
	require.Contains(t, stderr, "could not be verified", "a service that forbids the checks may still be right")
}

// runOn runs the server in this process until it ends by itself.
func runOn(t *testing.T, endpoint string, flags ...string) (status int, stderr string) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var out, errs strings.Builder
	status = run(t.Context(), append([]string{"-addr", "127.0.0.1:0", "-s3-bucket", "pictures", "-s3-endpoint", endpoint}, flags...), &out, &errs)
	require.Empty(t, out.String())
	return status, errs.String()
}

// TestS3IsVerified checks that the server does not start on a service that lacks what direct
// uploads rely on. It starts if the flags declare that and it can work without.
func TestS3IsVerified(t *testing.T) {
	for _, row := range []struct {
		name   string
		lacks  s3fake.Lacks
		secret string
		flags  []string // with which the server starts; nil if it never does
		says   string
	}{
		{"forged signatures", s3fake.Lacks{}, "", nil, "signatures: the service accepts a write with a forged signature"},
		{"pins", s3fake.Lacks{CopyPin: s3fake.Ignores}, "secret", []string{"-s3-lacks", "pinned-copies"}, "say NoPinnedCopies"},
		{"conditions", s3fake.Lacks{PutCondition: s3fake.Ignores, CompleteCondition: s3fake.Ignores}, "secret", []string{"-s3-lacks", "conditional-put,conditional-complete"}, "say InsecureUnconditionalPut"},
		{"lengths", s3fake.Lacks{Lengths: s3fake.Ignores}, "secret", []string{"-s3-profile", "aws", "-s3-lacks", "signed-lengths"}, "a longer part"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fake := s3fake.New("pictures")
			fake.Lacks, fake.Secret = row.lacks, row.secret
			s3 := httptest.NewServer(fake)
			defer s3.Close()
			status, stderr := runOn(t, s3.URL, "-direct")
			require.Equal(t, 2, status)
			require.Contains(t, stderr, "-direct is not safe")
			require.Contains(t, stderr, row.says)
			require.Contains(t, stderr, "upload-bucket check")
			require.Empty(t, fake.Keys())
			if row.flags == nil {
				return
			}
			p := startProcess(t, append(row.flags, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-direct")...)
			p.terminate(t)
			p.wait(t)
		})
	}
}

// TestS3SetupWithoutRules checks that setup continues if a service does not implement CORS rules.
func TestS3SetupWithoutRules(t *testing.T) {
	for name, refused := range map[string]string{"reading": http.MethodGet, "writing": http.MethodPut} {
		t.Run(name, func(t *testing.T) {
			fake := s3fake.New("pictures")
			fake.Secret = "secret"
			s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !r.URL.Query().Has("cors"):
					withoutLifecycle(fake, make(chan lifecycleRules, 1))(w, r)
				case r.Method == refused:
					w.WriteHeader(http.StatusNotImplemented)
				default:
					w.WriteHeader(http.StatusNotFound)
					_, _ = io.WriteString(w, "<Error><Code>NoSuchCORSConfiguration</Code></Error>")
				}
			}))
			defer s3.Close()
			t.Setenv("AWS_ACCESS_KEY_ID", "key")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-direct", "-s3-setup")
			p.terminate(t)
			p.wait(t)
			require.Contains(t, p.log.String(), "no CORS rules for buckets: a setting of its own decides which pages may send files")
		})
	}
}
