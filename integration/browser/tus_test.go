package browser

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/chromium"
	"github.com/airlock-go/upload/internal/rounds"
)

// tusClients are three majors of tus-js-client. Release 5.0.0-pre2 does not begin again after a
// lost POST or HEAD, and reports an error after it has begun another upload. tusReleases are the
// other two.
var (
	tusClients  = []string{"tus2", "tus4", "tus5"}
	tusReleases = tusClients[:2]
)

// tusRun is what a page has seen of an upload.
type tusRun struct {
	Sent, Accepted int64
	Ended          bool
	Status         int
	Error          string
	Problem        struct{ Code, Detail string }
}

// sending is an upload by a page.
type sending struct {
	*chromium.Page
	name string // of its run, in JavaScript
}

// sends begins an upload by a client, with the options of the page's function begin.
func sends(p *chromium.Page, client string, options map[string]any) sending {
	o, _ := json.Marshal(options) // of plain values
	p.Value(fmt.Sprintf(`void begin(%q, %s)`, client, o), nil)
	var n int
	p.Value(`runs.length`, &n)
	return sending{p, fmt.Sprintf("runs[%d]", n-1)}
}

// end waits for the upload's end.
func (u sending) end() (r tusRun) {
	u.Await(u.name + `.ended`)
	u.Value(u.name, &r)
	return r
}

// stops waits until the upload has stopped where its option abortAt says.
func (u sending) stops() { u.Await(u.name + `.paused`) }

// resumes goes on with the upload that has stopped.
func (u sending) resumes() { u.Value(`void `+u.name+`.resume()`, nil) }

// starts goes on with what the browser remembers of the upload.
func (u sending) starts() { u.Value(`void `+u.name+`.start()`, nil) }

// eachTus runs a test with each of the clients over memory, and with one of them, or each in long
// runs, over S3.
func eachTus(t *testing.T, clients []string, test func(t *testing.T, client string, open openPlace)) {
	turn := rounds.Turns(len(clients))
	for where, open := range places {
		for _, i := range rand.Perm(len(clients)) {
			client := clients[i]
			if where == "memory" || turn() {
				t.Run(client+" "+where, func(t *testing.T) { test(t, client, open) })
			}
		}
	}
}

// TestTusSizes checks files and requests of many sizes.
func TestTusSizes(t *testing.T) {
	const mib = 1 << 20
	rows := []struct {
		size, chunk int // a chunk of 0 means a single request
		creation    bool
	}{
		{size: 1},
		{size: 40, chunk: 1},
		{size: 4096, chunk: 4095},
		{size: 4097, chunk: 4096},
		{size: 9, creation: true},
		{size: 100_000, chunk: 40_000, creation: true},
		{size: 11*mib + 1, chunk: 5 * mib},
		{size: 60 * mib, chunk: 50 * mib}, // in long runs
	}
	b := browsers.Fresh(t)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		p := b.Open(t, s.url)
		for _, row := range rows[:rounds.Of(len(rows)-1, len(rows))] {
			options := map[string]any{"size": row.size, "name": fmt.Sprint(row.size, ".txt"), "uploadDataDuringCreation": row.creation}
			if row.chunk > 0 {
				options["chunkSize"] = row.chunk
			}
			require.Empty(t, sends(p, client, options).end().Error, "%+v", row)
			s.requireOne(t, lines(row.size))
		}
	})
}

// TestTusCuts resets each connection after 64 KiB. Chromium itself repeats a PATCH if it had used
// the connection before; the server refuses the repetition for its offset.
func TestTusCuts(t *testing.T) {
	b := browsers.Fresh(t)
	size := rounds.Of(1<<20, 4<<20)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		p := b.Open(t, s.url)
		s.cut.Store(64 << 10)
		r := sends(p, client, map[string]any{"size": size}).end()
		require.Empty(t, r.Error)
		s.cut.Store(0)
		s.requireOne(t, lines(size))
	})
}

// TestTusLostAnswers loses answers to requests that were carried out. Each file is published once.
func TestTusLostAnswers(t *testing.T) {
	b := browsers.Fresh(t)
	for _, creation := range []bool{false, true} {
		eachTus(t, tusReleases, func(t *testing.T, client string, open openPlace) {
			s := newTusSite(t, "tus", open, upload.ResumeOptions{})
			p := b.Open(t, s.url)
			for _, chunk := range []int{1 << 20, 1000} {
				s.posts.Store(2)
				s.lost.Store(2)
				r := sends(p, client, map[string]any{
					"size": 5000, "chunkSize": chunk, "uploadDataDuringCreation": creation, "name": fmt.Sprint(chunk, ".txt"),
				}).end()
				require.Empty(t, r.Error)
			}
			files, _ := s.published(t)
			require.Len(t, files, 2)
			require.EqualValues(t, 2, s.done.Load())
		})
	}
}

