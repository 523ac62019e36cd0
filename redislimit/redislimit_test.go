package redislimit_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limittest"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/redislimit"
)

// own makes limiters over s that count separately.
func own(s *server) limittest.Make {
	var n atomic.Int32
	return func(t *testing.T, l limit.Limits) upload.Limiter {
		return s.limiter(t, l, redislimit.Options{
			Prefix: "test" + strconv.Itoa(int(n.Add(1))) + ":", Timeout: 20 * time.Second,
		})
	}
}

func TestConformance(t *testing.T) { limittest.Run(t, own(startRedis(t))) }

// TestTwoInstances checks that two limiters with one prefix act as one: the reservations of one
// count for the other.
func TestTwoInstances(t *testing.T) {
	s := startRedis(t)
	limittest.Run(t, func(t *testing.T, l limit.Limits) upload.Limiter {
		o := redislimit.Options{Prefix: t.Name() + strconv.Itoa(int(instances.Add(1))) + ":", Timeout: 20 * time.Second}
		return &alternating{limiters: []upload.Limiter{s.limiter(t, l, o), s.limiter(t, l, o)}}
	})
}

var instances atomic.Int32

// alternating uses its limiters in turn.
type alternating struct {
	limiters []upload.Limiter
	n        atomic.Int32
}

func (a *alternating) Reserve(ctx context.Context, d upload.Claim) (upload.Reservation, error) {
	return a.limiters[int(a.n.Add(1))%len(a.limiters)].Reserve(ctx, d)
}

func (a *alternating) Release(ctx context.Context, subject, id string) error {
	return a.limiters[int(a.n.Add(1))%len(a.limiters)].(upload.Releaser).Release(ctx, subject, id)
}

// TestCluster checks that no command uses keys of two hash slots, whatever the subjects: those of
// limittest also have braces.
func TestCluster(t *testing.T) {
	s := startRedis(t, "--cluster-enabled", "yes")
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{s.addr}, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, s.client(t).Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err())
	require.Eventually(t, func() bool {
		info, err := s.client(t).ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	}, 20*time.Second, 50*time.Millisecond)
	var n atomic.Int32
	limittest.Run(t, func(t *testing.T, l limit.Limits) upload.Limiter {
		made, err := redislimit.New(c, l, &redislimit.Options{Prefix: "test" + strconv.Itoa(int(n.Add(1))) + ":", Timeout: 20 * time.Second})
		require.NoError(t, err)
		return made
	})
}

func TestNew(t *testing.T) {
	obeying := redis.NewClient(&redis.Options{ContextTimeoutEnabled: true})
	for about, tc := range map[string]struct {
		client redis.UniversalClient
		limits limit.Limits
		opts   redislimit.Options
	}{
		"no client":                {},
		"no ContextTimeoutEnabled": {client: redis.NewClient(&redis.Options{})},
		"a cluster without it":     {client: redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"x"}})},
		"a ring without it":        {client: redis.NewRing(&redis.RingOptions{})},
		"braces":                   {client: obeying, opts: redislimit.Options{Prefix: "{a}"}},
		"a short lease":            {client: obeying, opts: redislimit.Options{Lease: time.Millisecond}},
		"negative callers":         {client: obeying, opts: redislimit.Options{MaxCallers: -1}},
		"a negative timeout":       {client: obeying, opts: redislimit.Options{Timeout: -1}},
		"a negative limit":         {client: obeying, limits: limit.Limits{Files: -1}},
	} {
		l, err := redislimit.New(tc.client, tc.limits, &tc.opts)
		require.Error(t, err, about)
		require.Nil(t, l, about)
	}
	_, err := redislimit.New(obeying, limit.Limits{}, nil)
	require.NoError(t, err)
}

func streamed(ctx context.Context, subject string) upload.Claim {
	return upload.Claim{Subject: subject, Request: (&http.Request{}).WithContext(ctx), Files: 1, Bytes: 1}
}

// TestKeysExpire checks that every key in Redis expires, and that none contains a subject.
func TestKeysExpire(t *testing.T) {
	s := startRedis(t)
	l, c := s.limiter(t, limit.Limits{}, redislimit.Options{}), s.client(t)
	r, err := l.Reserve(t.Context(), streamed(t.Context(), "ann@example.com"))
	require.NoError(t, err)
	d := streamed(t.Context(), "ann@example.com")
	d.Until = time.Now().Add(2 * time.Hour)
	_, err = l.Reserve(t.Context(), d)
	require.NoError(t, err)
	keys, err := c.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	// Requests, amounts, concurrent and signed of the caller; concurrent, signed and callers of all.
	require.Len(t, keys, 7, "%q", keys)
	for _, key := range keys {
		require.NotContains(t, key, "ann")
		require.Positive(t, c.TTL(t.Context(), key).Val(), key)
		if strings.HasSuffix(key, "signed") {
			require.InDelta(t, 2*time.Hour, c.TTL(t.Context(), key).Val(), float64(time.Minute), key)
		}
	}
	require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	require.Zero(t, c.Exists(t.Context(), "upload:{all}:concurrent").Val())
}

