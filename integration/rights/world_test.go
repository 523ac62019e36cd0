// Package rights_test shows that the policies of package s3bucket are enough, and that each of
// their actions is needed. A user of versitygw with exactly those actions can take all paths
// of the tests. With one action left out, a named path fails. Calls that versitygw does not implement
// are left out.
package rights_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/faultproxy"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3bucket"
	"github.com/airlock-go/upload/s3store"
)

const mib = 1 << 20

func TestMain(m *testing.M) { s3test.Main(m) }

// left is an action that is left out of the statement of a policy.
type left struct{ sid, action string }

// world is a bucket, and a store over it that may do what the policy of its roles allows.
type world struct {
	t      testing.TB
	ctx    context.Context
	bucket *s3test.Bucket
	proxy  *faultproxy.Proxy
	store  *s3store.Store
	care   *s3bucket.Bucket // manages the store's bucket
	closed []func()

	findings []s3bucket.Finding // of check
}

func newWorld(t testing.TB, versioned bool, out left, roles ...s3bucket.Role) *world {
	t.Helper()
	user := s3test.User(t)
	w := &world{t: t, ctx: t.Context(), bucket: s3test.NewBucket(t, versioned)}
	upstream, err := url.Parse(user.Endpoint)
	require.NoError(t, err)
	w.proxy = faultproxy.New(upstream)
	gate := &hiding{next: w.proxy}
	server := httptest.NewServer(gate)
	client, closeIdle := user.Client(server.URL)
	t.Cleanup(func() {
		for _, c := range slices.Backward(w.closed) {
			c()
		}
		closeIdle()
		w.proxy.Release()
		server.CloseClientConnections()
		server.Close()
	})
	w.store, err = s3store.New(client, w.bucket.Name, options())
	require.NoError(t, err)
	w.care, err = s3bucket.New(w.store, layout(versioned))
	require.NoError(t, err)
	p, err := w.care.Policy(roles...)
	require.NoError(t, err)
	statements := without(p.Statement, out)
	gate.hide = !slices.ContainsFunc(statements, func(s s3bucket.Statement) bool { return slices.Contains(s.Action, "s3:ListBucket") })
	w.bucket.Allow(t, withForms(statements, w.bucket.Name))
	return w
}

// withForms also allows s3:PutObject on the bucket itself, in the statements that allow it in
// staging. The gateway requires this for a POST form, while AWS checks the right to the form's key.
func withForms(statements []s3bucket.Statement, bucket string) []s3bucket.Statement {
	for i, s := range statements {
		if slices.Contains(s.Action, "s3:PutObject") && slices.ContainsFunc(s.Resource, func(r string) bool { return strings.HasSuffix(r, "/upload-staging/*") }) {
			statements[i].Resource = append(slices.Clone(s.Resource), "arn:aws:s3:::"+bucket)
		}
	}
	return statements
}

// options returns the options of most stores here.
func options() *s3store.Options {
	return &s3store.Options{
		Tags: map[string]string{"app": "test"}, Logger: slog.New(slog.DiscardHandler),
	}
}

// layout returns the layout of most buckets here.
func layout(versioned bool) s3bucket.Layout {
	return s3bucket.Layout{
		KeyPrefixes: []string{"files/"}, StagingPrefixes: []string{""}, Versioned: versioned,
		Origins: []string{"https://app.example.com"}, Scanner: "arn:aws:iam::123456789012:role/scanner",
	}
}

func without(statements []s3bucket.Statement, out left) []s3bucket.Statement {
	var kept []s3bucket.Statement
	for _, s := range statements {
		if s.Sid == out.sid {
			s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return a == out.action })
		}
		if len(s.Action) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// hiding answers as AWS does to clients that may not list: a key that does not exist is denied like
// one that may not be read.
type hiding struct {
	next http.Handler
	hide bool
}

func (h *hiding) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.hide && (r.Method == http.MethodHead || r.Method == http.MethodGet) {
		w = &hidden{ResponseWriter: w}
	}
	h.next.ServeHTTP(w, r)
}

type hidden struct{ http.ResponseWriter }

func (h *hidden) WriteHeader(status int) {
	if status == http.StatusNotFound {
		status = http.StatusForbidden
	}
	h.ResponseWriter.WriteHeader(status)
}

// handler returns a handler that accepts text files and PNG pictures of up to limit bytes.
func (w *world) handler(limit int64) *upload.Handler {
	w.t.Helper()
	h, err := upload.New(w.store, upload.Types("image/png", "text/plain"), upload.AllowAnonymous, &upload.Options{
		Keys: upload.Prefix("files/", upload.RandomKeys()), MaxFileSize: limit, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(w.t, err)
	return h
}

// serve answers with h until the test ends.
func (w *world) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	w.closed = append(w.closed, s.Close)
	return s.URL
}

// post sends a form with a text file and returns the status.
func (w *world) post(h http.Handler, size int) (status int, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.txt")
	if err != nil {
		return 0, err
	}
	_, _ = part.Write(text(size))
	_ = form.Close()
	// Without a length the file is read before its size is known to be too large.
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.serve(h), io.MultiReader(&body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	status, _, err = exchange(r)
	return status, err
}

// step makes a step of a direct upload and decodes a 2xx into answer.
func (w *world) step(url string, in map[string]any, answer any) (status int, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	status, got, err := exchange(r)
	if err == nil && status/100 == 2 && answer != nil {
		err = json.Unmarshal(got, answer)
	}
	return status, err
}

// oneShot leaves no idle connections.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func exchange(r *http.Request) (status int, answer []byte, err error) {
	resp, err := oneShot.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

func text(size int) []byte { return bytes.Repeat([]byte("plain text. "), size/12+1)[:size] }

// wants returns err, or an error if status is not want.
func wants(want, status int, err error) error {
	if err == nil && status != want {
		err = fmt.Errorf("status %d, not %d", status, want)
	}
	return err
}

// nothing returns an error if anything is left under the prefix, including uploads.
func (w *world) nothing(prefix string) error {
	for _, v := range w.bucket.Versions(w.ctx, w.t) {
		if strings.HasPrefix(v.Key, prefix) {
			return fmt.Errorf("%v is left", v)
		}
	}
	for _, u := range w.bucket.Uploads(w.ctx, w.t) {
		if strings.HasPrefix(*u.Key, prefix) {
			return fmt.Errorf("an upload of %s is left open", *u.Key)
		}
	}
	return nil
}
