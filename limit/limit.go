// Package limit bounds how much one caller uploads, and how many uploads are under
// way, in the memory of one process:
//
//	limiter, err := limit.New(limit.Limits{Files: 100, Bytes: 2 << 30}, nil)
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
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// Options say whom the limits are for. The zero value, like nil, is the defaults.
type Options struct {
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
	key    func(upload.Claim) string
	seed   maphash.Seed
	ledger ledger
}

// New returns a Limiter of these limits. It fails when a limit or an option is
// negative or makes no sense.
func New(l Limits, opts *Options) (*Limiter, error) {
	each, err := limits.Limits(l).WithDefaults()
	if err != nil {
		return nil, err
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Key == nil {
		o.Key = BySubject
	}
	if o.MaxCallers == 0 {
		o.MaxCallers = 100_000
	}
	if o.MaxCallers < 0 {
		return nil, errors.New("limit: a negative MaxCallers; 0 means the default")
	}
	return &Limiter{key: o.Key, seed: maphash.MakeSeed(), ledger: ledger{callers: newCallers(each, o.MaxCallers)}}, nil
}

// Reserve grants what d may need or refuses it with [upload.CodeRateLimited]; what
// no caller ever may have, with [upload.CodeTooLarge] or [upload.CodeTooMany].
func (l *Limiter) Reserve(_ context.Context, claim upload.Claim) (upload.Reservation, error) {
	id := maphash.String(l.seed, l.key(claim))
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	return l.ledger.reserve(id, claim, time.Now())
}
