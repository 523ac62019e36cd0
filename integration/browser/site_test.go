package browser

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/uppy"
)

const (
	uploadButton = ".uppy-StatusBar-actionBtn--upload"
	fileInput    = ".uppy-Dashboard-input"
	html         = "<!doctype html><script>alert(1)</script>"
)

// versions are the majors of Uppy, and how each names its endpoint.
var versions = map[string]string{"uppy5": "endpoint", "uppy6": "companionEndpoint"}

// site is an application with a page, whose store has another origin, as a bucket has.
type site struct {
	*chromium.Page
	store place

	published     func(upload.File) error // called for each published file, if not nil
	held          int32                   // the number of a PUT that does not arrive, 0 for none
	release       <-chan struct{}         // ends the wait of what is held; if nil, the end of its request does
	lost          int32                   // the number of a PUT that loses its connection at its half, 0 for none
	sent, arrived atomic.Int32            // PUTs
	steps         atomic.Int32            // requests to the application's own handlers
}

// counted counts the PUTs to the store, and cuts those that must not arrive: s.held and s.lost.
func (s *site) counted(store http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			store.ServeHTTP(w, r)
			return
		}
		switch s.sent.Add(1) {
		case s.lost:
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			panic(http.ErrAbortHandler)
		case s.held:
			r.Body = s.half(r, r.ContentLength/2)
			store.ServeHTTP(w, r)
			panic(http.ErrAbortHandler)
		default:
			store.ServeHTTP(w, r)
			s.arrived.Add(1)
		}
	})
}

// half returns a body with the first n bytes of a request's body. After them it fails, once
// s.release is closed or, if that is nil, the page has aborted the request.
func (s *site) half(r *http.Request, n int64) io.ReadCloser {
	gone := s.release
	if gone == nil {
		gone = r.Context().Done()
	}
	return &half{r.Body, n, gone}
}

type half struct {
	io.ReadCloser
	left int64
	gone <-chan struct{}
}

func (h *half) Read(p []byte) (int, error) {
	if h.left > 0 {
		n, err := h.ReadCloser.Read(p[:min(int64(len(p)), h.left)])
		h.left -= int64(n)
		return n, err
	}
	// A server detects an aborted request by reading.
	if _, err := io.Copy(io.Discard, h.ReadCloser); err != nil {
		return 0, err
	}
	<-h.gone
	return 0, io.ErrUnexpectedEOF
}

// awaits waits for a counter to reach n.
func awaits(t *testing.T, counter *atomic.Int32, n int32) {
	t.Helper()
	require.Eventually(t, func() bool { return counter.Load() >= n }, 3*time.Minute, 10*time.Millisecond)
}

// twoOrigins starts the servers of an application and of its store.
func twoOrigins(t *testing.T, open openPlace) (s *site, origin string, mux *http.ServeMux) {
	t.Helper()
	mux, outer := http.NewServeMux(), http.NewServeMux()
	app, other := httptest.NewServer(mux), httptest.NewServer(outer)
	t.Cleanup(app.Close)
	t.Cleanup(other.Close)
	store, handler := open(t, app.URL, other.URL)
	s = &site{store: store}
	outer.Handle("/", s.counted(handler))
	return s, app.URL, mux
}

func newSite(t *testing.T, b *chromium.Browser, open openPlace, version, query string) *site {
	t.Helper()
	script := bundleOf(t, version)
	s, origin, mux := twoOrigins(t, open)
	endpoint, uploads := s.endpoint(t, origin)
	mux.Handle("/uppy/", s.stepsOf(endpoint))
	mux.Handle("/upload", s.stepsOf(uploads))
	serve(mux, "/page.js", "text/javascript", script.js)
	serve(mux, "/page.css", "text/css", script.css)
	serve(mux, "/{$}", "text/html; charset=utf-8", []byte(`<!doctype html><title>Upload</title>
<link rel=stylesheet href=/page.css><div id=uppy></div><script src=/page.js></script>`))

	s.Page = b.Open(t, origin+"/?endpoint="+url.QueryEscape(versions[version])+query)
	return s
}

// stepsOf counts the requests to a handler.
func (s *site) stepsOf(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.steps.Add(1)
		next.ServeHTTP(w, r)
	})
}

// endpoint returns the handler that the page of that origin uses, and the one of forms.
func (s *site) endpoint(t *testing.T, origin string) (direct, uploads http.Handler) {
	t.Helper()
	h, err := upload.New(s.store, upload.Types("image/png", "text/plain"), upload.AllowAnonymous,
		&upload.Options{MaxFileSize: 32 << 20, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	handler, err := uppy.New(p, &uppy.Options{
		Endpoint: origin + "/uppy",
		Location: func(f upload.File) string { return origin + "/files/" + f.Key },
		Published: func(_ *http.Request, f upload.File) error {
			if s.published == nil {
				return nil
			}
			return s.published(f)
		},
	})
	require.NoError(t, err)
	return handler, h
}

func serve(mux *http.ServeMux, path, mediaType string, content []byte) {
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(content)
	})
}

// outcome is what Uppy has reported to its page.
type outcome struct {
	Success []struct{ Key, Location, UploadURL string }
	Failed  []string
}

// upload chooses a file, presses the button and waits for the end.
func (s *site) upload(name, content string) outcome {
	s.Choose(fileInput, name, content)
	s.Click(uploadButton)
	return s.end()
}

func (s *site) end() (o outcome) {
	s.Await(`seen.success.length + seen.failed.length > 0`)
	s.Value(`seen`, &o)
	return o
}

// requireOne fails the test unless content is all that the store holds, and returns its key.
func (s *site) requireOne(t *testing.T, content string) string {
	t.Helper()
	keys := s.store.keys(t)
	require.Len(t, keys, 1)
	require.Zero(t, s.store.unfinished(t))
	require.True(t, holds(t, s.store, keys[0], content), "what is stored is not what was sent") // too large to be shown
	return keys[0]
}

// shows waits until Uppy has the text in its HTML, also in an attribute.
func (s *site) shows(text string) {
	s.Await(`document.querySelector('#uppy').innerHTML.includes(` + strconv.Quote(text) + `)`)
}
