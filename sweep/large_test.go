package sweep_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/sweep"
)

// liveHeap returns the bytes in use after a collection.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // the second frees what pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSweepHundredThousand sweeps 100,000 objects, or fewer, half of them without a reference. A
// dry run needs at most 4 MiB. A removal is cancelled in the middle and resumed from the cursor
// that was stored last. TestSweepKilled of s3store kills the process instead.
func TestSweepHundredThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const young, uploads = 1000, 1500
		objects := rounds.Of(20_000, 100_000)
		s := newSwept()
		for i := range objects {
			key := fmt.Sprintf("p/%02d/%06d", i%7, i)
			s.referenced[key] = i%2 == 0
			s.put(t, "0123456789", key)
		}
		time.Sleep(grace + 1)
		for i := range young {
			s.put(t, "x", fmt.Sprintf("p/%02d/young-%d", i%7, i))
		}
		for i := range uploads {
			s.open(t, fmt.Sprintf("p/upload-staging/%d", i))
		}
		run := func(ctx context.Context, cursor string, o sweep.Options) (sweep.Report, error) {
			o.Rate, o.MaxRemovals, o.MaxShare = 1_000_000, objects, 0.6
			ask := func(_ context.Context, keys []string) (known []string, _ error) {
				for _, key := range keys {
					if s.referenced[key] {
						known = append(known, key)
					}
				}
				return known, nil
			}
			if o.Found == nil {
				o.Found = func(context.Context, sweep.Finding) {}
			}
			return s.sweeper(t, nil, ask, o).Run(ctx, cursor)
		}

		before, pages, most := liveHeap(), 0, int64(0)
		dry, err := run(t.Context(), "", sweep.Options{Progress: func(context.Context, sweep.Report) error {
			if pages++; pages%(objects/5000) == 0 {
				most = max(most, liveHeap()-before)
			}
			return nil
		}})
		require.NoError(t, err)
		want := sweep.Report{Seen: objects + young + uploads, Young: young + uploads, Kept: objects / 2, Orphaned: objects / 2, Bytes: int64(10 * objects / 2)}
		require.Equal(t, want, dry)
		require.Len(t, s.Keys(), objects+young, "a dry run removed something")
		require.Equal(t, objects/1000+3, pages)
		require.Less(t, most, int64(4<<20), "bytes that a sweep holds")

		time.Sleep(grace - time.Hour) // young objects stay young
		cancelled, cancel := context.WithCancel(t.Context())
		stored, removed, some := "", 0, objects/5
		first, err := run(cancelled, "", sweep.Options{
			Remove: true,
			Found: func(context.Context, sweep.Finding) {
				if removed++; removed == some {
					cancel()
				}
			},
			Progress: func(_ context.Context, r sweep.Report) error { stored = r.Cursor; return nil },
		})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, some, first.Removed)
		require.Equal(t, stored, first.Cursor)
		require.Contains(t, stored, "objects:p%2F:p%2F02%2F")

		second, err := run(t.Context(), stored, sweep.Options{Remove: true})
		require.NoError(t, err)
		require.Equal(t, objects/2, first.Removed+second.Removed)
		require.Less(t, second.Seen, objects*3/5+young+uploads+1000, "it began again")
		left := 0
		for _, key := range s.Keys() {
			switch {
			case s.referenced[key]:
				left++
			case !strings.Contains(key, "young"):
				t.Fatalf("%q is left", key)
			}
		}
		require.Equal(t, objects/2, left, "a referenced object was removed")
		require.Len(t, s.Keys(), objects/2+young)
		require.Equal(t, objects/2, strings.Count(s.log.String(), "sweep: swept"))
		t.Logf("%d bytes of live heap at most; %d, then %d removed", most, first.Removed, second.Removed)
	})
}
