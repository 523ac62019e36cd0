// Package limit bounds how much one caller uploads, and how many uploads are under
// way, in the memory of one process:
//
//	limiter, err := limit.New(&limit.Options{Limits: limit.Limits{Files: 100, Bytes: 2 << 30}})
//	…
//	h, err := upload.New(store, policy, authorize, &upload.Options{Limiter: limiter})
//
// A caller over the limit gets 429 with Retry-After before the body is read. Each
// instance of an application counts for itself: behind a load balancer callers may
// send as many times the limits, and package redislimit counts for all together.
// What is counted is forgotten when the process ends, so this is no quota of what
// somebody keeps.
//
// # Memory
//
// A caller is known by 64 bits of a hash and takes about 330 bytes, a signed upload
// about 70, and both numbers are bounded. Forgotten are only callers of whom there
// is nothing to remember: with nothing under way and all buckets full. When
// [Options.MaxCallers] of the others are known, whoever comes new shares one bucket
// of the same limits with all such callers: they may be refused for each other, but
// no limit is lost by sending under many names.
package limit

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// Options are the limits and whom they are for. The zero value, like nil, is the
// defaults.
type Options struct {
	Limits

	// Key tells callers apart: those with the same key share the limits.
	// Default: [BySubject]. It is called concurrently.
	Key func(upload.Claim) string

	// MaxCallers is how many callers are remembered at once. Default: 100,000.
	MaxCallers int
}

// Limiter is an [upload.Limiter] in memory, made by [New]. Several handlers may
// share one, and callers then have the limits for all of them together. It is safe
// for concurrent use and starts no goroutine.
type Limiter struct {
	limits Limits
	key    func(upload.Claim) string
	max    int
	seed   maphash.Seed

	mu         sync.Mutex
	callers    map[uint64]*caller
	ring       []*caller // the same, in the order in which they are looked at
	hand       int       // who is looked at next
	crowd      *caller   // all for whom there was no room
	concurrent int
	signed     leases
}

// New returns a Limiter. It fails when an option is negative or makes no sense.
func New(o *Options) (*Limiter, error) {
	if o == nil {
		o = &Options{}
	}
	l := &Limiter{key: o.Key, max: o.MaxCallers, seed: maphash.MakeSeed(), callers: map[uint64]*caller{}}
	var err error
	if l.limits, err = o.WithDefaults(); err != nil {
		return nil, err
	}
	if l.key == nil {
		l.key = BySubject
	}
	if byDefault(&l.max, 100_000); l.max < 0 {
		return nil, errors.New("limit: a negative MaxCallers; 0 means the default")
	}
	l.crowd = l.limits.newCaller(0)
	return l, nil
}

// Reserve grants what d may need or refuses it with [upload.CodeRateLimited]; what
// no caller ever may have, with [upload.CodeTooLarge] or [upload.CodeTooMany].
func (l *Limiter) Reserve(_ context.Context, d upload.Claim) (upload.Reservation, error) {
	id := maphash.String(l.seed, l.key(d))
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.expire(now)
	c := l.caller(id, now)
	if !take(c.requests, 1, now) {
		return nil, limits.Window("requests", wait(c.requests, 1, now))
	}
	if d.Files == 0 && d.Bytes == 0 {
		return nil, nil // nothing to settle
	}
	if err := limits.Impossible(d, l.limits.Files, l.limits.Bytes); err != nil {
		return nil, err
	}
	if err := l.room(c, !d.Until.IsZero()); err != nil {
		return nil, err
	}
	if !take(c.files, d.Files, now) {
		return nil, limits.Window("files", wait(c.files, d.Files, now))
	}
	if !take(c.bytes, int(d.Bytes), now) {
		giveBack(c.files, d.Files, now)
		return nil, limits.Window("bytes", wait(c.bytes, int(d.Bytes), now))
	}
	return l.hold(c, d, now), nil
}

// room looks for a place.
func (l *Limiter) room(c *caller, signed bool) error {
	own, all := c.concurrent < l.limits.Concurrent, l.concurrent < l.limits.AllConcurrent
	if signed {
		own, all = c.signed < l.limits.Signed, len(l.signed) < l.limits.AllSigned
	}
	if own && all {
		return nil
	}
	return limits.Places(!own, signed)
}
