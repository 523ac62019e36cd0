package browser

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/npm"
	"github.com/airlock-go/upload/integration/internal/program"
)

// axe returns the script of axe-core, which finds what keeps people from using a page.
func axe(t *testing.T) string {
	t.Helper()
	path := program.Find(t, "npm")
	pinned, err := fs.Sub(testdata, "testdata/axe")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, npm.Install(path, dir, pinned))
	script, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js"))
	require.NoError(t, err)
	return string(script)
}

// smallTargets is an expression that lists what can be touched and is less than 44 pixels high or
// wide. It leaves out radio buttons and the hidden file input: people touch their labels and
// buttons.
const smallTargets = `[document, ` + element + `].flatMap((root) => [...root.querySelectorAll("a, button, summary, label:has(input), label.button, input:not([type=radio], .unseen)")])
	.map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0 && (r.width < 43.9 || r.height < 43.9))
	.map(([e, r]) => (e.ariaLabel || e.textContent || e.id) + " " + r.width + " x " + r.height)`

// awaited makes an evaluation wait for the promise that its expression returns.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// TestAccessible: axe-core finds nothing on the example's page, in light and dark, on a phone, and
// with forced colours. On a phone all targets are large enough, and the page fits the screen's
// width.
func TestAccessible(t *testing.T) {
	script := axe(t)
	b, url := browsers.Fresh(t), startExample(t)
	light := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "light"}
	dark := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"}
	for name, how := range map[string]struct {
		features []*emulation.MediaFeature
		width    int64
		phone    bool
	}{
		"light":         {[]*emulation.MediaFeature{light}, 900, false},
		"dark":          {[]*emulation.MediaFeature{dark}, 900, false},
		"phone":         {[]*emulation.MediaFeature{light}, 375, true},
		"dark phone":    {[]*emulation.MediaFeature{dark}, 375, true},
		"forced colors": {[]*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, dark}, 900, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, "about:blank")
			size := []chromedp.EmulateViewportOption{}
			if how.phone {
				size = append(size, chromedp.EmulateMobile, chromedp.EmulateTouch)
			}
			p.Do(page.SetBypassCSP(true), emulation.SetEmulatedMedia().WithFeatures(how.features), chromedp.EmulateViewport(how.width, 800, size...), chromedp.Navigate(url))
			p.Await(picker + ` != null`)
			p.Do(chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true })`, nil))
			require.Equal(t, "stored", uploaded(p, "a picture with quite a long name.png", text(t, client.PNG(0))).State)
			require.Equal(t, "refused", uploaded(p, "cat.pdf", text(t, client.PNG(0))).State)
			p.Do(chromedp.Evaluate(`(() => {
				const real = XMLHttpRequest.prototype.send
				XMLHttpRequest.prototype.send = function () {
					if (window.lost) { this.upload.onprogress({ loaded: 1, total: 1 }); return this.onerror() }
					this.upload.onprogress({ loaded: 40, total: 100 })
				}
				window.lost = true
			})()`, nil))
			require.Equal(t, "failed", uploaded(p, "lost.txt", "hello").State)
			p.Do(chromedp.Evaluate(`window.lost = false`, nil))
			p.ChooseIn(picker, "sending.txt", "hello")
			p.ChooseIn(picker, "cancelled.txt", "hello")
			p.Do(chromedp.Evaluate(element+`.querySelector("li:last-child button").click()`, nil))

			var found string
			p.Do(chromedp.Evaluate(script, nil), chromedp.Evaluate(`axe.run().then((r) => JSON.stringify(r.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ") + ": " + n.failureSummary) }))))`, &found, awaited))
			var violations []any
			require.NoError(t, json.Unmarshal([]byte(found), &violations))
			require.Empty(t, violations)
			if how.phone {
				var small []string
				p.Value(smallTargets, &small)
				require.Empty(t, small)
				var wide bool
				p.Value(`document.documentElement.scrollWidth > 375`, &wide)
				require.False(t, wide, "the page scrolls sideways")
			}
			p.Screenshot(t.Name())
		})
	}
}
