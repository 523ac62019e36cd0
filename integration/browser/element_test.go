package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
)

// elementPage has the element in a form, as an application has it.
const elementPage = `<!doctype html><html lang="en"><title>element</title><script type="module" src="/module/%s"></script>
<form><fieldset><upload-files id="uploader" name="attachment" required multiple max-files="5" url="/upload" accept="image/png,text/plain" max-size="1000"></upload-files></fieldset></form>`

// newElement opens a page with the element in a form.
func newElement(t *testing.T) *moduleSite {
	t.Helper()
	s := newModuleSite(t, browsers.Fresh(t), openMemory)
	s.Do(chromedp.Navigate(s.origin + "/element"))
	s.Await(picker + ` != null`)
	return s
}

// texts returns the rows' states and texts.
func texts(p *chromium.Page) (all []string) {
	var rows []row
	p.Value(rowsOf, &rows)
	for _, r := range rows {
		all = append(all, r.State+": "+r.Status)
	}
	return all
}

// TestElementInForm: the value in a form is the keys of stored files. The element says why the form
// cannot be sent without a file, or before one is stored. A reset empties the element.
func TestElementInForm(t *testing.T) {
	s := newElement(t)
	type value struct {
		Keys  []string
		Valid bool
		Says  string
	}
	form := func() (state value) {
		s.Value(`(() => { const u = document.querySelector("#uploader"), f = u.form
			return { keys: new FormData(f).getAll("attachment"), valid: f.checkValidity(), says: u.validationMessage } })()`, &state)
		return state
	}
	require.Equal(t, "Please choose a file.", form().Says)
	for _, name := range []string{"a.txt", "b.txt"} {
		s.ChooseIn(picker, name, "hello")
		s.Await(rowsOf + `.at(-1)?.state === "stored"`)
	}
	require.ElementsMatch(t, s.store.keys(t), form().Keys)
	require.True(t, form().Valid)

	s.ChooseIn(picker, "cat.png", html)
	s.Await(rowsOf + `.at(-1)?.state === "refused"`)
	require.True(t, form().Valid, "the person has the reason, and what is stored can be sent")
	require.Len(t, form().Keys, 2)

	s.busy.Store(1)
	s.ChooseIn(picker, "c.txt", "hello")
	s.Await(rowsOf + `.at(-1)?.state === "retrying"`)
	require.Equal(t, "Please wait until the files are sent.", form().Says)
	require.Regexp(t, `^retrying: Too many uploads are under way\. Try again shortly\. Trying again in (2 seconds|one second)\.$`, texts(s.Page)[3])
	s.Await(rowsOf + `.at(-1)?.state === "stored"`)
	require.Len(t, form().Keys, 3)

	s.Do(chromedp.Evaluate(`document.querySelector("form").reset()`, nil))
	require.Empty(t, form().Keys)
	require.Empty(t, texts(s.Page))
	s.Do(chromedp.Evaluate(`document.querySelector("fieldset").disabled = true`, nil))
	s.Await(picker + `.disabled`)
}

// TestElementLimits: the element does not send files beyond its limits, and says so.
func TestElementLimits(t *testing.T) {
	s := newElement(t)
	s.Do(chromedp.Evaluate(`document.querySelector("#uploader").addEventListener("refused", (e) => { window.why = e.detail.error })`, nil))
	s.ChooseIn(picker, "large.txt", strings.Repeat("a", 1001))
	s.Await(rowsOf + `.length === 1`)
	require.Equal(t, []string{"refused: The file is larger than 1000 bytes. Choose a smaller one."}, texts(s.Page))
	var why string
	s.Value("`${why}`", &why)
	require.Equal(t, "UploadError: The file is larger than 1000 bytes. Choose a smaller one.", why)
	s.Do(chromedp.Evaluate(`document.querySelector("#uploader").add(Array.from({ length: 9 }, (_, i) => new File(["x"], i + ".txt")))`, nil))
	s.Await(rowsOf + `.filter((r) => r.state === "stored").length === 5`) // a refused file does not count
	var notice string
	s.Value(element+`.querySelector("#notice").textContent`, &notice)
	require.Equal(t, "At most 5 files: the rest was left out.", notice)
	require.Len(t, s.store.keys(t), 5)
	s.Do(chromedp.Evaluate(`document.querySelector("#uploader").setAttribute("max-size", "2097152")`, nil))
	s.Value(element+`.querySelector("#hint").textContent`, &notice)
	require.Equal(t, "Accepted: PNG or plain text (.txt), up to 2 MB.", notice)
}

