package limit

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/airlock-go/upload/internal/limits"
)

// caller is what is remembered of one caller.
type caller struct {
	id                     uint64
	requests, files, bytes *rate.Limiter
	concurrent, signed     int
}

func newCaller(id uint64, l limits.Limits) *caller {
	bucket := func(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(float64(n)/l.Window.Seconds()), n) }
	return &caller{id: id, requests: bucket(l.Requests), files: bucket(l.Files), bytes: bucket(int(l.Bytes))}
}

// blank reports whether nothing of c must be remembered: it equals a new one.
func (c *caller) blank(now time.Time) bool {
	return c.concurrent == 0 && c.signed == 0 && full(c.requests, now) && full(c.files, now) && full(c.bytes, now)
}

func full(b *rate.Limiter, now time.Time) bool { return b.TokensAt(now) >= float64(b.Burst()) }

func take(b *rate.Limiter, n int, now time.Time) bool { return b.AllowN(now, n) }

// giveBack puts n tokens back. Cancelling a rate.Reservation does not work: it gives nothing back
// once the time to act has come.
func giveBack(b *rate.Limiter, n int, now time.Time) { b.AllowN(now, -n) }

// wait returns how long it takes until n tokens are available.
func wait(b *rate.Limiter, n int, now time.Time) time.Duration {
	r := b.ReserveN(now, n)
	defer r.CancelAt(now)
	return r.DelayFrom(now)
}

const (
	looks     = 2  // each request checks so many callers for eviction
	moreLooks = 16 // that of a new caller checks so many more when all slots are taken
)

// callers are all known callers.
type callers struct {
	limits limits.Limits // of each
	max    int
	byID   map[uint64]*caller
	ring   []*caller // the same, in the order in which they are checked
	hand   int       // the caller that is checked next
	crowd  *caller   // all callers for whom there was no slot
}

func newCallers(l limits.Limits, most int) callers {
	return callers{limits: l, max: most, byID: map[uint64]*caller{}, crowd: newCaller(0, l)}
}

// caller returns the one of that id, or the crowd.
func (cs *callers) caller(id uint64, now time.Time) *caller {
	cs.forget(looks, now)
	if c, ok := cs.byID[id]; ok {
		return c
	}
	if len(cs.ring) >= cs.max {
		cs.forget(moreLooks, now)
	}
	if len(cs.ring) >= cs.max {
		return cs.crowd
	}
	c := newCaller(id, cs.limits)
	cs.byID[id] = c
	cs.ring = append(cs.ring, c)
	return c
}

// forget checks the next n callers of the ring and evicts those without anything to remember.
func (cs *callers) forget(n int, now time.Time) {
	for range min(n, len(cs.ring)) {
		if cs.hand >= len(cs.ring) {
			cs.hand = 0
		}
		c := cs.ring[cs.hand]
		if !c.blank(now) {
			cs.hand++
			continue
		}
		last := len(cs.ring) - 1
		cs.ring[cs.hand], cs.ring[last] = cs.ring[last], nil
		cs.ring = cs.ring[:last]
		delete(cs.byID, c.id)
	}
}
