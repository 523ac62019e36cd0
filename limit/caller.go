package limit

import (
	"time"

	"golang.org/x/time/rate"
)

// caller is what is remembered of one.
type caller struct {
	id                     uint64
	requests, files, bytes *rate.Limiter
	concurrent, signed     int
}

func (l *Limits) newCaller(id uint64) *caller {
	bucket := func(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(float64(n)/l.Window.Seconds()), n) }
	return &caller{id: id, requests: bucket(l.Requests), files: bucket(l.Files), bytes: bucket(int(l.Bytes))}
}

// blank reports whether there is nothing to remember of c: it is as a new one.
func (c *caller) blank(now time.Time) bool {
	return c.concurrent == 0 && c.signed == 0 && full(c.requests, now) && full(c.files, now) && full(c.bytes, now)
}

func full(b *rate.Limiter, now time.Time) bool { return b.TokensAt(now) >= float64(b.Burst()) }

func take(b *rate.Limiter, n int, now time.Time) bool { return b.AllowN(now, n) }

// giveBack takes less than nothing. Cancelling a rate.Reservation does not serve:
// it gives nothing back once the time to act has come.
func giveBack(b *rate.Limiter, n int, now time.Time) { b.AllowN(now, -n) }

// wait is how long it takes until n are there.
func wait(b *rate.Limiter, n int, now time.Time) time.Duration {
	r := b.ReserveN(now, n)
	defer r.CancelAt(now)
	return r.DelayFrom(now)
}

const (
	looks     = 2  // at so many callers each request looks, whether they can be forgotten
	moreLooks = 16 // and at so many more when there is no room
)

// caller returns who has that id, or the crowd.
func (l *Limiter) caller(id uint64, now time.Time) *caller {
	l.forget(looks, now)
	if c, ok := l.callers[id]; ok {
		return c
	}
	if len(l.ring) >= l.max {
		l.forget(moreLooks, now)
	}
	if len(l.ring) >= l.max {
		return l.crowd
	}
	c := l.limits.newCaller(id)
	l.callers[id] = c
	l.ring = append(l.ring, c)
	return c
}

// forget looks at the next n callers of the ring and drops those of whom there is
// nothing to remember.
func (l *Limiter) forget(n int, now time.Time) {
	for range min(n, len(l.ring)) {
		if l.hand >= len(l.ring) {
			l.hand = 0
		}
		c := l.ring[l.hand]
		if !c.blank(now) {
			l.hand++
			continue
		}
		last := len(l.ring) - 1
		l.ring[l.hand], l.ring[last] = l.ring[last], nil
		l.ring = l.ring[:last]
		delete(l.callers, c.id)
	}
}
