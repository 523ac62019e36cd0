// Package chromium opens pages in a headless Chromium, for tests of what users see. It saves
// pictures of them if UPLOAD_TEST_SCREENSHOTS names a folder.
package chromium

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/program"
)

// timeout limits the actions of each call of [Page.Do]. It is long, for slow machines.
const timeout = 3 * time.Minute

// Browser is a running browser.
type Browser struct{ ctx context.Context }

// Start starts a browser, which ends with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	ctx, stop, err := start(t.Context(), find(t))
	t.Cleanup(stop)
	require.NoError(t, err)
	return &Browser{ctx}
}

// Kill ends the browser at once, as a dead battery does. Nothing of it can be used afterwards.
func (b *Browser) Kill() error {
	return chromedp.FromContext(b.ctx).Browser.Process().Kill()
}

func find(t testing.TB) (path string) {
	t.Helper()
	return program.Find(t, "chromium", "chromium-browser", "google-chrome")
}

func start(ctx context.Context, path string) (_ context.Context, stop func(), _ error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // root needs it, and the pages are our own
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("enable-blink-features", "CanvasGlobalHDRHeadroom"), // to see gain maps without a screen for them
		chromedp.WindowSize(900, 700),
	)
	allocated, end := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
	ctx, _ = chromedp.NewContext(allocated, chromedp.WithErrorf(func(string, ...any) {})) // chromedp logs events that are newer than it
	return ctx, func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has ended
		end()
	}, chromedp.Run(ctx)
}

// Page is an open page. All pages of a browser share their cookies. Only the goroutine of its test
// may use it.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	console []string
}

// Open opens url until the test ends. After a failed test it logs the page's console.
func (b *Browser) Open(t testing.TB, url string) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	p := &Page{t: t, ctx: ctx}
	t.Cleanup(func() {
		if t.Failed() {
			p.logConsole()
		}
		cancel()
	})
	chromedp.ListenTarget(ctx, p.event)
	p.Do(page.Enable(), runtime.Enable(), chromedp.Navigate(url))
	return p
}

func (p *Page) event(event any) {
	line := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		for _, arg := range e.Args {
			line += fmt.Sprintf(" %s%s", arg.Value, arg.Description)
		}
	case *runtime.EventExceptionThrown:
		line = e.ExceptionDetails.Error()
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.console = append(p.console, line)
}

func (p *Page) logConsole() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t.Logf("console of the page:\n%s", strings.Join(p.console, "\n"))
}

// Do runs actions of chromedp, which must not take longer than timeout.
func (p *Page) Do(actions ...chromedp.Action) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Run(p.ctx)) // opens the page, which must outlive the timeout
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	require.NoError(p.t, chromedp.Run(ctx, actions...))
}

// Choose chooses a new file in the file input that matches selector.
func (p *Page) Choose(selector, name, content string) {
	p.t.Helper()
	p.Do(chromedp.SetUploadFiles(selector, []string{p.file(name, content)}, chromedp.ByQuery))
}

// ChooseIn chooses a new file in the file input that is the value of the JavaScript expression, for
// example in a shadow tree.
func (p *Page) ChooseIn(expression, name, content string) {
	p.t.Helper()
	p.Do(chromedp.SetUploadFiles(expression, []string{p.file(name, content)}, chromedp.ByJSPath))
}

func (p *Page) file(name, content string) (path string) {
	p.t.Helper()
	path = filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// Click clicks the element that matches selector, once it is visible.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Do(chromedp.Click(selector, chromedp.ByQuery))
}

// Await waits until the JavaScript expression is true. While the browser leaves a page, the script
// context of that page ends: Await then goes on in the next one.
func (p *Page) Await(expression string) {
	p.t.Helper()
	poll := chromedp.Poll(expression, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(timeout))
	p.Do(chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			err := poll.Do(ctx)
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Cannot find context") {
				return err
			}
		}
	}))
}

// Value decodes the JavaScript expression's value into v.
func (p *Page) Value(expression string, v any) {
	p.t.Helper()
	p.Do(chromedp.Evaluate(expression, v))
}

// unfit are characters that file names should not have.
var unfit = regexp.MustCompile(`[^\w.]+`)

// Screenshot saves a picture of the whole page under that name, which may be a test's, if
// UPLOAD_TEST_SCREENSHOTS is set.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv("UPLOAD_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	p.Do(chromedp.Sleep(500*time.Millisecond), chromedp.FullScreenshot(&png, 100)) // after animations; 100 makes a PNG
	path := filepath.Join(dir, unfit.ReplaceAllString(name, "-")+".png")
	require.NoError(p.t, os.WriteFile(path, png, 0o600))
}

// WithoutScript opens url with JavaScript turned off, also for the pages that follow.
func (p *Page) WithoutScript(url string) {
	p.t.Helper()
	p.Do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(url))
}
