package memory_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
)

const (
	maxMemory = 64 * mib
	beside    = 32 * mib        // what is neither buffers nor idle connections
	patience  = 5 * time.Minute // for uploads that wait their turn, on a busy machine
)

// TestManyAtOnce: however many uploads there are and however large, their
// buffers stay within MaxMemory, and the heap not far beyond it.
func TestManyAtOnce(t *testing.T) {
	rows := map[string]struct {
		n    int
		file client.Part
	}{
		"200 of 20 MiB":   {200, client.File("a.png", client.PNG(20*mib))},
		"5,000 of 10 KiB": {5000, client.File("a.png", client.PNG(10*kib))},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s := start(t, config{MaxMemory: maxMemory, MaxWait: patience})
			idle := s.idle(t, row.n)
			s.report(t, "?reset")
			s.uploadAll(t, row.n, row.file)
			s.requireStored(t, row.n, row.file.Content.Size)
			r := s.report(t, "")
			t.Logf("idle %d MiB, at most %d MiB, buffers at most %d MiB", idle/mib, r.Live/mib, r.Peak/mib)
			require.LessOrEqual(t, r.Peak, int64(maxMemory))
			require.Less(t, r.Live-idle, int64(maxMemory+beside))
		})
	}
}

// TestSlowBesideFast: clients that take a hundred seconds for a hundred
// kibibytes take memory for no more, and keep nobody else from uploading.
func TestSlowBesideFast(t *testing.T) {
	t.Parallel()
	const slow, fast = 12, 200
	s := start(t, config{MaxMemory: maxMemory, MaxWait: patience})
	var done sync.WaitGroup
	for range slow {
		done.Go(func() {
			c, err := client.Dial(s.addr, "/upload", client.Form{client.File("a.png", client.PNG(100*kib))}, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if err := c.SendSlowly(kib); err != nil {
				t.Error(err)
			}
			if a, err := c.Answer(time.Minute); err != nil || a.Status != http.StatusCreated {
				t.Errorf("a slow client was told %+v, %v", a, err)
			}
		})
	}
	require.Eventually(t, func() bool { return s.report(t, "").Used >= slow*100*kib }, 10*time.Second, 10*time.Millisecond)
	s.uploadAll(t, fast, client.File("a.png", client.PNG(6*mib)))
	require.Less(t, len(s.null.Sizes()), fast+slow, "the slow ones were faster")
	done.Wait()
	s.requireStored(t, slow, 100*kib)
	s.requireStored(t, fast, 6*mib)
}

// TestRetryAfter: a client that was told 503 and obeys Retry-After is served.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	s := start(t, config{MaxMemory: 5 * mib, MaxWait: time.Millisecond})
	release := s.holdingMemory(t)
	f := client.Form{client.File("a.png", client.PNG(6*mib))}
	a, err := client.Post(t.Context(), s.client, s.url+"/upload", f, false)
	require.NoError(t, err)
	require.Equal(t, 503, a.Status)
	release()
	for range 5 {
		seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
		require.NoError(t, err)
		time.Sleep(time.Duration(seconds) * time.Second)
		a, err = client.Post(t.Context(), s.client, s.url+"/upload", f, false)
		require.NoError(t, err)
		if a.Status == http.StatusCreated {
			s.requireStored(t, 1, 6*mib)
			return
		}
	}
	require.Equal(t, 201, a.Status, "after five tries")
}

// TestHTTP2Neighbours: uploads for which there is no memory are refused at once
// on HTTP/2, since a stream that waits unread would block its connection.
func TestHTTP2Neighbours(t *testing.T) {
	t.Parallel()
	s := start(t, config{TLS: true, MaxMemory: 10 * mib, MaxWait: patience})
	f := client.Form{client.File("a.png", client.PNG(20*mib))}
	statuses := make(chan int, 6)
	for range 6 {
		go func() {
			a, err := client.Post(t.Context(), s.client, s.url+"/upload", f, false)
			if err != nil {
				t.Error(err)
				a = &client.Answer{}
			}
			statuses <- a.Status
		}()
	}
	refused := 0
	for ended := 0; ended < 6; {
		begin := time.Now()
		resp, err := s.client.Post(s.url+"/small", "text/plain", strings.NewReader(strings.Repeat("x", 64*kib)))
		require.NoError(t, err)
		require.Equal(t, "HTTP/2.0", resp.Proto)
		require.NoError(t, resp.Body.Close())
		require.Less(t, time.Since(begin), neighbour, "a small request waited for the uploads beside it")
		for ; len(statuses) > 0; ended++ {
			status := <-statuses
			require.Contains(t, []int{201, 503}, status)
			refused += status / 503
		}
	}
	require.Positive(t, refused)
	s.requireStored(t, 6-refused, 20*mib)
}
