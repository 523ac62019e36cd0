package browser

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/web"
)

// modulePage sends files of a given size by the module, and keeps what it reports.
const modulePage = `<!doctype html><html lang="en"><title>module</title><script type="module"
src="/module/%[1]s" integrity="%[2]s"></script><input id="input" type="file"><script type="module">
import { PAUSE, upload } from "/module/%[1]s"
const fileOf = (name, size, first) => {
	const mib = new Uint8Array(1 << 20).fill(97)
	const parts = [first]
	for (let left = size - first.length; left > 0; left -= mib.length) parts.push(mib.subarray(0, Math.min(left, mib.length)))
	return new File(parts, name, { lastModified: 7 })
}
window.send = (name, size, first, options) => begin(fileOf(name, size, first), options)
window.begin = (file, options) => {
	const stop = new AbortController()
	window.seen = { end: "", code: "", message: "", states: [], first: -1, sent: 0 }
	window.cancel = (pause) => stop.abort(pause ? PAUSE : undefined)
	const onProgress = (p) => {
		if (p.state === "sending" && p.sent > 0 && seen.first < 0) seen.first = p.sent
		if (p.state === "sending") seen.sent = p.sent
		if (seen.states.at(-1) !== p.state) seen.states.push(p.state)
	}
	upload(file, { ...options, signal: stop.signal, onProgress }).then(
		(file) => { seen.end = "stored"; seen.key = file.key },
		(e) => { seen.end = e.name; seen.code = e.name === "UploadError" ? e.code : ""; seen.message = e.message })
}
</script>`

// seen is what the page has learned.
type seen struct {
	End, Key, Code, Message string
	States                  []string
	First, Sent             int64 // bytes that the first report of sent bytes and the last one named
}

// moduleSite is an application whose page has the module, and whose store has another origin.
type moduleSite struct {
	*site
	browser *chromium.Browser
	origin  string
	busy    atomic.Int32 // how many of the next requests are answered with busy
	appends atomic.Int32 // requests that append to a resumable upload
	arrives int64        // bytes of the third of them that arrive before it loses its connection
}

// modulePart is the size of parts on the site. moduleLimit is that of the largest file.
const modulePart = 5 << 20

var moduleLimit = rounds.Of(70, 220) << 20

// moduleDoors are the options of upload for each door.
var moduleDoors = map[string]string{
	"form":      `{ url: "/upload" }`,
	"raw":       `{ url: "/raw", raw: true }`,
	"direct":    `{ tickets: "/tickets/" }`,
	"resumable": `{ resumable: "/resumable/" }`,
}

func newModuleSite(t *testing.T, b *chromium.Browser, open openPlace) *moduleSite {
	t.Helper()
	inner, origin, mux := twoOrigins(t, open)
	s := &moduleSite{site: inner, origin: origin, browser: b, arrives: 20 << 20}
	h, err := upload.New(s.store, upload.Types("image/png", "text/plain"), upload.AllowAnonymous,
		&upload.Options{MaxFileSize: int64(moduleLimit), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	raw, err := h.Raw("file", nil)
	require.NoError(t, err)
	presigner, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, &upload.PresignOptions{SingleSize: modulePart, PartSize: modulePart})
	require.NoError(t, err)
	resumer, err := upload.NewResumer(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	mux.Handle("/module/", http.StripPrefix("/module", web.Handler()))
	for path, handler := range map[string]http.Handler{"/upload": h, "/raw": raw, "/tickets/": presigner, "/resumable/": resumer} {
		mux.Handle(path, s.busyAtFirst(handler))
	}
	page := fmt.Sprintf(modulePage, web.Path("upload.js"), web.Integrity("upload.js"))
	serve(mux, "/{$}", "text/html; charset=utf-8", []byte(page))
	mux.HandleFunc("GET /element", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'") // the module needs no more, except previews
		_, _ = fmt.Fprintf(w, elementPage, web.Path("upload-files.js"))
	})
	s.Page = b.Open(t, origin)
	return s
}

// busyAtFirst answers requests as busy while s.busy lasts. Later it cuts the third append, and the
// fourth if something is held.
func (s *moduleSite) busyAtFirst(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.busy.Add(-1) >= 0 {
			upload.JSON(w, r, nil, &upload.Error{Code: upload.CodeBusy, RetryAfter: 2 * time.Second})
			return
		}
		if r.Method != http.MethodPatch {
			next.ServeHTTP(w, r)
			return
		}
		switch n := s.appends.Add(1); {
		case n == 3:
			r.Body = io.NopCloser(io.LimitReader(r.Body, s.arrives))
			next.ServeHTTP(w, r)
			panic(http.ErrAbortHandler)
		case n == 4 && s.held > 0:
			r.Body = s.half(r, 8<<20)
		}
		next.ServeHTTP(w, r)
	})
}

// begin starts an upload on the page.
func (s *moduleSite) begin(name string, size int, first, options string) {
	s.Await(`window.send !== undefined`)
	s.Do(chromedp.Evaluate(fmt.Sprintf("send(%q, %d, %q, %s)", name, size, first, options), nil))
}

func (s *moduleSite) finished() (o seen) {
	s.Await(`seen.end !== ""`)
	s.Value(`seen`, &o)
	return o
}

// requireNothing waits until nothing is left in the store except the marker by which a resumable
// upload has ended, which stays until its expiry.
func (s *moduleSite) requireNothing(t *testing.T) {
	t.Helper()
	var left []string
	require.Eventually(t, func() bool {
		left = slices.DeleteFunc(s.store.keys(t), func(key string) bool { return strings.HasSuffix(key, "/0-end") })
		return len(left) == 0 && s.store.unfinished(t) == 0
	}, time.Minute, 10*time.Millisecond, "%v", &left)
}

