// Package limit bounds how much one caller uploads, and how many uploads run at once, in the memory
// of one process:
//
//	limiter, err := limit.New(limit.Limits{Files: 100, Bytes: 1 << 30}, nil) // an hour
//	…
//	h, err := upload.New(store, policy, authorize, &upload.Options{Limiter: limiter})
//
// A caller over the limit gets 429 with Retry-After before the body is read. Each instance of an
// application counts for itself, so with n instances a caller can send n times the limits; package
// redislimit counts for all instances together. Used amounts are free again after a while, so this
// does not limit how much a caller stores in total.
//
// # Memory
//
// A caller is identified by 64 bits of a hash and takes about 330 bytes, a direct or resumable
// upload about 130. The numbers of both are bounded. Only idle callers who have all their limits
// free are evicted. When [Options.MaxCallers] others are known, all new callers count as one. They
// may be refused because of each other, but from then on a caller who invents more subjects gains
// nothing.
package limit

import (
	"context"
	"errors"
	"hash/maphash"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// Options configure which callers share limits, and how many callers are remembered. The zero value
// and nil mean the defaults.
type Options struct {
	// Key identifies callers: those with the same key share the limits. Default: [BySubject]. It is
	// called concurrently.
	Key func(upload.Claim) string

	// MaxCallers is how many callers are remembered at once. Default: 100,000.
	MaxCallers int
}

// Limiter is an [upload.Limiter] in memory, made by [New]. Several handlers may share one, and
// callers then have the limits for all these handlers together. It is safe for concurrent use and
// starts no goroutine.
type Limiter struct {
	key    func(upload.Claim) string
	seed   maphash.Seed
	ledger ledger
}

// New returns a Limiter with these limits. It fails when a limit or an option is negative or out of
// range.
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
		return nil, errors.New("limit: negative MaxCallers; 0 means the default")
	}
	return &Limiter{key: o.Key, seed: maphash.MakeSeed(), ledger: newLedger(each, o.MaxCallers)}, nil
}

// Reserve grants what claim may need or refuses it with [upload.CodeRateLimited]. It refuses what
// no caller may ever have with [upload.CodeTooLarge] or [upload.CodeTooMany].
func (l *Limiter) Reserve(_ context.Context, claim upload.Claim) (upload.Reservation, error) {
	id := maphash.String(l.seed, l.key(claim))
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	return l.ledger.reserve(id, l.name(claim), claim, time.Now())
}

// name returns the name by which the reservation of a claim can be released, 0 if it cannot be.
func (l *Limiter) name(claim upload.Claim) uint64 {
	if claim.ID == "" || claim.Until.IsZero() {
		return 0
	}
	return maphash.String(l.seed, claim.ID)
}

// Release implements [upload.Releaser]. It finds the reservation by its id alone, of which 64 bits
// of a hash are remembered.
func (l *Limiter) Release(_ context.Context, _, id string) error {
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	l.ledger.release(maphash.String(l.seed, id))
	return nil
}
