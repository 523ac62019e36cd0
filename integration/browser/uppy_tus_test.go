package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/internal/rounds"
)

// uppyTus opens a page of Uppy whose files go to the resumable door in requests of chunk bytes, or
// in a single request if chunk is 0.
func uppyTus(t *testing.T, b *chromium.Browser, open openPlace, version string, chunk int) (*tusSite, *site) {
	t.Helper()
	return uppyTusFor(t, b, open, version, chunk, 0)
}

// uppyTusFor is uppyTus with the given ResumeOptions.Expires.
func uppyTusFor(t *testing.T, b *chromium.Browser, open openPlace, version string, chunk int, expires time.Duration) (*tusSite, *site) {
	t.Helper()
	s := newTusSite(t, version, open, upload.ResumeOptions{Expires: expires})
	return s, &site{Page: b.Open(t, fmt.Sprint(s.url, "/?tus=", chunk)), store: s.store}
}

// pausesOnce pauses the upload once bytes are on their way. Uppy reports progress of 0 bytes before
// it sends the first PATCH. After a pause then, tus-js-client sends that PATCH all the same, and
// Chromium sends it without the header fields that the pause has cleared. Its 412 ends the upload
// if it arrives only after the user goes on.
const pausesOnce = `uppy.on('upload-progress', (file, p) => {
	if (!answer && p.bytesUploaded > 0) { uppy.pauseAll(); answer = 'paused' }
}), answer = ''`

// TestUppyTus sends a file over connections that are reset after 200,000 bytes.
func TestUppyTus(t *testing.T) {
	content := lines(1 << 20)
	b := browsers.Fresh(t)
	everywhere(t, places, "", func(t *testing.T, version string, open openPlace) {
		s, page := uppyTus(t, b, open, version, 0)
		s.cut.Store(200_000)
		require.Empty(t, page.upload("notes.txt", content).Failed)
		s.cut.Store(0)
		s.requireOne(t, content)
		page.shows("Complete")
		page.Screenshot(t.Name())
	})
}

// TestUppyTusPauses pauses an upload of which bytes are on their way, and goes on.
func TestUppyTusPauses(t *testing.T) {
	content := lines(1 << 20)
	b := browsers.Fresh(t)
	everywhere(t, map[string]openPlace{"memory": openMemory}, "", func(t *testing.T, version string, open openPlace) {
		s, page := uppyTus(t, b, open, version, 100_000)
		page.Value(pausesOnce, nil)
		page.Choose(fileInput, "notes.txt", content)
		page.Click(uploadButton)
		page.Await(`answer`)
		page.shows("Paused")
		require.Zero(t, s.done.Load())
		page.Value(`uppy.resumeAll()`, nil)
		require.Empty(t, page.end().Failed)
		s.requireOne(t, content)
		require.LessOrEqual(t, s.sent.Load(), int64(len(content)+200_000))
	})
}

// TestUppyTusRefused checks that the page learns why a file is refused, and that nothing is left of
// it.
func TestUppyTusRefused(t *testing.T) {
	b := browsers.Fresh(t)
	for name, row := range map[string]struct {
		file, content string
		code          upload.Code
	}{
		"name":    {"cat.exe", "MZ", upload.CodeTypeNotAllowed},
		"head":    {"cat.txt", strings.Repeat(html, 50_000), upload.CodeTypeMismatch},
		"content": {"cat.csv", strings.Repeat("1,2\n", 50_000) + "=cmd|' /C calc'!A0\n", upload.CodeActiveContent},
	} {
		everywhere(t, map[string]openPlace{"memory": openMemory}, name, func(t *testing.T, version string, open openPlace) {
			s, page := uppyTus(t, b, open, version, 0)
			require.Len(t, page.upload(row.file, row.content).Failed, 1)
			var reasons []string
			page.Value(`seen.reasons`, &reasons)
			var problem struct{ Code, Detail string }
			require.NoError(t, json.Unmarshal([]byte(reasons[0]), &problem))
			require.EqualValues(t, row.code, problem.Code)
			require.NotEmpty(t, problem.Detail)
			s.requireNone(t)
			page.shows("Upload failed")
		})
	}
}

// TestUppyTusCancels checks that nothing stays of an upload that the user cancels.
func TestUppyTusCancels(t *testing.T) {
	b := browsers.Fresh(t)
	everywhere(t, map[string]openPlace{"memory": openMemory}, "", func(t *testing.T, version string, open openPlace) {
		s, page := uppyTus(t, b, open, version, 100_000)
		page.Value(pausesOnce, nil)
		page.Choose(fileInput, "notes.txt", lines(1<<20))
		page.Click(uploadButton)
		page.Await(`answer`)
		page.Value(`uppy.cancelAll()`, nil)
		require.Eventually(t, func() bool { _, pieces := s.published(t); return pieces == 0 }, 3*time.Minute, 10*time.Millisecond)
		files, _ := s.published(t)
		require.Empty(t, files)
	})
}

// TestUppyTusReloads reloads the page in the middle of an upload. When the user chooses the same
// file again, the upload goes on where it was. In long runs, it has also been deleted meanwhile, or
// has expired: then it begins again.
func TestUppyTusReloads(t *testing.T) {
	const size, chunk = 1 << 20, 100_000
	content := lines(size)
	b := browsers.Fresh(t)
	for _, meanwhile := range []string{"", "DELETE", "expires"}[:rounds.Of(1, 3)] {
		everywhere(t, map[string]openPlace{"memory": openMemory}, meanwhile, func(t *testing.T, version string, open openPlace) {
			s, page := uppyTusFor(t, b, open, version, chunk, time.Second)
			path := filepath.Join(t.TempDir(), "notes.txt")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			chooses := func() {
				page.Do(chromedp.SetUploadFiles(fileInput, []string{path}, chromedp.ByQuery))
				page.Click(uploadButton)
			}
			page.Value(`uppy.on('upload-progress', (file, p) => {
				if (p.bytesUploaded > 500_000) { uppy.pauseAll(); answer = uppy.getFile(file.id).tus.uploadUrl }
			}), answer = ''`, nil)
			chooses()
			page.Await(`answer`)
			u := sending{page.Page, fmt.Sprintf(`{ address: () => %q }`, valueOf(page, `answer`))}
			require.Zero(t, s.done.Load())
			page.Do(chromedp.Reload())
			page.Await(`window.uppy`)
			if meanwhile == "DELETE" {
				require.Equal(t, http.StatusNoContent, s.asks(u, meanwhile))
			}
			for meanwhile != "" && s.asks(u, http.MethodHead) != http.StatusGone {
				time.Sleep(50 * time.Millisecond)
			}
			before := s.sent.Load()
			chooses()
			require.Empty(t, page.end().Failed)
			files, _ := s.published(t)
			require.Len(t, files, 1)
			require.True(t, holds(t, s.store, files[0], content), "what is stored is not what was sent")
			if again := s.sent.Load() - before; meanwhile == "" {
				require.LessOrEqual(t, again, int64(size-500_000+2*chunk))
			} else {
				require.EqualValues(t, size, again)
			}
		})
	}
}

// valueOf returns the value of a JavaScript expression.
func valueOf(s *site, expression string) (value string) {
	s.Value(expression, &value)
	return value
}