// TestTusPauses stops an upload and goes on with it, in the same page and after a reload.
func TestTusPauses(t *testing.T) {
	b := browsers.Fresh(t)
	for _, reload := range []bool{false, true} {
		t.Run(fmt.Sprint("reload ", reload), func(t *testing.T) {
			eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
				s := newTusSite(t, "tus", open, upload.ResumeOptions{})
				p := b.Open(t, s.url)
				const size, chunk = 2 << 20, 200 << 10
				options := map[string]any{"size": size, "chunkSize": chunk, "abortAt": 5 * chunk}
				u := sends(p, client, options)
				u.stops()
				if reload {
					p.Do(chromedp.Reload())
					p.Await(`window.begin`)
					delete(options, "abortAt")
					u = sends(p, client, options)
				} else {
					u.resumes()
				}
				require.Empty(t, u.end().Error)
				s.requireOne(t, lines(size))
				require.LessOrEqual(t, s.sent.Load(), int64(size+chunk))
			})
		})
	}
}

// TestTusGivesUp terminates an upload. Nothing of it is left, and its URL is gone.
func TestTusGivesUp(t *testing.T) {
	b := browsers.Fresh(t)
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{})
		u := sends(b.Open(t, s.url), client, map[string]any{"size": 1 << 20, "chunkSize": 100_000, "abortAt": 400_000})
		u.stops()
		u.Value(`void `+u.name+`.abort(true).then(() => { answer = 'ended' }, (e) => { answer = String(e) }), answer = ''`, nil)
		u.Await(`answer`)
		var answer string
		u.Value(`answer`, &answer)
		require.Equal(t, "ended", answer)
		s.requireNone(t)
		require.Equal(t, http.StatusGone, s.asks(u, http.MethodHead))
	})
}

// asks returns the status of a request for the upload's URL by the page.
func (s *tusSite) asks(u sending, method string) (status int) {
	u.Value(fmt.Sprintf(`answer = 0, void fetch(%s.address(), { method: %q, headers: { 'Tus-Resumable': '1.0.0' } }).then((a) => { answer = a.status })`, u.name, method), nil)
	u.Await(`answer`)
	u.Value(`answer`, &status)
	return status
}

// TestTusBeginsAgain goes on with an upload that is gone, since it was deleted or, in long runs,
// since it has expired: the client begins another one.
func TestTusBeginsAgain(t *testing.T) {
	b := browsers.Fresh(t)
	for _, expires := range []bool{false, true}[:rounds.Of(1, 2)] {
		t.Run(fmt.Sprint("expires ", expires), func(t *testing.T) {
			eachTus(t, tusReleases, func(t *testing.T, client string, open openPlace) {
				s := newTusSite(t, "tus", open, upload.ResumeOptions{Expires: 2 * time.Second})
				u := sends(b.Open(t, s.url), client, map[string]any{"size": 100_000, "chunkSize": 30_000, "abortAt": 60_000})
				u.stops()
				if !expires {
					require.Equal(t, http.StatusNoContent, s.asks(u, http.MethodDelete))
				}
				for s.asks(u, http.MethodHead) != http.StatusGone {
					time.Sleep(50 * time.Millisecond)
				}
				u.starts()
				require.Empty(t, u.end().Error)
				files, _ := s.published(t)
				require.Len(t, files, 1)
				require.True(t, holds(t, s.store, files[0], lines(100_000)))
			})
		})
	}
}

// TestTusRefused checks that the page learns why a file is refused, in one request and in several,
// and that nothing is left of it.
func TestTusRefused(t *testing.T) {
	b := browsers.Fresh(t)
	rows := map[string]struct {
		options map[string]any
		status  int
		code    upload.Code
	}{
		"empty":           {map[string]any{"size": 0}, 400, upload.CodeEmpty},
		"by its name":     {map[string]any{"name": "cat.exe", "type": "", "size": 9}, 415, upload.CodeTypeNotAllowed},
		"by its size":     {map[string]any{"size": 7<<20 + 1}, 413, upload.CodeTooLarge},
		"by its head":     {map[string]any{"size": 6 << 20, "head": html}, 415, upload.CodeTypeMismatch},
		"head in pieces":  {map[string]any{"size": 1 << 20, "head": html, "chunkSize": 3000}, 415, upload.CodeTypeMismatch},
		"by content":      {map[string]any{"name": "a.csv", "type": "text/csv", "size": 1 << 20, "tail": "\n=cmd|' /C calc'!A0\n"}, 422, upload.CodeActiveContent},
		"content, pieces": {map[string]any{"name": "a.csv", "type": "text/csv", "size": 1 << 20, "tail": "\n=cmd|' /C calc'!A0\n", "chunkSize": 300_000}, 422, upload.CodeActiveContent},
	}
	eachTus(t, tusClients, func(t *testing.T, client string, open openPlace) {
		s := newTusSite(t, "tus", open, upload.ResumeOptions{MaxFileSize: 7 << 20})
		p := b.Open(t, s.url)
		for name, row := range rows {
			r := sends(p, client, row.options).end()
			require.Equal(t, row.status, r.Status, "%s: %s", name, r.Error)
			require.EqualValues(t, row.code, r.Problem.Code, name)
			require.NotEmpty(t, r.Problem.Detail, name)
			s.requireNone(t)
		}
		require.Zero(t, s.done.Load())
	})
}
