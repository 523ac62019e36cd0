package browser

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUppyPlugin: with the module's plugin a page needs no code of its own for sizes and parts.
func TestUppyPlugin(t *testing.T) {
	b := browsers.Fresh(t)
	for version := range versions {
		for query, content := range map[string]string{"": strings.Repeat("0123456789abcde\n", (6<<20)/16), "&xhr": "hello"} {
			t.Run(version+query, func(t *testing.T) {
				s := newSite(t, b, openMemory, version, "&plugin"+query)
				o := s.upload("notes.txt", content)
				require.Empty(t, o.Failed)
				require.Len(t, o.Success, 1)
				s.requireOne(t, content)
			})
		}
	}
}

// TestUppyPluginRefused: people see the server's reason, in Uppy 6 also in German. A file that
// was refused for good is not sent again, neither by Uppy itself nor by its button.
func TestUppyPluginRefused(t *testing.T) {
	const (
		unknown = "Files of this type are not accepted. Send PNG or plain text (.txt)."
		content = "What is in the file does not fit its name."
		german  = "Der Inhalt der Datei passt nicht zu ihrem Namen."
	)
	b := browsers.Fresh(t)
	for version := range versions {
		rows := map[string]struct{ query, name, content, says string }{
			"by its name":      {"", "cat.exe", strings.Repeat("a", 6<<20), unknown},
			"in a part":        {"", "cat.png", strings.Repeat(html, 150_000), content},
			"through a server": {"&xhr", "cat.png", html, "HTML files are not accepted. Send PNG or plain text (.txt)."},
		}
		if version == "uppy6" { // 5 shows the server's own sentence
			rows["in German"] = struct{ query, name, content, says string }{"&lang=de", "cat.png", html, german}
		}
		for name, row := range rows {
			t.Run(version+" "+name, func(t *testing.T) {
				s := newSite(t, b, openMemory, version, "&plugin"+row.query)
				o := s.upload(row.name, row.content)
				require.Empty(t, o.Success)
				require.Equal(t, []string{row.says}, o.Failed)
				s.shows(row.name + ": " + row.says)
				s.Screenshot(t.Name())
				sent, steps := s.sent.Load(), s.steps.Load()
				s.Await(`seen.complete > 0`) // before that Uppy forgets a retry
				s.Value(`seen.failed = []`, nil)
				s.Click(".uppy-StatusBar-actionBtn--retry")
				require.Equal(t, []string{row.says}, s.end().Failed)
				require.Equal(t, sent, s.sent.Load())
				require.Equal(t, steps, s.steps.Load())
				if row.query == "&xhr" {
					require.EqualValues(t, 1, steps)
				}
			})
		}
	}
}
