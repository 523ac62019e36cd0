package limit_test

import (
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
)

func reserve(t testing.TB, l *limit.Limiter, subject string) (upload.Reservation, error) {
	t.Helper()
	return l.Reserve(t.Context(), upload.Claim{Subject: subject, Files: 1, Bytes: 100})
}

// TestCrowd checks that new callers count as one when there are MaxCallers, and that the known ones
// keep their own limits.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(t, limit.Limits{Files: 3, Concurrent: 100}, limit.Options{MaxCallers: 100})
		for i := range 100 {
			_, err := reserve(t, l, strconv.Itoa(i))
			require.NoError(t, err)
		}
		passed := 0
		for i := range 1000 {
			if _, err := reserve(t, l, "new"+strconv.Itoa(i)); err == nil {
				passed++
			}
		}
		require.Equal(t, 3, passed)
		for i := range 100 {
			for range 2 {
				_, err := reserve(t, l, strconv.Itoa(i))
				require.NoError(t, err, "a known caller is not evicted")
			}
			_, err := reserve(t, l, strconv.Itoa(i))
			require.ErrorIs(t, err, upload.CodeRateLimited)
		}
	})
}

// TestNobodyIsForgottenEarly checks that sending under other names does not evict what a caller has
// in progress, or has used just now.
func TestNobodyIsForgottenEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(t, limit.Limits{Window: time.Hour, Files: 2, Concurrent: 1, Signed: 1}, limit.Options{MaxCallers: 10})
		others := func() {
			for i := range 1000 {
				if r, err := reserve(t, l, "other"+strconv.Itoa(i)); err == nil {
					require.NoError(t, r.Settle(t.Context(), upload.Usage{}))
				}
			}
		}
		_, err := reserve(t, l, "under way")
		require.NoError(t, err)
		_, err = l.Reserve(t.Context(), upload.Claim{Subject: "signed", Files: 1, Until: time.Now().Add(10 * time.Hour)})
		require.NoError(t, err)
		r, err := reserve(t, l, "used")
		require.NoError(t, err)
		require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1}))
		others()
		r, err = reserve(t, l, "used")
		require.NoError(t, err)
		require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1}))
		_, err = reserve(t, l, "used")
		require.ErrorIs(t, err, upload.CodeRateLimited)

		time.Sleep(5 * time.Hour) // all buckets are full again
		others()
		_, err = reserve(t, l, "under way")
		require.ErrorIs(t, err, upload.CodeRateLimited)
		_, err = l.Reserve(t.Context(), upload.Claim{Subject: "signed", Files: 1, Until: time.Now().Add(time.Hour)})
		require.ErrorIs(t, err, upload.CodeRateLimited)
	})
}

// TestUseIsNotForgotten checks that sending under other names does not evict a caller who has used
// up one limit and has the other two free.
func TestUseIsNotForgotten(t *testing.T) {
	for name, limits := range map[string]limit.Limits{
		"requests": {Window: time.Hour, Requests: 2, Files: 1 << 20, Bytes: 1 << 40},
		"files":    {Window: time.Hour, Requests: 1 << 20, Files: 2, Bytes: 1 << 40},
		"bytes":    {Window: time.Hour, Requests: 1 << 20, Files: 1 << 20, Bytes: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(t, limits, limit.Options{})
				for range 2 {
					r, err := reserve(t, l, "used")
					require.NoError(t, err)
					require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 100}))
				}
				time.Sleep(time.Minute) // which fills the two large limits again
				for i := range 10 {     // each looks for callers to evict
					_, err := reserve(t, l, "other"+strconv.Itoa(i))
					require.NoError(t, err)
				}
				_, err := reserve(t, l, "used")
				require.ErrorIs(t, err, upload.CodeRateLimited)
			})
		})
	}
}

