package limit

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// ledger is what the callers have used and what they hold. Its mutex guards all of it.
type ledger struct {
	mu sync.Mutex
	callers
	concurrent int // running streamed uploads, of all callers
	signed     leases
	named      map[uint64]*lease // those of signed that can be released
}

func newLedger(each limits.Limits, callers int) ledger {
	return ledger{callers: newCallers(each, callers), named: map[uint64]*lease{}}
}

// reserve grants the claim of the caller of that id, or refuses it. Of claims with one name the
// last can be released.
func (l *ledger) reserve(id, name uint64, claim upload.Claim, now time.Time) (upload.Reservation, error) {
	l.expire(now)
	c := l.caller(id, now)
	if !take(c.requests, 1, now) {
		return nil, limits.Window("requests", wait(c.requests, 1, now))
	}
	if claim.Files == 0 && claim.Bytes == 0 {
		return nil, nil // nothing to settle
	}
	if err := limits.Impossible(claim, l.limits.Files, l.limits.Bytes); err != nil {
		return nil, err
	}
	if err := l.requireSlot(c, !claim.Until.IsZero()); err != nil {
		return nil, err
	}
	if !take(c.files, claim.Files, now) {
		return nil, limits.Window("files", wait(c.files, claim.Files, now))
	}
	if !take(c.bytes, int(claim.Bytes), now) {
		giveBack(c.files, claim.Files, now)
		return nil, limits.Window("bytes", wait(c.bytes, int(claim.Bytes), now))
	}
	return l.hold(c, name, claim, now), nil
}

// requireSlot returns an error unless a slot is free.
func (l *ledger) requireSlot(c *caller, signed bool) error {
	own, all := c.concurrent < l.limits.Concurrent, l.concurrent < l.limits.AllConcurrent
	if signed {
		own, all = c.signed < l.limits.Signed, len(l.signed) < l.limits.AllSigned
	}
	if own && all {
		return nil
	}
	return limits.Slots(!own, signed)
}

// lease is what a request holds. That of a signed upload is in ledger.signed until it expires, is
// settled or is released.
type lease struct {
	l     *ledger
	c     *caller // nil when it is over
	files int
	bytes int64
	since time.Time
	until time.Time
	name  uint64 // in ledger.named, 0 for none
	index int    // in ledger.signed
}

func (l *ledger) hold(c *caller, name uint64, claim upload.Claim, now time.Time) *lease {
	r := &lease{l: l, c: c, name: name, files: claim.Files, bytes: claim.Bytes, since: now, until: claim.Until}
	if r.until.IsZero() {
		c.concurrent++
		l.concurrent++
	} else {
		c.signed++
		heap.Push(&l.signed, r)
	}
	if name != 0 {
		l.named[name] = r
	}
	return r
}

// release ends the lease of that name, if one exists.
func (l *ledger) release(name uint64) {
	if r := l.named[name]; r != nil {
		heap.Remove(&l.signed, r.index)
		r.end()
	}
}

// Settle implements [upload.Reservation].
func (r *lease) Settle(_ context.Context, used upload.Usage) error {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	c, now := r.c, time.Now()
	if c == nil {
		return nil
	}
	held, window := now.Sub(r.since), r.l.limits.Window
	giveBack(c.files, int(limits.Unused(int64(r.files-used.Files), held, window)), now)
	giveBack(c.bytes, int(limits.Unused(r.bytes-used.Bytes, held, window)), now)
	if r.until.IsZero() {
		r.c = nil
		c.concurrent--
		r.l.concurrent--
	} else {
		heap.Remove(&r.l.signed, r.index)
		r.end()
	}
	return nil
}

// end ends the lease of a signed upload, which has left ledger.signed.
func (r *lease) end() {
	r.c.signed--
	r.c = nil
	if r.l.named[r.name] == r {
		delete(r.l.named, r.name)
	}
}

// expire ends the leases of signed uploads whose until has come.
func (l *ledger) expire(now time.Time) {
	for len(l.signed) > 0 && !now.Before(l.signed[0].until) {
		heap.Pop(&l.signed).(*lease).end()
	}
}

// leases are a heap, the one that expires next first.
type leases []*lease

func (h leases) Len() int           { return len(h) }
func (h leases) Less(i, j int) bool { return h[i].until.Before(h[j].until) }

func (h leases) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *leases) Push(x any) {
	r := x.(*lease)
	r.index = len(*h)
	*h = append(*h, r)
}

// Pop implements heap.Interface.
func (h *leases) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}
