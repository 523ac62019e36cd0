package browser

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestUppy checks that files of one part, of several, and in a single request are checked and
// published. The page's own code only adds the size to the metadata of a file.
func TestUppy(t *testing.T) {
	large := strings.Repeat("0123456789abcde\n", (6<<20)/16)
	rows := map[string]struct{ query, content string }{
		"small":          {"", "hello, this is a text"},
		"several parts":  {"", large},
		"single request": {"&whole", "hello, this is a text"},
	}
	b := browsers.Fresh(t)
	for name, row := range rows {
		everywhere(t, places, name, func(t *testing.T, version string, open openPlace) {
			s := newSite(t, b, open, version, row.query)
			o := s.upload("notes.txt", row.content)
			require.Empty(t, o.Failed)
			require.Len(t, o.Success, 1)
			key := s.requireOne(t, row.content)
			if name == "several parts" {
				require.Equal(t, key, o.Success[0].Key)
				require.True(t, strings.HasSuffix(o.Success[0].UploadURL, "/files/"+key))
			}
			s.shows("Complete")
			s.Screenshot(t.Name())
		})
	}
}

// TestUppyRefused checks that a page named like a picture, a type that is not accepted, and an
// upload without its size are not published. The user sees that the upload failed and, in Uppy 5
// except for single requests, why.
func TestUppyRefused(t *testing.T) {
	rows := map[string]struct{ query, name, content, reason string }{
		"in a part":        {"", "cat.png", strings.Repeat(html, 150_000), "does not fit its name"},
		"in one request":   {"&whole", "cat.png", html, ""},
		"by its name":      {"", "cat.exe", strings.Repeat("a", 6<<20), "not accepted"},
		"without its size": {"&sizeless", "cat.png", strings.Repeat("a", 6<<20), "could not be read"},
	}
	b := browsers.Fresh(t)
	for name, row := range rows {
		everywhere(t, places, name, func(t *testing.T, version string, open openPlace) {
			s := newSite(t, b, open, version, row.query)
			o := s.upload(row.name, row.content)
			require.Empty(t, o.Success)
			require.Len(t, o.Failed, 1)
			require.Empty(t, s.store.keys(t))
			require.Zero(t, s.store.unfinished(t))
			s.shows("Upload failed")
			if version == "uppy5" {
				s.shows(row.reason)
			}
			s.Screenshot(t.Name())
		})
	}
}

// TestUppyResumes pauses an upload. The parts that have arrived are not sent again, and the file is
// whole.
func TestUppyResumes(t *testing.T) {
	content := strings.Repeat("0123456789abcde\n", (11<<20)/16)
	b := browsers.Fresh(t)
	everywhere(t, exactPlaces(), "", func(t *testing.T, version string, open openPlace) {
		arriving := map[string]int32{"uppy5": 2, "uppy6": 1}[version] // 5 sends parts side by side
		s := newSite(t, b, open, version, "")
		s.held = 2
		s.Choose(fileInput, "notes.txt", content)
		s.Click(uploadButton)
		awaits(t, &s.arrived, arriving)
		awaits(t, &s.sent, arriving+1)
		s.Value(`uppy.pauseAll()`, nil)
		s.shows("Paused")
		s.Screenshot(t.Name())
		s.Value(`uppy.resumeAll()`, nil)
		require.Empty(t, s.end().Failed)
		require.EqualValues(t, 3, s.arrived.Load())
		s.requireOne(t, content)
	})
}

// TestUppyCancels checks that nothing stays of an upload that the user cancels.
func TestUppyCancels(t *testing.T) {
	b := browsers.Fresh(t)
	everywhere(t, exactPlaces(), "", func(t *testing.T, version string, open openPlace) {
		s := newSite(t, b, open, version, "")
		s.held = 2
		s.Choose(fileInput, "notes.txt", strings.Repeat("a", 11<<20))
		s.Click(uploadButton)
		awaits(t, &s.arrived, 1)
		awaits(t, &s.sent, 2)
		require.NotZero(t, s.store.unfinished(t))
		s.Value(`uppy.cancelAll()`, nil)
		require.Eventually(t, func() bool { return s.store.unfinished(t) == 0 }, 3*time.Minute, 10*time.Millisecond)
		require.Empty(t, s.store.keys(t))
	})
}

// TestUppyRetries checks that after an error of the application the user's second try does not send
// the file again.
func TestUppyRetries(t *testing.T) {
	b := browsers.Fresh(t)
	for where, open := range places {
		t.Run(where, func(t *testing.T) {
			s := newSite(t, b, open, "uppy6", "") // Uppy 5 aborts after any error, and starts over
			var tries atomic.Int32
			s.published = func(upload.File) error {
				if tries.Add(1) == 1 {
					return errors.New("the database is down")
				}
				return nil
			}
			content := strings.Repeat("a", 6<<20)
			require.Len(t, s.upload("notes.txt", content).Failed, 1)
			s.Value(`seen.failed = []`, nil)
			s.Click(".uppy-StatusBar-actionBtn--retry")
			o := s.end()
			require.Empty(t, o.Failed)
			require.Equal(t, s.requireOne(t, content), o.Success[0].Key)
			require.EqualValues(t, 2, s.sent.Load())
		})
	}
}
