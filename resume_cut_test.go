package upload_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// dial sends the head of a PATCH; the test sends the body.
func (z *resumable) dial(t *testing.T, url string, offset int, content string) *uploadtest.Conn {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, z.resolve(url), strings.NewReader(content))
	require.NoError(t, err)
	for name, value := range map[string]string{
		"Tus-Resumable": "1.0.0", "Subject": "ann", "Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(offset),
		"Upload-Id": "dialled",
	} {
		r.Header.Set(name, value)
	}
	c, err := uploadtest.Dial(r)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// TestResumeCut checks that an upload continues after a cut, and that the next request does not
// wait for the old connection. If that one is only silent, all bytes that came on it are kept.
func TestResumeCut(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 40<<10)
	for _, sent := range []int{0, 4095, 100_000, len(content) - 1} {
		for how, cut := range map[string]func(*uploadtest.Conn){
			"closed": (*uploadtest.Conn).Close, "reset": (*uploadtest.Conn).Reset, "silent": func(*uploadtest.Conn) {},
		} {
			t.Run(how+" after "+strconv.Itoa(sent), func(t *testing.T) {
				z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
				url := z.create(t, "a.txt", len(content))
				c := z.dial(t, url, 0, content)
				require.NoError(t, c.Send(int64(sent)))
				if how == "silent" { // the other cuts may lose bytes on their way
					z.awaitReceived(t, int64(sent))
				}
				cut(c)
				begin := time.Now()
				at := z.offset(t, url)
				require.Less(t, time.Since(begin), 10*time.Second, "long before the old connection counts as stalled")
				require.LessOrEqual(t, at, sent)
				if how == "silent" {
					require.Equal(t, sent, at)
				}
				z.requireStored(t, z.goesOn(t, url, content), content)
			})
		}
	}
}

// goesOn sends the rest of a file as clients do: after a conflict they ask again.
func (z *resumable) goesOn(t *testing.T, url, content string) upload.File {
	t.Helper()
	for range 5 {
		at := z.offset(t, url)
		got := z.patch(t, url, at, content[at:])
		if got.StatusCode != http.StatusConflict {
			return publishedBy(t, got)
		}
	}
	t.Fatal("conflicts without end")
	return upload.File{}
}

// awaitReceived waits until the server has read so many bytes of the request with the id "dialled".
func (z *resumable) awaitReceived(t *testing.T, n int64) {
	t.Helper()
	for status := range z.progress.Watch(t.Context(), "ann", "dialled", 10*time.Millisecond) {
		if status.Received >= n {
			return
		}
	}
	t.Fatal("the request has ended")
}

// TestResumeTwoWriters checks that several clients that send to one upload at once make one file
// with the right bytes.
func TestResumeTwoWriters(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 40<<10)
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", len(content))
	var clients sync.WaitGroup
	files := make([]string, 4)
	for i := range files {
		clients.Go(func() {
			for files[i] == "" {
				head := z.do(t, tusRequest{method: "HEAD", url: url})
				if head.StatusCode != http.StatusOK {
					continue
				}
				at, _ := strconv.Atoi(head.Header.Get("Upload-Offset"))
				if at == len(content) {
					files[i] = z.do(t, tusRequest{method: "GET", url: url}).Body
					return
				}
				got := z.patch(t, url, at, content[at:min(len(content), at+70_000)])
				if got.StatusCode != http.StatusNoContent && got.StatusCode != http.StatusConflict && got.StatusCode != http.StatusLocked {
					t.Errorf("%d %s", got.StatusCode, got.Body)
					return
				}
			}
		})
	}
	clients.Wait()
	for _, f := range files {
		require.Equal(t, files[0], f)
	}
	keys := z.publishedKeys(t)
	require.Len(t, keys, 1)
	z.requireStored(t, upload.File{Key: keys[0], Type: "text/plain", Name: "a.txt"}, content)
}

