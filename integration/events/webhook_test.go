package events_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/integration/internal/example"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// app is examples/webhook with a bucket. Server is a proxy to it that can withhold confirmations.
type app struct {
	*httptest.Server
	bucket  *s3test.Bucket
	program *example.Server

	mu        sync.Mutex
	cookie    string
	onConfirm func() // called with each confirmation, which is then not passed on; nil passes it on
}

func newApp(t *testing.T) *app {
	t.Helper()
	a := &app{bucket: s3test.NewBucket(t, false)}
	a.bucket.Report(t, storage.StagingSegment+"/")
	t.Setenv("EVENTS_PASSWORD", password)
	server := s3test.Get()
	at := url.Values{"endpoint": {server.Endpoint}, "insecure": {"true"}, "profile": {server.Kind}}
	a.program = example.Run(t, "webhook", "-s3", "s3://"+a.bucket.Name+"?"+at.Encode())
	reports.begin(a.program.URL, a.bucket.Name)
	t.Cleanup(func() { reports.begin("", "") })
	to, err := url.Parse(a.program.URL)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ErrorLog: log.New(io.Discard, "", 0), // it would log the requests that the kill breaks off
	}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.stops(r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(a.Close)
	a.bucket.LetIn(t, a.URL)
	return a
}

// stops keeps the visitor's cookie, and reports whether the proxy withholds r. For a confirmation
// that it withholds it calls onConfirm.
func (a *app) stops(r *http.Request) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := r.Header.Get("Cookie"); c != "" {
		a.cookie = c
	}
	if r.URL.Path != "/tickets/confirm" || a.onConfirm == nil {
		return false
	}
	a.onConfirm()
	return true
}

// rows returns the names of the visitor's files, as JSON.
func (a *app) rows(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"/files", nil)
	require.NoError(t, err)
	r.Header = a.header()
	return string(uploadtest.Send(t, nil, r).Body)
}

func (a *app) header() http.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	return http.Header{"Cookie": {a.cookie}}
}

// requireRow waits until the visitor has only these names, and only the published file is in the
// bucket. It returns the key.
func (a *app) requireRow(t *testing.T, names string) (key string) {
	t.Helper()
	require.Eventually(t, func() bool { return a.rows(t) == names && len(a.keys(t)) == 1 }, patience, 20*time.Millisecond)
	key = a.keys(t)[0]
	require.False(t, storage.IsStaging(key))
	return key
}

func (a *app) keys(t *testing.T) (keys []string) {
	t.Helper()
	for _, v := range a.bucket.Versions(t.Context(), t) {
		keys = append(keys, v.Key)
	}
	slices.Sort(keys)
	return keys
}

// requireUnchanged delivers all reports of events again, twice, and requires that they change
// nothing.
func (a *app) requireUnchanged(t *testing.T, key, names string) {
	t.Helper()
	before := a.bucket.Head(t.Context(), t, key)
	for range 2 {
		reports.again(t)
	}
	after := a.bucket.Head(t.Context(), t, key)
	require.Equal(t, before.ETag, after.ETag)
	require.Equal(t, before.LastModified, after.LastModified)
	require.Equal(t, names, a.rows(t))
	require.Equal(t, []string{key}, a.keys(t))
}

// TestKilledPage kills the browser when the page has sent its file, and its confirmation has
// reached the proxy, which withholds it. The bucket's event confirms the file, once, for the
// visitor.
func TestKilledPage(t *testing.T) {
	a := newApp(t)
	defer a.program.Terminate(t)
	browser, killed := chromium.Start(t), make(chan error, 1)
	a.onConfirm = func() { killed <- browser.Kill() }
	page := browser.Open(t, a.URL)
	content := uploadtest.PNG(100_000)
	page.Choose("input", "cat.png", string(content.Bytes()))
	var timer int
	// The timeout lets this call end before the browser is killed.
	page.Value("setTimeout(() => document.querySelector('button').click(), 10)", &timer)
	require.NoError(t, <-killed)

	key := a.requireRow(t, `["cat.png"]`)
	digest, size := a.bucket.SHA256(t, key)
	require.Equal(t, content.SHA256(), digest)
	require.Equal(t, content.Size, size)
	a.requireUnchanged(t, key, `["cat.png"]`)
}

// leave sends a file and does not confirm it. Like the page it declares the SHA-256, without which
// files go to MinIO only in parts.
func leave(t *testing.T, client *uploadtest.Direct, file uploadtest.Part) *upload.Ticket {
	t.Helper()
	declaration := uploadtest.Declare(file)
	declaration.SHA256 = file.Content.SHA256()
	ticket, answer := client.Sign(t, declaration)
	require.NotNil(t, ticket, answer)
	require.Zero(t, ticket.Parts)
	require.Less(t, client.Send(t, ticket, file.Content).Status, 300)
	return ticket
}

// TestClientComesBack confirms a file that the event has confirmed. The answer names the same file,
// and the visitor gets no second row.
func TestClientComesBack(t *testing.T) {
	a := newApp(t)
	defer a.program.Terminate(t)
	a.cookie = "visitor=ada"
	client := &uploadtest.Direct{URL: a.URL + "/tickets/", Header: a.header()}
	file := uploadtest.File("file", "cat.png", uploadtest.PNG(1000))
	ticket := leave(t, client, file)
	key := a.requireRow(t, `["cat.png"]`)
	for range 2 {
		answer := client.Confirm(t, ticket.Token)
		require.Equal(t, http.StatusCreated, answer.Status, answer)
		require.Equal(t, key, answer.Files[0].Key)
	}
	a.requireUnchanged(t, key, `["cat.png"]`)
}

// TestEventRefuses sends a page that is declared as a picture, and does not confirm it. No object
// and no row stays. A later confirmation still gets the reason.
func TestEventRefuses(t *testing.T) {
	a := newApp(t)
	defer a.program.Terminate(t)
	a.cookie = "visitor=ada"
	client := &uploadtest.Direct{URL: a.URL + "/tickets/", Header: a.header()}
	file := uploadtest.File("file", "cat.png", "<!doctype html><script>alert(1)</script>")
	ticket := leave(t, client, file)
	a.bucket.RequireNothing(t)
	require.Equal(t, `[]`, a.rows(t))
	require.Equal(t, "type_mismatch", string(client.Confirm(t, ticket.Token).Code), "the client learns why")
}
