package clamav_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

// sink is a storage that keeps nothing, so that stored bytes do not count in the measurement.
type sink struct{ committed atomic.Int64 }

func (s *sink) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 32<<10)); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *sink) Delete(context.Context, string) error { return nil }

func (s *sink) Commit(context.Context) error {
	s.committed.Add(1)
	return nil
}

func (s *sink) Discard(context.Context) error { return nil }

// TestManyThroughTwoThreads runs 50 uploads at once, all open before the first is at its end,
// through a clamd of two threads. All finish, and two more such rounds take little more memory,
// here and in clamd.
func TestManyThroughTwoThreads(t *testing.T) {
	const uploads = 50
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever GOGC is
	size := int64(rounds.Of(2, 4)) * mib
	d := start(t, map[string]string{"MaxThreads": "2"})
	s, store := d.scanner(t, nil), &sink{}
	server := serve(t, store, s, io.Discard, upload.Options{})

	round := func() {
		var all, opened sync.WaitGroup
		opened.Add(uploads)
		for i := range uploads {
			all.Go(func() {
				wait := readerFunc(func([]byte) (int, error) { opened.Done(); opened.Wait(); return 0, io.EOF })
				// The subjects differ, since one has half of the connections, and so do the bytes,
				// since clamd does not scan the same bytes again.
				name := fmt.Sprint("subject ", i)
				a, err := send(t, server, name, io.MultiReader(zeros(size/2, 0, nil), wait, zeros(size/2, 7, []byte(name))))
				if err != nil || a.status != 201 {
					t.Error(name, a.status, a.body, err)
				}
			})
		}
		all.Wait()
		server.Client().CloseIdleConnections()
	}
	round()
	heap, resident := liveHeap(), d.resident(t)
	stop, peak := watchHeap()
	round()
	round()
	stop()
	require.EqualValues(t, 3*uploads, store.committed.Load())
	require.Zero(t, s.Busy())
	grown, grownThere := liveHeap()-heap, d.resident(t)-resident
	t.Logf("live heap grew by %d KiB, the heap's peak with garbage, while %d MiB passed, was %d MiB; clamd grew by %d KiB",
		grown>>10, 2*uploads*size/mib, peak.Load()/mib, grownThere>>10)
	require.Less(t, grown, int64(mib))
	require.Less(t, peak.Load(), int64(uploads*mib), "clients and server: at most half of the bytes of a round")
	require.Less(t, grownThere, int64(16*mib))
}

// liveHeap returns the heap in use after collecting garbage.
func liveHeap() int64 {
	var m runtime.MemStats
	for range 2 { // two collections empty the pools
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// watchHeap records the peak of the heap, including garbage, until it is stopped.
func watchHeap() (stop func(), peak *atomic.Int64) {
	peak = new(atomic.Int64)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), int64(m.HeapAlloc)))
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() { close(done); <-ended }, peak
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident returns clamd's memory, where the system reports it.
func (d *daemon) resident(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	m := residentLine.FindSubmatch(status)
	require.NotNil(t, m)
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	require.NoError(t, err)
	return n << 10
}
