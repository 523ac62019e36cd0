package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
)

// run runs a script in the page.
func run(p *chromium.Page, script string) { p.Do(chromedp.Evaluate("{"+script+"}", nil)) }

// TestElementRemoved checks that an element that leaves the page pauses its uploads, and still has
// its files when it is back. An element that only moves pauses nothing.
func TestElementRemoved(t *testing.T) {
	s := newElement(t)
	run(s.Page, `window.real = XMLHttpRequest.prototype.send
		XMLHttpRequest.prototype.send = function () { this.upload.onprogress({ loaded: 5, total: 10 }); window.sent = (window.sent ?? 0) + 1; this.abort = () => { window.sent--; this.onabort() } }
		window.u = document.querySelector("#uploader"), window.f = u.parentElement
		u.add([1, 2, 3, 4].map((n) => new File(["hello"], n + ".txt")))`)
	s.Await(`window.sent === 3`)
	run(s.Page, `f.remove(); document.querySelector("form").append(f)`)
	require.Equal(t, []string{"sending: Sending, 40 %", "sending: Sending, 40 %", "sending: Sending, 40 %", "waiting: Waiting"}, texts(s.Page))
	run(s.Page, `u.remove()`)
	s.Await(`window.sent === 0`)
	run(s.Page, `XMLHttpRequest.prototype.send = real; f.append(u)
		u.addEventListener("stored", () => { window.fit = u.form.checkValidity() })`)
	s.Await(rowsOf + `.at(-1).state === "stored"`)
	require.Equal(t, []string{"paused: Paused", "paused: Paused", "paused: Paused", "stored: Stored. Plain text file (.txt)"}, texts(s.Page))
	run(s.Page, `for (const b of u.shadowRoot.querySelectorAll("li[data-state=paused] button:first-child")) b.click()`)
	s.Await(rowsOf + `.filter((r) => r.state === "stored").length === 4`)
	s.Await(`fit && new FormData(u.form).getAll("attachment").length === 4`)
}

// TestElements checks that only one of two elements takes a drop. An element that has not loaded
// its words queues files, and its form is not valid. An element without the attribute multiple has
// only the first file of the last choice.
func TestElements(t *testing.T) {
	s := newElement(t)
	run(s.Page, `const form = document.createElement("form")
		form.innerHTML = "<input id=other type=file><upload-files id=second page required name=one url=/upload></upload-files>"
		document.body.append(form)
		window.second = document.querySelector("#second"), window.early = form.checkValidity()
		second.add([new File(["hello"], "early.txt")])`)
	const rows = `[...second.shadowRoot.querySelectorAll("li")].map((li) => li.dataset.state + " " + li.querySelector(".name").textContent).join()`
	s.Await(rows + ` === "stored early.txt"`)
	s.Await(`!early && second.form.checkValidity()`)
	run(s.Page, `window.drop = (target) => {
			const dataTransfer = new DataTransfer()
			dataTransfer.items.add(new File(["hello"], "dropped.txt"))
			return target.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true, composed: true }))
		}
		document.querySelector("#uploader").setAttribute("page", "")
		drop(document.querySelector("#uploader"))
		window.left = drop(document.querySelector("#other"))`)
	s.Await(rowsOf + `.filter((r) => r.state === "stored").length === 1 && left`)
	s.Await(rows + ` === "stored early.txt"`)
	run(s.Page, `second.add([new File(["hello"], "other.txt"), new File(["hello"], "more.txt")])`)
	s.Await(rows + ` === "stored other.txt" && new FormData(second.form).getAll("one").length === 1`)
	var says string
	s.Value(`second.shadowRoot.querySelector("#notice").textContent`, &says)
	require.Equal(t, "At most one file: the rest was left out.", says)
	run(s.Page, `second.clear(); second.removeAttribute("required")`)
	s.Await(`second.form.checkValidity()`)
}

// TestHostileFiles checks that names are shown as text, with U+FFFD for control characters and
// those that reverse text. A file that vanishes is refused as unreadable. A fault of the page's
// links function fails no upload.
func TestHostileFiles(t *testing.T) {
	s := newElement(t)
	run(s.Page, `document.querySelector("#uploader").links = () => { throw new Error("links") }
		document.querySelector("#uploader").add(["<img src=x onerror=window.hit=1>.txt", "a\u202egpj.txt", "..", "n".repeat(10000) + ".txt", "\u{1f600}\u0000.txt"].map((name) => new File(["hello"], name)))`)
	s.Await(rowsOf + `.every((r) => ["stored", "refused", "failed"].includes(r.state))`)
	require.Equal(t, []string{
		"stored: Stored. Plain text file (.txt)", "stored: Stored. Plain text file (.txt)",
		"refused: The name of the file cannot be used. Rename the file and try again.",
		"refused: The upload is too large.", "refused: The upload could not be read. Try again.",
	}, texts(s.Page))
	var names []string
	s.Value(`[...`+element+`.querySelectorAll(".name")].map((e) => e.textContent.slice(0, 40))`, &names)
	require.Equal(t, []string{"<img src=x onerror=window.hit=1>.txt", "a\ufffdgpj.txt", "..", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "\U0001f600\ufffd.txt"}, names)
	s.Await(`window.hit === undefined`)
	run(s.Page, `document.querySelector("#uploader").clear()`)

	path := filepath.Join(t.TempDir(), "gone.txt")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o600))
	run(s.Page, `const input = document.createElement("input"); input.type = "file"; input.id = "kept"; document.body.append(input)`)
	s.Do(chromedp.SetUploadFiles("#kept", []string{path}, chromedp.ByQuery))
	require.NoError(t, os.Remove(path))
	run(s.Page, `document.querySelector("#uploader").add(document.querySelector("#kept").files)`)
	s.Await(rowsOf + `.every((r) => ["stored", "refused", "failed"].includes(r.state))`)
	require.Equal(t, []string{"refused: The file cannot be read. If it has changed, choose it again."}, texts(s.Page))
}
