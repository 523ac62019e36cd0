package browser

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestTusSignedOut signs the user out in the middle of an upload. After the next sign-in the upload
// goes on where it was.
func TestTusSignedOut(t *testing.T) {
	b := browsers.Fresh(t)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		s.out.Store(200_000)
		u := sends(b.Open(t, s.url), client, map[string]any{"size": 500_000, "chunkSize": 100_000})
		r := u.end()
		require.Equal(t, http.StatusUnauthorized, r.Status, r.Error)
		require.Equal(t, http.StatusUnauthorized, s.asks(u, http.MethodHead))
		require.Zero(t, s.done.Load())
		s.out.Store(0)
		u.starts()
		require.Empty(t, u.end().Error)
		s.requireOne(t, lines(500_000))
		require.LessOrEqual(t, s.sent.Load(), int64(700_000), "what had arrived is sent again")
	})
}

// TestTusOtherWriter stores bytes of an upload between two requests of its client, whose next
// offset is wrong then.
func TestTusOtherWriter(t *testing.T) {
	b := browsers.Fresh(t)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		p := b.Open(t, s.url)
		p.Value(fmt.Sprintf(`beforePatch = async (url) => {
			beforePatch = null
			const head = await fetch(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })
			const at = Number(head.headers.get('Upload-Offset'))
			answer = (await fetch(url, {
				method: 'PATCH', body: contentOf(%d, '', '').slice(at, at + 5000),
				headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': at, 'Content-Type': 'application/offset+octet-stream' },
			})).status
		}`, 500_000), nil)
		u := sends(p, client, map[string]any{"size": 500_000, "chunkSize": 100_000})
		require.Empty(t, u.end().Error)
		var status int
		p.Value(`answer`, &status)
		require.Equal(t, http.StatusNoContent, status)
		s.requireOne(t, lines(500_000))
	})
}

// TestTusTwoTabs goes on with one upload in two tabs at once: there is one file.
func TestTusTwoTabs(t *testing.T) {
	b := browsers.Fresh(t)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		const size = 1 << 20
		options := map[string]any{"size": size, "chunkSize": 100_000, "abortAt": 200_000}
		one := sends(b.Open(t, s.url), client, options)
		one.stops()
		delete(options, "abortAt")
		two := sends(b.Open(t, s.url), client, options)
		one.resumes()
		require.Empty(t, two.end().Error)
		require.Empty(t, one.end().Error)
		s.requireOne(t, lines(size))
	})
}

// TestTusLostRefusal loses the answer that refuses a file. A client whose request the browser does
// not repeat finds its upload gone, and begins another one. It learns the reason in any case.
func TestTusLostRefusal(t *testing.T) {
	b := browsers.Fresh(t)
	eachTus(t, tusReleases, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		s.lost.Store(1)
		r := sends(b.Open(t, s.url), client, map[string]any{"size": 20_000, "head": html}).end()
		require.Negative(t, s.lost.Load(), "no PATCH was sent again")
		require.EqualValues(t, upload.CodeTypeMismatch, r.Problem.Code, r.Error)
		require.Contains(t, []int{http.StatusUnsupportedMediaType, http.StatusGone}, r.Status)
		s.requireNone(t)
	})
}
