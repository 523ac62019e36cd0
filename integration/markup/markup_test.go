package markup_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/internal/rounds"
)

// site serves documents, each under its number, and counts other requests.
type site struct {
	*httptest.Server
	documents []document

	mu      sync.Mutex
	current int         // the document that is open
	loaded  map[int]int // requests, by the document that made them
}

// load counts a request for anything except a document. On a busy machine the request can arrive
// late, so it belongs to the document that its Referer names, if it names one.
func (s *site) load(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.current
	if referrer, err := url.Parse(r.Referer()); err == nil {
		_, _ = fmt.Sscanf(referrer.Path, "/document/%d", &n)
	}
	if s.documents[n].book == nil || strings.HasPrefix(r.URL.Path, "/leak") { // a page may load files of its book
		s.loaded[n]++
	}
}

func (s *site) loads(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loaded[n]
}

func serve(t *testing.T) *site {
	s := &site{documents: documents(t), loaded: map[int]int{}}
	var elsewhere *strings.Replacer
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/document/%d", &n); err == nil && n < len(s.documents) {
			w.Header().Set("Content-Type", s.documents[n].mediaType)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write([]byte(elsewhere.Replace(s.documents[n].content)))
			return
		}
		if r.URL.Path != "/favicon.ico" {
			s.load(r)
		}
		http.NotFound(w, r)
	}))
	s.Start()
	elsewhere = strings.NewReplacer("http://evil.example", s.URL+"/leak", "https://evil.example", s.URL+"/leak")
	t.Cleanup(s.Close)
	return s
}

// opened opens a document and reports whether its script runs.
func (s *site) opened(p *chromium.Page, n int) (ran bool) {
	s.mu.Lock()
	s.current = n
	s.mu.Unlock()
	p.Do(chromedp.ActionFunc(func(ctx context.Context) error { // chromedp.Navigate would wait for what never loads
		_, _, _, _, err := page.Navigate(fmt.Sprintf("%s/document/%d", s.URL, n)).Do(ctx)
		return err
	}), chromedp.Sleep(100*time.Millisecond))
	p.Value(`document.documentElement?.hasAttribute('data-ran') === true`, &ran)
	return ran
}

// TestBrowser checks that an accepted document runs no script when it is opened. It also loads
// nothing, or, as a page of a book, nothing from elsewhere. Some refused documents run a script or
// load, which shows that the test would detect it.
func TestBrowser(t *testing.T) {
	s := serve(t)
	p := chromium.Start(t).Open(t, "about:blank")
	ran := make([]bool, len(s.documents))
	takesTurn := rounds.Turns(3) // all accepted documents, and a third of the others
	for n, d := range s.documents {
		if d.accepted() || takesTurn() {
			ran[n] = s.opened(p, n)
		}
	}
	p.Do(chromedp.Navigate("about:blank")) // the last document loads no more
	accepted, refusedRan, refusedLoaded := 0, 0, 0
	for n, d := range s.documents {
		loads := s.loads(n)
		switch {
		case d.accepted():
			accepted++
			assert.False(t, ran[n], "%s runs: %s", d.mediaType, d.about)
			assert.Zero(t, loads, "%s loads: %s", d.mediaType, d.about)
		case ran[n]:
			refusedRan++
		}
		if !d.accepted() && loads > 0 {
			refusedLoaded++
		}
	}
	t.Logf("%d accepted; of the %d refused %d ran and %d loaded", accepted, len(s.documents)-accepted, refusedRan, refusedLoaded)
	require.Greater(t, accepted, 30)
	require.Greater(t, refusedRan, rounds.Of(4, 10))
	require.Greater(t, refusedLoaded, rounds.Of(4, 10))
}

// TestLibxml2 checks that accepted documents are well-formed for libxml2, with every prefix
// declared. Its warnings of namespaces that are not absolute addresses are ignored.
func TestLibxml2(t *testing.T) {
	xmllint := program.Find(t, "xmllint")
	dir := t.TempDir()
	accepted := 0
	for n, d := range documents(t) {
		if !d.accepted() || strings.Contains(d.content, "//DTD XHTML") { // xmllint does not load the DTD, which declares entities
			continue
		}
		accepted++
		path := filepath.Join(dir, fmt.Sprintf("%d.xml", n))
		require.NoError(t, os.WriteFile(path, []byte(d.content), 0o600))
		var complaints bytes.Buffer
		c := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--huge", path)
		c.Stderr = &complaints
		err := c.Run()
		assert.NoError(t, err, "%s: %s", d.about, complaints.String())
		assert.NotContains(t, complaints.String(), "parser error", d.about)
		assert.NotContains(t, complaints.String(), "is not defined", d.about)
	}
	require.Greater(t, accepted, 30)
}
