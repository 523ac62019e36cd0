package memory_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/internal/rounds"
)

const (
	maxMemory = 64 * mib
	beside    = 32 * mib        // what is neither buffers nor idle connections
	several   = 11 * mib        // a file of several parts
	patience  = 5 * time.Minute // for uploads that wait for memory, on a busy machine
)

// TestManyAtOnce checks that the buffers of many uploads, of large and of small files, stay within
// MaxMemory, and the live heap, without idle connections, within 32 MiB more.
func TestManyAtOnce(t *testing.T) {
	rows := map[string]struct {
		n    int
		file client.Part
	}{
		"of 11 MiB": {rounds.Of(16, 200), client.File("a.png", client.PNG(several))},
		// 2,048 of one caller may wait.
		"of 10 KiB": {rounds.Of(500, 2000), client.File("a.png", client.PNG(10*kib))},
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

// TestSlowBesideFast checks clients that would take minutes for 200 KiB. They take memory for at
// most twice as much, not for a part, and prevent no other upload.
func TestSlowBesideFast(t *testing.T) {
	t.Parallel()
	const slow, size = 12, 200 * kib
	fast := rounds.Of(12, 200)
	s := start(t, config{MaxMemory: maxMemory, MaxWait: patience})
	var done sync.WaitGroup
	all := make(chan struct{}) // the fast ones are stored
	for range slow {
		done.Go(func() { s.uploadSlowly(t, client.File("a.png", client.PNG(size)), all) })
	}
	s.awaitReserved(t, slow*size)
	require.LessOrEqual(t, s.report(t, "").Used, int64(slow*2*size), "a slow client takes a whole part")
	s.uploadAll(t, fast, client.File("a.png", client.PNG(6*mib)))
	require.Len(t, s.null.Sizes(), fast, "the slow ones were faster")
	close(all)
	done.Wait()
	s.requireStored(t, slow, size)
	s.requireStored(t, fast, 6*mib)
}

// TestRetryAfter checks that a client that gets a 503 and obeys Retry-After is served.
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

// TestHTTP2Neighbours checks that uploads without memory are refused at once on HTTP/2, since a
// stream that waits unread would block its connection. Here it would wait for uploads that do not
// continue before it has been answered.
func TestHTTP2Neighbours(t *testing.T) {
	t.Parallel()
	const holders, others = 2, 4
	s := start(t, config{TLS: true, MaxMemory: holders * 5 * mib, MaxWait: time.Hour})
	f := client.File("a.png", client.PNG(several))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	upload := func(f client.Part) int {
		a, err := client.Post(ctx, s.client, s.url+"/upload", client.Form{f}, false)
		if err != nil {
			t.Error(err)
			return 0
		}
		return a.Status
	}
	goOn := make(chan struct{})
	held, statuses := make(chan int, holders), make(chan int, others)
	for range holders {
		go func() { held <- upload(client.File("a.png", stopping(f.Content, 100*kib, goOn))) }()
	}
	s.awaitReserved(t, holders*5*mib)
	for range others {
		go func() { statuses <- upload(f) }()
	}
	for ended := 0; ended < others; {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/small", strings.NewReader(strings.Repeat("x", 64*kib)))
		require.NoError(t, err)
		resp, err := s.client.Do(r)
		require.NoError(t, err, "a small request waited for the other uploads")
		require.Equal(t, "HTTP/2.0", resp.Proto)
		require.NoError(t, resp.Body.Close())
		for ; len(statuses) > 0; ended++ {
			require.Equal(t, 503, <-statuses)
		}
	}
	close(goOn)
	for range holders {
		require.Equal(t, 201, <-held)
	}
	s.requireStored(t, holders, several)
}

// stopping is content whose rest, after n bytes, is read when goOn is closed.
func stopping(c client.Content, n int64, goOn <-chan struct{}) client.Content {
	return client.Content{Size: c.Size, Open: func() io.Reader {
		r := c.Open()
		return io.MultiReader(io.LimitReader(r, n), waiting{goOn}, r)
	}}
}

// waiting is empty. It reports its end when its channel is closed.
type waiting struct{ goOn <-chan struct{} }

func (w waiting) Read([]byte) (int, error) {
	<-w.goOn
	return 0, io.EOF
}
