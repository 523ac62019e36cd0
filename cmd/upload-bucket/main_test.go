package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3bucket"
)

func TestBadCommandLines(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	for _, tt := range []struct{ args, says string }{
		{"", "usage: upload-bucket command [flags]"},
		{"nonsense", "usage: upload-bucket command [flags]"},
		{"check", "-s3-bucket is missing"},
		{"check -nonsense", "flag provided but not defined: -nonsense"},
		{"check -s3-bucket b", "no region"},
		{"check -s3-bucket b -s3-endpoint 127.0.0.1:9", "is not an http or https URL"},
		{"check -s3-bucket b -s3-region r extra", `unexpected argument "extra"`},
		{"check -s3-bucket b -s3-region r -s3-profile gcs", "not one of aws, minio and r2"},
		{"check -s3-bucket b -s3-region r -s3-lacks checksum", `"checksum" is none of`},
		{"check -s3-bucket b -s3-region r -s3-prefix ../p", "-s3-prefix: storage: invalid key: segment"},
		{"check -s3-bucket b -s3-region r -origin *", "is not the origin of a page"},
		{"policy -s3-bucket b -s3-region r -tag =web streamed", "not of the form key=value"},
		{"setup -s3-bucket b -s3-region r extra", `unexpected argument "extra"`},
		{"policy -s3-bucket b -s3-region r", "name one of bucket, cors, lifecycle, streamed, direct, delivery, sweeper, check, setup"},
		{"policy -s3-bucket b -s3-region r root", `"root" is not a role; roles are`},
		{"policy -s3-bucket b -s3-region r -format yaml", `"yaml" is neither json nor terraform`},
		{"policy -s3-bucket b -s3-region r -format terraform " + strings.Repeat("streamed+", 7) + "streamed", "names a role twice"},
		{"policy -s3-bucket b -s3-region r -format terraform bucket", `"bucket" is not a role`},
		{"policy -s3-bucket b-s3alias -s3-region r -format terraform", "which no policy may name"},
		{"policy -s3-bucket b -s3-region r direct", "no StagingPrefixes"},
		{"policy -s3-bucket b -s3-region r -direct cors", "without -direct and an -origin"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), strings.Fields(tt.args), &stdout, &stderr))
			require.Contains(t, stderr.String(), tt.says)
			require.Empty(t, stdout.String())
		})
	}
}

func TestHelp(t *testing.T) {
	for _, c := range commands {
		var stdout, stderr bytes.Buffer
		require.Zero(t, run(t.Context(), []string{c.name, "-h"}, &stdout, &stderr))
		require.Contains(t, stdout.String(), "-s3-bucket bucket")
		require.Empty(t, stderr.String())
	}
}

// denying serves an S3 that denies everything except a look at the bucket and, with puts, rules.
func denying(t *testing.T, puts chan<- string) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodHead && r.URL.Path == "/b":
		case puts != nil && (r.URL.Query().Has("cors") || r.URL.Query().Has("lifecycle")):
			if r.Method == http.MethodPut {
				body, _ := io.ReadAll(r.Body)
				puts <- string(body)
				return
			}
			w.WriteHeader(http.StatusNotFound)
			code := "NoSuchLifecycleConfiguration"
			if r.URL.Query().Has("cors") {
				code = "NoSuchCORSConfiguration"
			}
			_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestCheck(t *testing.T) {
	url := denying(t, nil)
	var stdout, stderr bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"check", "-s3-bucket", "b", "-s3-endpoint", url}, &stdout, &stderr), "%s", stderr.String())
	require.Contains(t, stdout.String(), "ok           reachable: the bucket answers\n")
	require.Contains(t, stdout.String(), `wrong        write: writing an object under "" is denied: it takes s3:PutObject`)

	stdout.Reset()
	require.Equal(t, 1, run(t.Context(), []string{"check", "-s3-bucket", "b", "-s3-endpoint", url, "-json"}, &stdout, &stderr))
	var r s3bucket.Report
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &r))
	require.Equal(t, "b", r.Bucket)
	require.Equal(t, s3bucket.StateWrong, r.Worst())
}

