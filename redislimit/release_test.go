package redislimit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/redislimit"
)

// TestRelease checks that any instance releases what another one reserved, also for the crowd and
// where the key is not the subject. No slot and no owner is left in Redis.
func TestRelease(t *testing.T) {
	s := startRedis(t)
	o := redislimit.Options{MaxCallers: 1, Timeout: patient, Key: func(c upload.Claim) string { return c.Request.RemoteAddr }}
	one, other := s.limiter(t, limit.Limits{Signed: 1}, o), s.limiter(t, limit.Limits{Signed: 1}, o)
	c := s.client(t)
	claim := func(addr, id string) upload.Claim {
		d := signed("ann")
		d.Request, d.ID = streamed(t.Context(), "").Request.Clone(t.Context()), id
		d.Request.RemoteAddr = addr
		return d
	}
	for i := range 3 {
		for _, addr := range []string{"known", "in the crowd"} {
			id := addr + strconv.Itoa(i)
			_, err := one.Reserve(t.Context(), claim(addr, id))
			require.NoError(t, err)
			require.Positive(t, c.PTTL(t.Context(), "upload:{all}:signed:"+id).Val(), "it expires")
			_, err = one.Reserve(t.Context(), claim(addr, "again"))
			require.ErrorIs(t, err, upload.CodeRateLimited)
			require.NoError(t, other.Release(t.Context(), "ann", id))
		}
	}
	left, err := c.Keys(t.Context(), "*signed*").Result()
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestReleaseWhenDown checks that a release without an answer is an error, also with AllowWhenDown.
// It also checks that a slot is free at the end of its life, and that a late release of it frees no
// other.
func TestReleaseWhenDown(t *testing.T) {
	s := startRedis(t)
	l := s.limiter(t, limit.Limits{Signed: 1}, redislimit.Options{})
	lenient := s.limiter(t, limit.Limits{Signed: 1}, redislimit.Options{AllowWhenDown: true})
	s.kill()
	require.Error(t, l.Release(t.Context(), "ann", "1"))
	require.Error(t, lenient.Release(t.Context(), "ann", "1"))
	s.start(t)
	d := signed("ann")
	d.ID, d.Until = "1", time.Now().Add(time.Second)
	require.Eventually(t, func() bool { _, err := l.Reserve(t.Context(), d); return err == nil }, patient, 20*time.Millisecond)
	d.ID, d.Until = "2", time.Now().Add(time.Hour)
	require.Eventually(t, func() bool { _, err := l.Reserve(t.Context(), d); return err == nil }, patient, 20*time.Millisecond)
	require.NoError(t, l.Release(t.Context(), "ann", "1"), "it has expired")
	d.ID = "3"
	_, err := l.Reserve(t.Context(), d)
	require.ErrorIs(t, err, upload.CodeRateLimited)
}