// eachDoor runs a test of each of these doors in every place. Forms and raw bodies reach the page's
// own server, whatever it stores them in, so usual runs have them in memory alone.
func eachDoor(t *testing.T, doors map[string]string, test func(t *testing.T, s *moduleSite, options string)) {
	b := browsers.Fresh(t)
	for where, open := range places {
		for door, options := range doors {
			if where != "memory" && (door == "form" || door == "raw") && rounds.Of(1, 2) == 1 {
				continue
			}
			t.Run(door+" "+where, func(t *testing.T) { test(t, newModuleSite(t, b, open), options) })
		}
	}
}

// TestModule: each door stores small files and large ones, after it has waited for a server that
// was busy.
func TestModule(t *testing.T) {
	eachDoor(t, moduleDoors, func(t *testing.T, s *moduleSite, options string) {
		for _, size := range []int{5, rounds.Of(11, 18) << 20} {
			s.busy.Store(1)
			s.begin("notes.txt", size, "", options)
			o := s.finished()
			require.Equal(t, "stored", o.End, o.Message)
			require.Subset(t, o.States, []string{"waiting", "sending", "checking"})
			require.Contains(t, s.store.keys(t), o.Key)
			stored, err := s.store.Stat(t.Context(), o.Key)
			require.NoError(t, err)
			require.EqualValues(t, size, stored.Size)
		}
	})
}

// TestModuleRefused: the page gets the reason of a refusal, and nothing is left.
func TestModuleRefused(t *testing.T) {
	rows := map[string]struct {
		name, first string
		size        int
		code        upload.Code
		says        string
	}{
		"a page":       {"notes.txt", html, 17 << 20, upload.CodeTypeNotAllowed, "HTML files are not accepted. Send PNG or plain text (.txt)."},
		"another name": {"cat.png", "", 100, upload.CodeTypeMismatch, ""},
		"a program":    {"cat.exe", "", 100, upload.CodeTypeMismatch, ""},
		"a byte too much": {
			"notes.txt", "", moduleLimit + 1, upload.CodeTooLarge, fmt.Sprintf("The file is larger than %d MB. Choose a smaller one.", moduleLimit>>20),
		},
	}
	eachDoor(t, moduleDoors, func(t *testing.T, s *moduleSite, options string) {
		for about, row := range rows {
			s.begin(row.name, row.size, row.first, options)
			o := s.finished()
			require.Equal(t, "UploadError", o.End, about)
			if row.says != "" && o.Code == string(row.code) {
				require.Equal(t, row.says, o.Message)
			}
			if row.code == upload.CodeTooLarge {
				require.Equal(t, string(row.code), o.Code, about)
			} else { // some doors detect a wrong type by the name, others by the content
				require.Contains(t, []string{"type_mismatch", "type_not_allowed"}, o.Code, about)
			}
			require.NotRegexp(t, `\b[45]\d\d\b`, o.Message)
			s.requireNothing(t)
		}
	})
}

// TestModuleCancels: nothing stays of an upload that the page cancels.
func TestModuleCancels(t *testing.T) {
	eachDoor(t, moduleDoors, func(t *testing.T, s *moduleSite, options string) {
		s.begin("notes.txt", 50<<20, "", options)
		s.Await(`seen.sent > 4 << 20`)
		s.Do(chromedp.Evaluate(`cancel()`, nil))
		require.Equal(t, "AbortError", s.finished().End)
		s.requireNothing(t)
	})
}

// TestModuleLarge: a file of many parts survives a lost connection and a reload of the page, and is
// not sent from its beginning again.
func TestModuleLarge(t *testing.T) {
	parts := rounds.Of(13, 40)
	size := parts * modulePart
	file := filepath.Join(t.TempDir(), "large.txt")
	content := strings.Repeat("0123456789abcde\n", size/16)
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	doors := maps.Clone(moduleDoors)
	delete(doors, "form") // it starts again
	delete(doors, "raw")  // it, too
	eachDoor(t, doors, func(t *testing.T, s *moduleSite, options string) {
		s.lost, s.arrives = 5, 2<<20
		s.held = 9 // the upload does not end before the reload; the browser keeps its requests for a while
		left, leave := context.WithCancel(t.Context())
		defer leave()
		s.release = left.Done()
		begin := func() {
			s.Await(`window.begin !== undefined`)
			s.Do(chromedp.SetUploadFiles("#input", []string{file}, chromedp.ByQuery))
			s.Do(chromedp.Evaluate(`begin(document.querySelector("#input").files[0], `+options+`)`, nil))
		}
		begin()
		s.Await(fmt.Sprintf(`seen.sent >= %d`, 9*modulePart))
		s.Do(chromedp.Navigate("about:blank"))
		leave()
		before := s.arrived.Load()
		s.Page = s.browser.Open(t, s.origin)
		begin()
		o := s.finished()
		require.Equal(t, "stored", o.End, o.Message)
		require.GreaterOrEqual(t, o.First, int64(4*modulePart), "sent from the beginning")
		require.LessOrEqual(t, s.arrived.Load()-before, int32(parts-3))
		require.True(t, holds(t, s.store, o.Key, content), "what is stored is not what was sent")
		require.Eventually(t, func() bool { return s.store.unfinished(t) == 0 }, time.Minute, 10*time.Millisecond)
	})
}
