package limit

import (
	"container/heap"
	"context"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// lease is what a request holds. That of a signed upload lies in Limiter.signed
// until it expires or is settled.
type lease struct {
	l     *Limiter
	c     *caller // nil when it is over
	files int
	bytes int64
	since time.Time
	until time.Time
	index int // in Limiter.signed
}

func (l *Limiter) hold(c *caller, d upload.Claim, now time.Time) *lease {
	r := &lease{l: l, c: c, files: d.Files, bytes: d.Bytes, since: now, until: d.Until}
	if r.until.IsZero() {
		c.concurrent++
		l.concurrent++
	} else {
		c.signed++
		heap.Push(&l.signed, r)
	}
	return r
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

// end forgets a signed upload that is no longer in Limiter.signed.
func (r *lease) end() {
	r.c.signed--
	r.c = nil
}

// expire ends signed uploads whose URLs have expired.
func (l *Limiter) expire(now time.Time) {
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