// TestIdleCallersAreForgotten checks that idle callers free their slots and memory for new ones.
func TestIdleCallersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(t, limit.Limits{Window: time.Minute, Files: 1}, limit.Options{MaxCallers: 1000})
		before := heapAlloc()
		for day := range 100 {
			for i := range 1000 {
				r, err := reserve(t, l, strconv.Itoa(day*1000+i))
				require.NoError(t, err)
				require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1}))
			}
			time.Sleep(2 * time.Minute)
		}
		require.Less(t, heapAlloc(), before+2<<20, "as for 1,000 callers, not 100,000")
		runtime.KeepAlive(l)
	})
}

// TestMemoryIsGivenBack checks that memory is freed even if the maximum is never reached.
func TestMemoryIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 50_000
		l := newLimiter(t, limit.Limits{}, limit.Options{})
		before := heapAlloc()
		fill(t, l, callers)
		time.Sleep(2 * time.Hour)
		for range callers {
			_, _ = l.Reserve(t.Context(), upload.Claim{Subject: "0"})
		}
		require.Less(t, heapAlloc(), before+callers*330/4, "a quarter of what the callers took")
		runtime.KeepAlive(l)
	})
}

// TestFullTableEvicts checks that one idle caller among many busy ones is evicted for a new one.
func TestFullTableEvicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(t, limit.Limits{Files: 1}, limit.Options{MaxCallers: 18}) // as many as one request checks
		for i := range 18 {
			_, err := l.Reserve(t.Context(), upload.Claim{Subject: strconv.Itoa(i), Files: min(i, 1)})
			require.NoError(t, err)
		}
		for _, newcomer := range []string{"in the freed slot", "in the crowd"} {
			time.Sleep(4 * time.Second) // more than 3.6 s: one of 1,000 requests an hour is free again, so the idle caller has all
			_, err := reserve(t, l, newcomer)
			require.NoError(t, err)
		}
		_, err := reserve(t, l, "in the crowd, too")
		require.ErrorIs(t, err, upload.CodeRateLimited)
	})
}

// TestManyCallers checks that many callers cost about as much as the package documents.
func TestManyCallers(t *testing.T) {
	const callers = 200_000 // the benchmark measures a million
	l := newLimiter(t, limit.Limits{Window: 24 * time.Hour}, limit.Options{MaxCallers: callers})
	before := heapAlloc()
	fill(t, l, callers)
	each := (heapAlloc() - before) / callers
	t.Logf("%d bytes a caller", each)
	require.Less(t, each, uint64(400))
	runtime.KeepAlive(l)
}

func heapAlloc() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func fill(t testing.TB, l *limit.Limiter, callers int) {
	t.Helper()
	for i := range callers {
		r, err := l.Reserve(t.Context(), upload.Claim{Subject: strconv.Itoa(i), Files: 1, Bytes: 1 << 20})
		require.NoError(t, err)
		require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1 << 20}))
	}
}

// BenchmarkReserve measures Reserve and Settle on all processors, with one known caller and with a
// million.
func BenchmarkReserve(b *testing.B) {
	for _, callers := range []int{1, 1_000_000} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			l := newLimiter(b, limit.Limits{Window: 30 * 24 * time.Hour, Requests: 1 << 30, Files: 1 << 30, Concurrent: 1 << 20}, limit.Options{MaxCallers: callers})
			before := heapAlloc()
			fill(b, l, callers)
			heap := heapAlloc() - before
			subjects := make([]string, min(callers, 1<<16))
			for i := range subjects {
				subjects[i] = strconv.Itoa(i * (callers / len(subjects)))
			}
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					r, err := l.Reserve(b.Context(), upload.Claim{Subject: subjects[i%len(subjects)], Files: 1, Bytes: 1})
					if err != nil {
						b.Error(err)
						return
					}
					_ = r.Settle(b.Context(), upload.Usage{Files: 1, Bytes: 1})
				}
			})
			b.ReportMetric(float64(heap)/float64(callers), "heap-B/caller")
		})
	}
}

// BenchmarkRefuse measures what a refused request of a caller over its limit costs.
func BenchmarkRefuse(b *testing.B) {
	l := newLimiter(b, limit.Limits{Requests: 1}, limit.Options{})
	for b.Loop() {
		_, _ = l.Reserve(b.Context(), upload.Claim{Subject: "ann"})
	}
}