// TestLease checks that the slot of an upload is held as long as its request, which is longer than
// a lease. After a process has died, the slot is held until the lease ends.
func TestLease(t *testing.T) {
	t.Parallel()
	const lease = 3 * time.Second
	s := startRedis(t)
	l := s.limiter(t, limit.Limits{Concurrent: 1, AllConcurrent: 1}, redislimit.Options{Lease: lease, Timeout: 20 * time.Second})
	ctx, die := context.WithCancel(t.Context())
	r, err := l.Reserve(t.Context(), streamed(ctx, "ann"))
	require.NoError(t, err)
	for until := time.Now().Add(2 * lease); time.Now().Before(until); time.Sleep(lease / 10) {
		for _, who := range []string{"ann", "bob"} {
			_, err := l.Reserve(t.Context(), streamed(ctx, who))
			require.ErrorIs(t, err, upload.CodeRateLimited)
		}
	}
	die()
	_, err = l.Reserve(t.Context(), streamed(t.Context(), "bob"))
	require.ErrorIs(t, err, upload.CodeRateLimited, "the lease has not ended")
	require.Eventually(t, func() bool {
		_, err := l.Reserve(t.Context(), streamed(ctx, "bob"))
		return err == nil
	}, 20*time.Second, lease/10)
	require.NoError(t, r.Settle(t.Context(), upload.Usage{}), "too late is not an error")
}

// TestSilentRedis checks a Redis that accepts connections and never answers, and one that is
// absent. Neither delays a caller for long. Uploads that cannot be counted are refused, or accepted
// with AllowWhenDown. A claim whose client left is an error even then.
func TestSilentRedis(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	for about, addr := range map[string]string{"silent": silent.Addr().String(), "absent": "127.0.0.1:1"} {
		t.Run(about, func(t *testing.T) {
			var log strings.Builder
			for _, allow := range []bool{false, true} {
				c := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true})
				defer func() { _ = c.Close() }()
				l, err := redislimit.New(c, limit.Limits{}, &redislimit.Options{AllowWhenDown: allow, Timeout: 200 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				require.NoError(t, err)
				begin := time.Now()
				for range 2 {
					_, err = l.Reserve(t.Context(), upload.Claim{Subject: "ann", Files: 1})
					require.Equal(t, allow, err == nil, "%v", err)
				}
				require.Less(t, time.Since(begin), 10*time.Second, "a client's own timeouts take longer")
			}
			require.Equal(t, 1, strings.Count(log.String(), "nobody is limited"), log.String())
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, err := redislimit.New(redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", ContextTimeoutEnabled: true}), limit.Limits{}, &redislimit.Options{AllowWhenDown: true})
	require.NoError(t, err)
	_, err = l.Reserve(ctx, upload.Claim{Subject: "ann", Files: 1})
	require.ErrorIs(t, err, context.Canceled, "a client that left is not an outage")
}

// TestForgottenReservations checks that a reservation from before Redis lost its memory gives
// nothing back afterwards.
func TestForgottenReservations(t *testing.T) {
	s := startRedis(t)
	l := s.limiter(t, limit.Limits{Files: 2}, redislimit.Options{Timeout: 20 * time.Second, Lease: 300 * time.Millisecond})
	old, err := l.Reserve(t.Context(), streamed(t.Context(), "ann"))
	require.NoError(t, err)
	s.kill()
	s.start(t)
	for range 2 {
		r, err := l.Reserve(t.Context(), streamed(t.Context(), "ann"))
		require.NoError(t, err)
		require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 1, Bytes: 1}))
	}
	time.Sleep(300 * time.Millisecond) // it has tried to renew
	require.NoError(t, old.Settle(t.Context(), upload.Usage{}))
	_, err = l.Reserve(t.Context(), streamed(t.Context(), "ann"))
	require.ErrorIs(t, err, upload.CodeRateLimited)
}

// TestHalfTaken checks that when the count of all uploads is unavailable, for example on another
// node of a cluster, the caller gets back what was taken before.
func TestHalfTaken(t *testing.T) {
	s := startRedis(t)
	c := s.client(t)
	for about, d := range map[string]upload.Claim{"concurrent": streamed(t.Context(), "ann"), "signed": signed("bob")} {
		l := s.limiter(t, limit.Limits{Files: 1, Concurrent: 1, Signed: 1}, redislimit.Options{Timeout: 20 * time.Second})
		require.NoError(t, c.Set(t.Context(), "upload:{all}:"+about, "no set", 0).Err())
		_, err := l.Reserve(t.Context(), d)
		require.ErrorContains(t, err, "WRONGTYPE")
		require.NoError(t, c.Del(t.Context(), "upload:{all}:"+about).Err())
		_, err = l.Reserve(t.Context(), d)
		require.NoError(t, err, about)
	}
}

func signed(subject string) upload.Claim {
	return upload.Claim{Subject: subject, Files: 1, Bytes: 1, Until: time.Now().Add(time.Hour)}
}
