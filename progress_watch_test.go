package upload_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestWatch: Watch yields changes once a period, and the end at once.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &upload.Progress{}
		f := newFixture(t, nil, upload.Options{Progress: p})
		var states []string
		var at []time.Duration
		begin := time.Now()
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for s := range p.Watch(t.Context(), "", "id", time.Second) {
				states, at = append(states, string(s.State)), append(at, time.Since(begin))
			}
		}()
		time.Sleep(2500 * time.Millisecond) // Watch was called before the upload begins
		tx, err := f.Receive(httptest.NewRecorder(), shown("id", file("file", "a.txt", "hello")))
		require.NoError(t, err)
		time.Sleep(3 * time.Second) // nothing changes
		require.NoError(t, tx.Commit(t.Context()))
		<-watched
		require.Equal(t, "checking done", strings.Join(states, " "))
		require.Equal(t, []time.Duration{3 * time.Second, 5500 * time.Millisecond}, at)

		for s := range p.Watch(t.Context(), "", "id", time.Second) { // which has ended
			require.Equal(t, upload.StateDone, s.State)
		}
		require.Equal(t, 5500*time.Millisecond, time.Since(begin))
	})
}

// TestWatchEnds: Watch ends with the upload, with its own context, or after 10 s without an upload.
func TestWatchEnds(t *testing.T) {
	for _, tc := range []struct {
		about, id string
		after     time.Duration
		count     int
	}{
		{"never begun", "other", 10 * time.Second, 0},
		{"left by the watcher", "id", 20 * time.Second, 1},
		{"ended before", "ended", 0, 1},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &upload.Progress{}
				f := newFixture(t, nil, upload.Options{Progress: p})
				tx, err := f.Receive(httptest.NewRecorder(), shown("id", file("file", "a.txt", "hello")))
				require.NoError(t, err)
				f.accepts(t, shown("ended", file("file", "a.txt", "hello")))
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				count, begin := 0, time.Now()
				for range p.Watch(ctx, "", tc.id, 0) {
					count++
				}
				require.Equal(t, tc.after, time.Since(begin))
				require.Equal(t, tc.count, count)
				for range p.Watch(t.Context(), "", "id", 0) {
					break
				}
				require.NoError(t, tx.Rollback())
			})
		})
	}
}

// TestProgressOfMany: many uploads and watchers at once, for the race detector.
func TestProgressOfMany(t *testing.T) {
	p := &upload.Progress{MaxUploads: 8}
	f := newFixture(t, nil, upload.Options{Progress: p})
	var all sync.WaitGroup
	for i := range 8 {
		id := string(rune('a' + i%4))
		all.Go(func() {
			for range 50 {
				f.do(shown(id, file("file", "a.txt", strings.Repeat("hello ", 2000))))
			}
		})
		all.Go(func() {
			for range 50 {
				p.Get("", id)
				for s := range p.Watch(t.Context(), "", id, time.Nanosecond) {
					require.LessOrEqual(t, s.Received, s.Total)
				}
			}
		})
	}
	all.Wait()
}
