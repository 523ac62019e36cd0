package browser

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uppy"
)

const (
	uploadButton = ".uppy-StatusBar-actionBtn--upload"
	fileInput    = ".uppy-Dashboard-input"
	html         = "<!doctype html><script>alert(1)</script>"
)

// versions are the majors of Uppy, and how each names its endpoint.
var versions = map[string]string{"uppy5": "endpoint", "uppy6": "companionEndpoint"}

// site is an application with an Uppy page, whose store is another origin, as a
// bucket is.
type site struct {
	*chromium.Page
	store *memstore.Store

	published     func(upload.File) error // if not nil
	held          int32                   // which PUT does not arrive, if any
	sent, arrived atomic.Int32            // PUTs
}

// hold keeps a request waiting until the page cuts it.
func hold(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a server learns of a cut by reading
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// awaits waits for a counter to get there.
func awaits(t *testing.T, counter *atomic.Int32, n int32) {
	t.Helper()
	require.Eventually(t, func() bool { return counter.Load() >= n }, time.Minute, 10*time.Millisecond)
}

func newSite(t *testing.T, b *chromium.Browser, version, query string) *site {
	t.Helper()
	script := bundleOf(t, version)
	mux, bucket := http.NewServeMux(), http.NewServeMux()
	app, other := httptest.NewServer(mux), httptest.NewServer(bucket)
	t.Cleanup(app.Close)
	t.Cleanup(other.Close)
	s := &site{store: &memstore.Store{CORSOrigin: app.URL}}
	stored := s.store.Handler(other.URL + "/bucket/")
	bucket.HandleFunc("/bucket/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && s.sent.Add(1) == s.held {
			hold(r)
		}
		stored.ServeHTTP(w, r)
		if r.Method == http.MethodPut {
			s.arrived.Add(1)
		}
	})

	h, err := upload.New(s.store, upload.Types("image/png", "text/plain"), upload.AllowAnonymous,
		&upload.Options{MaxFileSize: 32 << 20, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	handler, err := uppy.New(p, &uppy.Options{
		Endpoint: app.URL + "/uppy",
		Location: func(f upload.File) string { return app.URL + "/files/" + f.Key },
		Published: func(_ *http.Request, f upload.File) error {
			if s.published == nil {
				return nil
			}
			return s.published(f)
		},
	})
	require.NoError(t, err)
	mux.Handle("/uppy/", handler)
	serve(mux, "/page.js", "text/javascript", script.js)
	serve(mux, "/page.css", "text/css", script.css)
	serve(mux, "/{$}", "text/html; charset=utf-8", []byte(`<!doctype html><title>Upload</title>
<link rel=stylesheet href=/page.css><div id=uppy></div><script src=/page.js></script>`))

	s.Page = b.Open(t, app.URL+"/?endpoint="+url.QueryEscape(versions[version])+query)
	return s
}

func serve(mux *http.ServeMux, path, mediaType string, content []byte) {
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(content)
	})
}

// outcome is what Uppy has told its page.
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

func (s *site) read(t *testing.T, key string) string {
	t.Helper()
	r, _, err := s.store.Open(t.Context(), key)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(b)
}

// shows waits until the text is there, or the hint at something that has it.
func (s *site) shows(text string) {
	s.Await(`document.querySelector('#uppy').innerHTML.includes(` + strconv.Quote(text) + `)`)
}

// TestUppy: files of one part, of several, and in a single request are checked
// and published, with no code in the page but the size.
func TestUppy(t *testing.T) {
	large := strings.Repeat("0123456789abcde\n", (11<<20)/16)
	rows := map[string]struct{ query, content string }{
		"small":          {"", "hello, this is a text"},
		"several parts":  {"", large},
		"single request": {"&whole", "hello, this is a text"},
	}
	b := chromium.Start(t)
	for version := range versions {
		for name, row := range rows {
			t.Run(version+" "+name, func(t *testing.T) {
				s := newSite(t, b, version, row.query)
				o := s.upload("notes.txt", row.content)
				require.Empty(t, o.Failed)
				require.Len(t, o.Success, 1)
				keys := s.store.Keys()
				require.Len(t, keys, 1)
				require.Equal(t, row.content, s.read(t, keys[0]))
				if name == "several parts" {
					require.Equal(t, keys[0], o.Success[0].Key)
					require.True(t, strings.HasSuffix(o.Success[0].UploadURL, "/files/"+keys[0]))
				}
				s.shows("Complete")
				s.Screenshot(version + "-" + strings.ReplaceAll(name, " ", "-"))
			})
		}
	}
}

