package browser

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
)

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
