package redislimit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/redislimit"
)

// patient is a timeout that a busy machine does not exceed.
const patient = 20 * time.Second

// sends reserves and settles one file, and reports whether that was granted.
func sends(t *testing.T, l upload.Limiter, subject string) bool {
	t.Helper()
	r, err := l.Reserve(t.Context(), streamed(t.Context(), subject))
	if err != nil {
		require.ErrorIs(t, err, upload.CodeRateLimited)
		return false
	}
	require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	return true
}

// TestMaxCallers checks that callers that arrive when MaxCallers others are known share one bucket,
// at all instances. The known callers keep their own.
func TestMaxCallers(t *testing.T) {
	s := startRedis(t)
	limits, o := limit.Limits{Window: time.Minute, Files: 2}, redislimit.Options{MaxCallers: 2, Timeout: patient}
	one, other := s.limiter(t, limits, o), s.limiter(t, limits, o)
	require.True(t, sends(t, one, "ann"))
	require.True(t, sends(t, other, "bob"))
	require.True(t, sends(t, one, "eve 1"), "the crowd's first")
	require.True(t, sends(t, other, "eve 2"), "the crowd's second")
	for i := range 10 {
		require.False(t, sends(t, one, "eve "+strconv.Itoa(i)))
	}
	require.True(t, sends(t, one, "ann"), "a known caller is not refused because of others")
	require.True(t, sends(t, other, "bob"))
	require.False(t, sends(t, one, "ann"))
}

// TestForgottenCallers checks that a caller with nothing left to count frees its slot.
func TestForgottenCallers(t *testing.T) {
	s := startRedis(t)
	l := s.limiter(t, limit.Limits{Window: 2 * time.Second, Files: 1}, redislimit.Options{MaxCallers: 1, Timeout: patient})
	require.True(t, sends(t, l, "ann"))
	require.True(t, sends(t, l, "eve"), "the crowd's")
	require.Eventually(t, func() bool { return sends(t, l, "bob") }, patient, 50*time.Millisecond)
	keys, err := s.client(t).ZRange(t.Context(), "upload:{all}:callers", 0, -1).Result()
	require.NoError(t, err)
	require.LessOrEqual(t, len(keys), 1)
	ann := sha256.Sum256([]byte(limit.BySubject(upload.Claim{Subject: "ann"})))
	require.NotContains(t, keys, hex.EncodeToString(ann[:16]), "bob was one of the crowd")
}

// TestManyNames checks that sending under many names takes no more keys in Redis than MaxCallers
// callers and the crowd take.
func TestManyNames(t *testing.T) {
	s := startRedis(t)
	l, c := s.limiter(t, limit.Limits{}, redislimit.Options{MaxCallers: 10, Timeout: patient}), s.client(t)
	for i := range 300 {
		r, err := l.Reserve(t.Context(), streamed(t.Context(), strconv.Itoa(i)))
		require.NoError(t, err)
		require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	}
	amounts, err := c.Keys(t.Context(), "*:amounts").Result()
	require.NoError(t, err)
	require.LessOrEqual(t, len(amounts), 11, "and the crowd's")
	all, err := c.DBSize(t.Context()).Result()
	require.NoError(t, err)
	require.LessOrEqual(t, all, int64(11*2+1), "requests and amounts of each, and the list of callers")
}

// TestAmountsDrain checks that a caller and its counts are kept until they have drained, and no
// longer.
func TestAmountsDrain(t *testing.T) {
	s := startRedis(t)
	l, c := s.limiter(t, limit.Limits{Window: time.Hour, Files: 500, Bytes: 1 << 30}, redislimit.Options{Timeout: patient}), s.client(t)
	left := func() time.Duration {
		t.Helper()
		keys, err := c.Keys(t.Context(), "*:amounts").Result()
		require.NoError(t, err)
		require.Len(t, keys, 1)
		ttl := c.PTTL(t.Context(), keys[0]).Val()
		members, err := c.ZRangeWithScores(t.Context(), "upload:{all}:callers", 0, -1).Result()
		require.NoError(t, err)
		require.Len(t, members, 1)
		now := c.Time(t.Context()).Val()
		require.GreaterOrEqual(t, time.UnixMilli(int64(members[0].Score)).Sub(now)+time.Second, ttl, "the caller is forgotten before")
		return ttl
	}
	d := streamed(t.Context(), "ann")
	d.Bytes = 1 << 29
	r, err := l.Reserve(t.Context(), d)
	require.NoError(t, err)
	require.InDelta(t, 30*time.Minute, left(), float64(time.Minute))
	require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	require.LessOrEqual(t, left(), time.Minute, "one file of 500 drains in 7 s")
	members, err := c.ZRangeWithScores(t.Context(), "upload:{all}:callers", 0, -1).Result()
	require.NoError(t, err)
	require.LessOrEqual(t, time.UnixMilli(int64(members[0].Score)).Sub(c.Time(t.Context()).Val()), time.Minute)
}

// TestRepeatedScripts checks that a script counts once if the client repeats it after a lost
// answer.
func TestRepeatedScripts(t *testing.T) {
	for name, lost := range map[string]string{
		"admit": ":callers", "take": ":amounts", "enter": "{all}:concurrent", "settle": "rate:upload:",
	} {
		t.Run(name, func(t *testing.T) {
			s := startRedis(t)
			limits := limit.Limits{Files: 2, Bytes: 2, Concurrent: 1, AllConcurrent: 1}
			o := redislimit.Options{MaxCallers: 2, Timeout: patient}
			require.True(t, sends(t, s.limiter(t, limits, o), "bob"), "Redis has the scripts by now")
			p := newDropping(t, s.addr)
			l, err := redislimit.New(p.client(t), limits, &o)
			require.NoError(t, err)
			if name != "settle" {
				p.drop(lost)
			}
			r, err := l.Reserve(t.Context(), streamed(t.Context(), "ann"))
			require.NoError(t, err)
			if name == "settle" {
				p.drop(lost)
			}
			require.NoError(t, r.Settle(context.WithoutCancel(t.Context()), upload.Usage{Files: 1, Bytes: 1}))
			require.True(t, p.dropped(), "no answer was lost")
			require.True(t, sends(t, l, "ann"), "the second of two")
			require.False(t, sends(t, l, "ann"))
		})
	}
}