// TestUppyRefused: a page that calls itself a picture is not published, and the
// user is told that the upload failed, by Uppy 5 also why.
func TestUppyRefused(t *testing.T) {
	rows := map[string]struct{ query, name, content, reason string }{
		"in a part":        {"", "cat.png", strings.Repeat(html, 150_000), "the content is text/html"},
		"in one request":   {"&whole", "cat.png", html, ""},
		"by its name":      {"", "cat.exe", strings.Repeat("a", 6<<20), "not accepted"},
		"without its size": {"&sizeless", "cat.png", strings.Repeat("a", 6<<20), "size"},
	}
	b := chromium.Start(t)
	for version := range versions {
		for name, row := range rows {
			t.Run(version+" "+name, func(t *testing.T) {
				s := newSite(t, b, version, row.query)
				o := s.upload(row.name, row.content)
				require.Empty(t, o.Success)
				require.Len(t, o.Failed, 1)
				require.Empty(t, s.store.Keys())
				s.shows("Upload failed")
				if version == "uppy5" {
					s.shows(row.reason)
				}
				s.Screenshot(version + "-refused-" + strings.ReplaceAll(name, " ", "-"))
			})
		}
	}
}

// TestUppyResumes: of a file whose upload was paused, what has arrived is not sent
// again, and the file is whole.
func TestUppyResumes(t *testing.T) {
	content := strings.Repeat("0123456789abcde\n", (11<<20)/16)
	b := chromium.Start(t)
	for version, arriving := range map[string]int32{"uppy5": 2, "uppy6": 1} { // 5 sends parts side by side
		t.Run(version, func(t *testing.T) {
			s := newSite(t, b, version, "")
			s.held = 2
			s.Choose(fileInput, "notes.txt", content)
			s.Click(uploadButton)
			awaits(t, &s.arrived, arriving)
			awaits(t, &s.sent, arriving+1)
			s.Value(`uppy.pauseAll()`, nil)
			s.shows("Paused")
			s.Screenshot(version + "-paused")
			s.Value(`uppy.resumeAll()`, nil)
			require.Empty(t, s.end().Failed)
			require.EqualValues(t, 3, s.arrived.Load())
			require.Len(t, s.store.Keys(), 1)
			require.Equal(t, content, s.read(t, s.store.Keys()[0]))
		})
	}
}

// TestUppyCancels: of an upload that the user cancels nothing stays.
func TestUppyCancels(t *testing.T) {
	b := chromium.Start(t)
	for version := range versions {
		t.Run(version, func(t *testing.T) {
			s := newSite(t, b, version, "")
			s.held = 2
			s.Choose(fileInput, "notes.txt", strings.Repeat("a", 11<<20))
			s.Click(uploadButton)
			awaits(t, &s.arrived, 1)
			awaits(t, &s.sent, 2)
			require.NotZero(t, s.store.Used())
			s.Value(`uppy.cancelAll()`, nil)
			require.Eventually(t, func() bool { return s.store.Used() == 0 }, time.Minute, 10*time.Millisecond)
		})
	}
}

// TestUppyRetries: when the application could not take a file, the user's second
// try does not send it again.
func TestUppyRetries(t *testing.T) {
	s := newSite(t, chromium.Start(t), "uppy6", "") // Uppy 5 aborts after any error, and begins anew
	var tries atomic.Int32
	s.published = func(upload.File) error {
		if tries.Add(1) == 1 {
			return errors.New("the database is down")
		}
		return nil
	}
	require.Len(t, s.upload("notes.txt", strings.Repeat("a", 6<<20)).Failed, 1)
	s.Value(`seen.failed = []`, nil)
	s.Click(".uppy-StatusBar-actionBtn--retry")
	o := s.end()
	require.Empty(t, o.Failed)
	require.Equal(t, s.store.Keys(), []string{o.Success[0].Key})
	require.EqualValues(t, 2, s.sent.Load())
}
