package browser

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

// TestExampleLanguages: the example's page says in English or German, as the browser prefers, why a
// file was refused, both in the element and on the page that answers its plain form.
func TestExampleLanguages(t *testing.T) {
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	document := ""
	for s := range uploadtest.Legitimate() {
		if s.Type == docx {
			document = string(s.Content)
			break
		}
	}
	require.NotEmpty(t, document)
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
	b, url := browsers.Fresh(t), startExample(t)
	for accept, want := range map[string]struct{ stored, word, html, cut, both string }{
		"en-GB,en;q=0.9": {
			"Stored. Plain text file (.txt)", "Word documents (.docx) are not accepted. Send PNG, JPEG, GIF, PDF or plain text (.txt).",
			"What is in the file does not fit its name.",
			"The end of the file is missing. Choose a complete copy.", "1 stored, 3 not stored",
		},
		"de-DE,de;q=0.9,en;q=0.8": {
			"Gespeichert. Text-Datei (.txt)", "Word-Dokumente (.docx) werden nicht angenommen. Senden Sie PNG, JPEG, GIF, PDF oder Text (.txt).",
			"Der Inhalt der Datei passt nicht zu ihrem Namen.",
			"Das Ende der Datei fehlt. Wählen Sie eine vollständige Kopie.", "1 gespeichert, 3 nicht gespeichert",
		},
	} {
		t.Run(accept[:2], func(t *testing.T) {
			p := b.Open(t, "about:blank")
			p.Do(network.Enable(), network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": accept}), chromedp.Navigate(url))
			require.Equal(t, want.stored, uploaded(p, "notes.txt", "hello, this is a text").Status)
			require.Equal(t, want.word, uploaded(p, "cv.docx", document).Status)
			require.Equal(t, want.cut, uploaded(p, "cut.png", png).Status)
			by(p, "tickets")
			require.Equal(t, want.html, uploaded(p, "cat.png", html).Status)
			var both string
			p.Value(element+`.querySelector("#summary p").textContent`, &both)
			require.Equal(t, want.both, both)
			p.Screenshot(t.Name())

			p.Do(chromedp.Navigate(url))
			p.Await(`!document.querySelector("#plain").open`) // the script closes it when it has its words
			p.Do(chromedp.Evaluate(`document.querySelector("#plain").open = true`, nil))
			p.Choose("#plain-files", "cv.docx", document)
			p.Click("#plain button")
			p.Do(chromedp.WaitVisible(".reason", chromedp.ByQuery)) // on the page that answers the form
			var reason string
			p.Value(`document.querySelector(".reason").textContent`, &reason)
			require.Equal(t, "cv.docx: "+want.word, reason)
			p.Screenshot(t.Name() + " plain")
		})
	}
}
