package browser

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/integration/internal/client"
)

// row is what the example's page shows of a file.
type row struct {
	State, Status string
	Shown         bool     // whether the thumbnail shows the stored file
	Links         []string // the last one downloads
}

const (
	element = `document.querySelector('#uploader').shadowRoot`
	picker  = element + `.querySelector('#picker')`
)

const rowsOf = `[...(` + element + `?.querySelectorAll('#files > li') ?? [])].map((li) => {
	const img = li.querySelector('.thumb img')
	return {
		state: li.dataset.state,
		status: li.querySelector('.status').firstChild.textContent,
		shown: (img?.getAttribute('src') ?? '').startsWith('/files/') && img.naturalWidth > 0,
		links: [...li.querySelectorAll('.actions a')].map((a) => a.href),
	}
})`

// TestExamplePage checks the doors of the example's page: files arrive whole, pictures are shown,
// and a page named like a picture is refused with the reason.
func TestExamplePage(t *testing.T) {
	b := browsers.Fresh(t)
	sent := []struct{ name, called, content string }{
		{"small.png", "PNG picture, 40\u00a0x\u00a030", text(t, client.PNG(0))},
		{"large.png", "PNG picture, 2176\u00a0x\u00a08187", text(t, client.PNG(17<<20))}, // in parts, also straight to storage
		{"notes.txt", "Plain text file (.txt)", "hello, this is a text"},
	}
	for where, run := range examples {
		for _, door := range []string{"url", "tickets", "resumable"} {
			t.Run(where+" "+door, func(t *testing.T) {
				e := run(t)
				p := b.Open(t, e.url)
				by(p, door)
				for _, f := range sent {
					got := uploaded(p, f.name, f.content)
					require.Equal(t, "Stored. "+f.called, got.Status)
					require.NotEmpty(t, got.Links)
					requireServes(t, got.Links[len(got.Links)-1], f.content)
					if strings.HasPrefix(f.called, "PNG picture") {
						p.Await(rowsOf + `.at(-1).shown`)
					}
				}
				got := uploaded(p, "photo.png", photo(t))
				require.Equal(t, "Stored. PNG picture, 40\u00a0x\u00a030. Location and device data were removed", got.Status)
				got = uploaded(p, "cat.png", html)
				require.Equal(t, "refused", got.State)
				require.Contains(t, []string{"HTML files are not accepted. Send PNG, JPEG, GIF, PDF or plain text (.txt).", "What is in the file does not fit its name."}, got.Status)
				require.Empty(t, got.Links)
				e.requireHolds(t, len(sent)+1)
				p.Screenshot(t.Name())
			})
		}
	}
}

// photo returns a PNG that says where it was taken.
func photo(t *testing.T) string {
	const place = "Comment\x0051.5074 N, 0.1278 W"
	plain := text(t, client.PNG(0))
	chunk := "tEXt" + place
	length := binary.BigEndian.AppendUint32(nil, uint32(len(place)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(chunk)))
	return plain[:33] + string(length) + chunk + string(sum) + plain[33:] // after IHDR
}

// by chooses the door of the files that follow, on the example's page.
func by(p *chromium.Page, door string) {
	p.Await(`!document.querySelector("#details").hidden`)
	p.Do(chromedp.Evaluate(`document.querySelector("#details").open = true`, nil))
	p.Click(`#doors label:has([value=` + door + `])`)
}

// uploaded chooses a file and returns its row in its final state.
func uploaded(p *chromium.Page, name, content string) row {
	var rows []row
	p.Await(picker + ` != null`)
	p.Value(rowsOf, &rows)
	p.ChooseIn(picker, name, content)
	p.Await(fmt.Sprintf(`["stored", "refused", "failed"].includes(%s[%d]?.state)`, rowsOf, len(rows)))
	p.Value(rowsOf, &rows)
	return rows[len(rows)-1]
}

func text(t *testing.T, c client.Content) string {
	t.Helper()
	b, err := io.ReadAll(c.Open())
	require.NoError(t, err)
	return string(b)
}
