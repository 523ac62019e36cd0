package browser

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/uploadtest"
)

// sentRow makes a row of a file that the browser has sent, while the server has not answered. The
// row watches the upload whose id replaces %s.
const sentRow = `(() => {
	XMLHttpRequest.prototype.send = function () { this.upload.onprogress({ loaded: 1, total: 1 }) }
	const uploader = document.querySelector("#uploader")
	uploader.options = { progress: "/progress/%s?" }
	uploader.add([new File(["x"], "cat.png")])
})()`

// TestProgressOnPage checks what the page reports while the server still receives what the browser
// has sent, for example from a proxy that holds it back.
func TestProgressOnPage(t *testing.T) {
	const id = "00112233445566778899aabbccddeeff"
	b := browsers.Fresh(t)
	url := startExample(t)
	p := b.Open(t, url)
	r := uploadtest.NewRequest(url+"/upload", uploadtest.File("file", "cat.png", uploadtest.PNG(100_000)))
	r.Header.Set("Upload-Id", id)
	form := r.Body
	body, send := io.Pipe()
	r.Body, r.GetBody = body, nil
	answered := make(chan error, 1)
	go func() {
		res, err := http.DefaultClient.Do(r.WithContext(t.Context()))
		if err == nil {
			err = res.Body.Close()
		}
		answered <- err
	}()
	_, err := io.CopyN(send, form, 50_000)
	require.NoError(t, err)

	p.Await(picker + ` != null`)
	p.Do(chromedp.Evaluate(fmt.Sprintf(sentRow, id), nil))
	p.Await(`/^On the server: arriving, \d+ %$/.test(` + rowsOf + `[0]?.status)`)
	_, err = io.Copy(send, form)
	require.NoError(t, err)
	require.NoError(t, send.Close())
	require.NoError(t, <-answered)
	p.Await(`/^Being checked and stored$/.test(` + rowsOf + `[0]?.status)`)
}