func TestSetup(t *testing.T) {
	puts := make(chan string, 2)
	url := denying(t, puts)
	var stdout, stderr bytes.Buffer
	args := []string{"setup", "-s3-bucket", "b", "-s3-endpoint", url, "-direct", "-origin", "https://app.example.com"}
	require.Zero(t, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
	require.Contains(t, <-puts, "<AllowedOrigin>https://app.example.com</AllowedOrigin>")
	require.Contains(t, <-puts, "<Prefix>upload-staging/</Prefix>")
	require.Equal(t, "the rules of the bucket \"b\" are in place\n", stderr.String())

	url = denying(t, nil)
	require.Equal(t, 1, run(t.Context(), []string{"setup", "-s3-bucket", "b", "-s3-endpoint", url}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "access to the bucket")
}

// TestSetupWithoutLifecycle checks that on a service without lifecycle rules the CORS rule is
// added, and that the last line says that something is missing.
func TestSetupWithoutLifecycle(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var rule string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("lifecycle"):
			w.WriteHeader(http.StatusNotImplemented)
			_, _ = io.WriteString(w, "<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented.</Message></Error>")
		case r.Method == http.MethodPut:
			body, _ := io.ReadAll(r.Body)
			rule = string(body)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchCORSConfiguration</Code></Error>")
		}
	}))
	defer s.Close()
	var stdout, stderr bytes.Buffer
	args := []string{"setup", "-s3-bucket", "b", "-s3-endpoint", s.URL, "-direct", "-origin", "https://app.example.com"}
	require.Zero(t, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
	require.Contains(t, rule, "<AllowedOrigin>https://app.example.com</AllowedOrigin>")
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], "no lifecycle rules: run a Sweeper")
	require.Equal(t, "the rules of the bucket \"b\" are in place, except those that its service does not have (1, see above)", lines[1])
}

// TestSetupLacking checks that setup prints each feature that the service lacks, and a last line
// that says how many.
func TestSetupLacking(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) }))
	defer s.Close()
	var stdout, stderr bytes.Buffer
	args := []string{"setup", "-s3-bucket", "b", "-s3-endpoint", s.URL, "-direct", "-origin", "https://app.example.com"}
	require.Zero(t, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[0], "no CORS rules")
	require.Contains(t, lines[1], "no lifecycle rules")
	require.Equal(t, "the rules of the bucket \"b\" are in place, except those that its service does not have (2, see above)", lines[2])
}

// development serves a bucket without settings, whose callers may do everything. Strangers
// may do nothing.
func development(fake *s3fake.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch {
		case r.Header.Get("Authorization") == "" && !query.Has("X-Amz-Signature"):
			w.WriteHeader(http.StatusForbidden)
		case query.Has("acl"):
			_, _ = io.WriteString(w, `<AccessControlPolicy><Owner><ID>root</ID></Owner></AccessControlPolicy>`)
		case query.Has("versioning"):
			_, _ = io.WriteString(w, `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`)
		case query.Has("encryption"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>")
		default:
			fake.ServeHTTP(w, r)
		}
	})
}

// TestCheckDev checks that with -dev the settings of a server for development, and the rights of
// its root keys, do not count. The server's behaviour and the layout still do.
func TestCheckDev(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for _, row := range []struct {
		name   string
		lacks  s3fake.Lacks
		flags  string
		status int
		pardon bool
	}{
		{name: "without", status: 1},
		{name: "with", flags: "-dev", pardon: true},
		{name: "JSON", flags: "-dev -json", pardon: true},
		{name: "a server that ignores a condition", flags: "-dev", lacks: s3fake.Lacks{PutCondition: s3fake.Ignores}, status: 1, pardon: true},
		{name: "another layout", flags: "-dev -versioned", status: 1, pardon: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			fake := s3fake.New("b")
			fake.Secret, fake.Lacks = "secret", row.lacks
			s := httptest.NewServer(development(fake))
			defer s.Close()
			var stdout, stderr bytes.Buffer
			args := append([]string{"check", "-s3-bucket", "b", "-s3-endpoint", s.URL}, strings.Fields(row.flags)...)
			require.Equal(t, row.status, run(t.Context(), args, &stdout, &stderr), "%s%s", stdout.String(), stderr.String())
			require.Contains(t, stdout.String(), "no more rights than needed")
			if !row.pardon {
				require.Empty(t, stderr.String())
				return
			}
			require.Contains(t, stderr.String(), "-dev does not count the faults of: default encryption, no more rights than needed. Run check without it")
		})
	}
}

// TestCheckProposes checks that the proposed profile is a line of the report, and in JSON an
// object.
func TestCheckProposes(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	fake := s3fake.New("b")
	fake.Secret, fake.Lacks.CopyPin = "secret", s3fake.Ignores
	s := httptest.NewServer(fake)
	defer s.Close()
	var stdout, stderr bytes.Buffer
	args := []string{"check", "-s3-bucket", "b", "-s3-endpoint", s.URL, "-direct"}
	require.Equal(t, 1, run(t.Context(), args, &stdout, &stderr), "%s", stderr.String())
	require.Contains(t, stdout.String(), "wrong        profile: it does not say NoPinnedCopies: the narrowest that fits is s3store.Profile{NoPinnedCopies: true}\n")

	stdout.Reset()
	run(t.Context(), append(args, "-json", "-s3-lacks", "pinned-copies"), &stdout, &stderr)
	var r s3bucket.Report
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &r))
	require.Equal(t, []string{"pinned-copies"}, r.Proposal.Lacks)
	for _, f := range r.Findings {
		if f.Topic == s3bucket.TopicProfile || f.Topic == s3bucket.TopicCopies {
			require.Equal(t, s3bucket.StateOK, f.State, f.Explanation)
		}
	}
}