// TestResumeStalled checks that a client that stalls or is too slow is cut, and that what it sent
// is kept. The status is one after which clients try again.
func TestResumeStalled(t *testing.T) {
	for name, o := range map[string]upload.Options{
		"stalled": {StallTimeout: 100 * time.Millisecond},
		"slow":    {StallTimeout: 200 * time.Millisecond, MinRate: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			z := newResumable(t, &memstore.Store{}, nil, o, upload.ResumeOptions{})
			url := z.create(t, "a.txt", 100_000)
			c := z.dial(t, url, 0, strings.Repeat("x", 100_000))
			require.NoError(t, c.Send(5000))
			if name == "slow" {
				go func() { _ = c.SendSlowly(50_000) }()
			}
			a, err := c.Answer(10 * time.Second)
			require.NoError(t, err)
			require.Equal(t, http.StatusServiceUnavailable, a.Status)
			require.NotEmpty(t, a.Header.Get("Retry-After"))
			require.Contains(t, string(a.Body), `"code":"timeout"`)
			require.GreaterOrEqual(t, z.offset(t, url), 5000)
		})
	}
}

// TestResumeShutdown checks that Shutdown keeps what has come, and that requests after it are
// answered so that clients come again.
func TestResumeShutdown(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 100_000)
	c := z.dial(t, url, 0, strings.Repeat("x", 100_000))
	require.NoError(t, c.Send(5000))
	z.awaitReceived(t, 5000)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, z.handler.Shutdown(ctx), context.DeadlineExceeded)
	a, err := c.Answer(10 * time.Second)
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, a.Status)
	require.Contains(t, string(a.Body), `"code":"shutdown"`)
	require.Equal(t, http.StatusLocked, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode)
	require.Equal(t, http.StatusServiceUnavailable, z.patch(t, url, 5000, "x").StatusCode)

	other := newResumable(t, z.memory, nil, upload.Options{}, upload.ResumeOptions{})
	require.Equal(t, 5000, other.offset(t, url), "another instance goes on")
}

// TestResumeLongCheck checks that a check that takes long goes on after the answer, also when the
// client has left, and that the next request joins it.
func TestResumeLongCheck(t *testing.T) {
	for _, row := range []struct {
		name           string
		pieces, leaves bool
	}{
		{"the client waits", false, false},
		{"the client leaves", false, true},
		{"in pieces, the client waits", true, false},
		{"in pieces, the client leaves", true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			pieces, leaves, at, from := row.pieces, row.leaves, 0, "0"
			if pieces {
				at, from = 4, "4"
			}
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				slow := &testObserver{verdict: func() error {
					calls++
					time.Sleep(2 * time.Minute)
					return nil
				}}
				store := &memstore.Store{}
				h, err := upload.New(store, slow, upload.RequireSubject(bySubject), &upload.Options{CheckTimeout: time.Hour, Logger: (&fixture{log: &syncBuffer{}}).logger()})
				require.NoError(t, err)
				resumer, err := upload.NewResumer(h, [][]byte{secret}, nil)
				require.NoError(t, err)
				z := &inProcess{Resumer: resumer}
				url := z.do(t.Context(), "POST", "/", "Upload-Length: 5\nUpload-Metadata: "+metadataOf("name", "a.txt"), "").Header().Get("Location")

				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if leaves {
					time.AfterFunc(time.Second, cancel)
				}
				if pieces {
					z.do(t.Context(), "PATCH", "/"+url, offsetBytes+"0", "hell")
				}
				begin := time.Now()
				got := z.do(ctx, "PATCH", "/"+url, offsetBytes+from, "hello"[at:])
				if leaves {
					require.Equal(t, time.Second, time.Since(begin))
				} else {
					require.Equal(t, 50*time.Second, time.Since(begin))
					require.Equal(t, http.StatusServiceUnavailable, got.Code, got.Body)
					require.Contains(t, got.Body.String(), `"kind":"checking"`)
				}
				head := z.do(t.Context(), "HEAD", "/"+url, "", "")
				require.Equal(t, "4", head.Header().Get("Upload-Offset"))
				for got.Code != http.StatusNoContent {
					got = z.do(t.Context(), "PATCH", "/"+url, offsetBytes+"4", "o")
				}
				require.Equal(t, "5", got.Header().Get("Upload-Offset"))
				require.Equal(t, 1, calls)
			})
		})
	}
}