// TestElementRetries: after a failure the person tries again, and after a cancel, too.
func TestElementRetries(t *testing.T) {
	s := newElement(t)
	s.Do(chromedp.Evaluate(`(() => {
		const real = XMLHttpRequest.prototype.send
		XMLHttpRequest.prototype.send = function () { this.upload.onprogress({ loaded: 1, total: 1 }); this.onerror(); this.onloadend() }
		window.mend = () => { XMLHttpRequest.prototype.send = real }
	})()`, nil))
	s.ChooseIn(picker, "a.txt", "hello")
	s.ChooseIn(picker, "b.txt", "hello")
	s.Await(rowsOf + `.filter((r) => r.state === "failed").length === 2`)
	require.Equal(t, "failed: The connection was lost before the answer came, so the file may be stored or not.", texts(s.Page)[0])
	s.Screenshot(t.Name())
	s.Do(chromedp.Evaluate(`mend()`, nil))
	s.Do(chromedp.Evaluate(element+`.querySelector("#summary button:not([hidden])").click()`, nil)) // tries all again
	s.Await(rowsOf + `.filter((r) => r.state === "stored").length === 2`)

	s.busy.Store(1)
	s.ChooseIn(picker, "c.txt", "hello")
	s.Await(rowsOf + `.at(-1)?.state === "retrying"`)
	s.Do(chromedp.Evaluate(element+`.querySelector("li:last-child button:last-child").click()`, nil))
	require.Equal(t, "cancelled: Cancelled", texts(s.Page)[2])
	s.Do(chromedp.Evaluate(element+`.querySelector("li:last-child button:first-child").click()`, nil))
	s.Await(rowsOf + `.at(-1)?.state === "stored"`)
}

// TestElementKeyboard: the picker and the buttons can be reached by keys, a key dismisses a row,
// and the focus is not lost with it.
func TestElementKeyboard(t *testing.T) {
	s := newElement(t)
	for _, name := range []string{"a.txt", "b.txt"} {
		s.ChooseIn(picker, name, "hello")
		s.Await(rowsOf + `.at(-1)?.state === "stored"`)
	}
	focused := func() (name string) {
		s.Value(`(() => { const e = `+element+`.activeElement; return e?.ariaLabel ?? e?.textContent ?? "" })()`, &name)
		return name
	}
	s.Do(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	var order []string
	for range 4 {
		s.Do(chromedp.KeyEvent(kb.Tab))
		order = append(order, focused())
	}
	require.Equal(t, []string{"", "Clear finished", "Dismiss: a.txt", "Dismiss: b.txt"}, order)
	s.Do(chromedp.KeyEvent(kb.Enter))
	require.Equal(t, "Dismiss: a.txt", focused())
	s.Do(chromedp.KeyEvent(kb.Enter))
	require.Empty(t, texts(s.Page))
	var id string
	s.Value(element+`.activeElement?.id ?? ""`, &id)
	require.Equal(t, "picker", id)
}

// TestPasteAndFolders: on the example's page files can be pasted, and folders dropped.
func TestPasteAndFolders(t *testing.T) {
	p := browsers.Fresh(t).Open(t, startExample(t))
	p.Await(picker + ` != null`)
	p.Do(chromedp.Evaluate(`(() => {
		const clipboardData = new DataTransfer()
		clipboardData.items.add(new File(["hello"], "pasted.txt", { type: "text/plain" }))
		document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))
	})()`, nil))
	p.Await(rowsOf + `.at(-1)?.state === "stored"`)

	folder := filepath.Join(t.TempDir(), "holiday")
	for _, name := range []string{"one.txt", "deep/two.txt", "deep/deeper/three.txt", ".DS_Store", "deep/.hidden"} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("hello"), 0o600))
	}
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.Mkdir(empty, 0o700))
	drop(p, folder)
	p.Await(rowsOf + `.filter((r) => r.state === "stored").length === 4`)
	var names []string
	p.Value(`[...`+element+`.querySelectorAll(".name")].map((e) => e.textContent)`, &names)
	require.ElementsMatch(t, []string{"pasted.txt", "one.txt", "two.txt", "three.txt"}, names)
	drop(p, empty)
	p.Await(element + `.querySelector("#notice").textContent === "No file was found."`)
	p.Screenshot(t.Name())
}

// drop drops a file or a folder in the page, 300 pixels from its left and its top.
func drop(p *chromium.Page, path string) {
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{input.DragEnter, input.DragOver, input.Drop} {
		p.Do(input.DispatchDragEvent(step, 300, 300, data))
	}
}

// TestNoScript: without JavaScript the plain form is there, and the page names the file that was
// chosen last.
func TestNoScript(t *testing.T) {
	p := browsers.Fresh(t).Open(t, "about:blank")
	url := startExample(t)
	p.WithoutScript(url)
	for _, name := range []string{"first.txt", "second.txt"} {
		p.Choose("#plain-files", name, "hello")
	}
	p.Click("#plain button")
	p.Do(chromedp.WaitVisible(".message.stored", chromedp.ByQuery))
	var shown string
	p.Do(chromedp.Text(".shown", &shown, chromedp.ByQuery))
	require.Contains(t, shown, "second.txt", fmt.Sprint(shown))
	p.Screenshot(t.Name())
}
