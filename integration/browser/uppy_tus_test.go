package browser

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
)

// uppyTus opens a page of Uppy whose files go to the resumable door in requests of so many bytes,
// 0 for one.
func uppyTus(t *testing.T, b *chromium.Browser, open openPlace, version string, chunk int) (*tusSite, *site) {
	t.Helper()
	s := newTusSite(t, version, open, upload.ResumeOptions{})
	return s, &site{Page: b.Open(t, fmt.Sprint(s.url, "/?tus=", chunk)), store: s.store}
}

// TestUppyTus sends files through cuts, with a pause, and again after a reload.
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

// TestUppyTusPauses pauses an upload between two requests, and goes on.
func TestUppyTusPauses(t *testing.T) {
	content := lines(1 << 20)
	b := browsers.Fresh(t)
	everywhere(t, map[string]openPlace{"memory": openMemory}, "", func(t *testing.T, version string, open openPlace) {
		s, page := uppyTus(t, b, open, version, 100_000)
		page.Value(`uppy.once('upload-progress', () => { uppy.pauseAll(); answer = 'paused' }), answer = ''`, nil)
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

// TestUppyTusRefused checks that the page learns why a file is refused, and that nothing is left of it.
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
		page.Value(`uppy.once('upload-progress', () => { uppy.pauseAll(); answer = 'paused' }), answer = ''`, nil)
		page.Choose(fileInput, "notes.txt", lines(1<<20))
		page.Click(uploadButton)
		page.Await(`answer`)
		page.Value(`uppy.cancelAll()`, nil)
		require.Eventually(t, func() bool { _, pieces := s.published(t); return pieces == 0 }, 3*time.Minute, 10*time.Millisecond)
		files, _ := s.published(t)
		require.Empty(t, files)
	})
}
