// Package redislimit bounds how much one caller uploads to all instances of an application
// together, by counting in Redis (5 or newer, also Valkey), alone or in a cluster:
//
//	// of github.com/redis/go-redis/v9
//	client := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true})
//	limiter, err := redislimit.New(client, limit.Limits{Files: 100}, nil)
//	…
//	h, err := upload.New(store, policy, authorize, &upload.Options{Limiter: limiter})
//
// The limits have the same meaning as in package limit. Module redis_rate counts the requests, and
// scripts count the rest. Each script runs as a whole, so a limit holds however many instances a
// caller uses at once. A streamed upload takes four calls to Redis, and two more to settle. A body
// that is refused before it is granted, and then drained, takes up to six for that. While an upload
// runs, two more renew its slots, three times in each [Options.Lease]. The beginning of a direct or
// resumable upload takes four calls, a later step that counts two, and a release three. The first
// call of each script takes one more.
//
// # When Redis is down
//
// Uploads are refused (503) unless [Options.AllowWhenDown] is set. When Redis loses its memory,
// counting begins again, and a caller can use each limit once more. Uploads in progress at that
// time get nothing back and hold no slot. After a failover the same is true of what was not
// replicated. If an answer of Redis is lost, what was reserved may count as used. If the Redis
// client then repeats the script, files and bytes count once, and the request perhaps twice.
//
// # Memory
//
// Redis must not evict keys (maxmemory-policy noeviction): a limit whose key is gone does not
// apply. Give it memory of its own, some 600 bytes for each of [Options.MaxCallers] and 500 for
// each signed upload, and twice that to be safe. A caller is evicted when everything that it sent
// has drained. A Redis with full memory answers with errors, as it does when a login fails, and
// counts as down.
//
// # When an instance dies
//
// The slots of its streamed uploads are free after [Options.Lease], and those of signed ones when
// their URLs have expired. The files and bytes that it had reserved flow back with the window.
package redislimit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/contained"
	"github.com/airlock-go/upload/internal/limits"
	"github.com/airlock-go/upload/limit"
)

// Options configure which callers share limits, and how Redis is used. The zero value and nil mean
// the defaults.
type Options struct {
	// Key identifies callers: those with the same key share the limits. Default: [limit.BySubject],
	// which takes all anonymous callers of one proxy for one caller: see [limit.ByAddress]. Key must
	// be safe for concurrent calls. Redis sees only a hash of its result, which may hold anything.
	Key func(upload.Claim) string

	// Prefix begins all keys in Redis, after "rate:" in those of redis_rate. Limiters with the same
	// prefix count together and need the same limits; others need another prefix. It must have no
	// braces, which are the hash tags of clusters. Default: "upload:".
	Prefix string

	// MaxCallers is how many callers are counted separately at once. A caller is evicted when
	// everything that it sent has drained: of 500 files in an hour one has drained after 7 s. When
	// as many are known, all new callers count as one. They may be refused because of each other,
	// but from then on further names gain nothing. Default: 100,000.
	MaxCallers int

	// AllowWhenDown lets everybody upload, without any of these limits, while Redis does not answer
	// or answers with an error. Default: uploads are refused.
	AllowWhenDown bool

	// Timeout is the longest time for all calls to Redis that reserve for one request. Calls that
	// give back or renew have as long again, and a release has twice as long. The calls that count
	// a drained body after a refusal have their own Timeout, too. Default: 500 ms.
	Timeout time.Duration

	// Lease is how long the slot of a streamed upload outlives a process that died, at most. A
	// running process renews it three times in that time. Default: 1 min. At least 300 ms, and
	// longer than an expected outage of Redis: an upload whose lease has expired has no slot and
	// gets nothing back.
	Lease time.Duration

	// Logger logs a warning, at most one a minute, when AllowWhenDown lets requests pass. Default:
	// slog.Default().
	Logger *slog.Logger
}

// Limiter is an [upload.Limiter] over Redis, made by [New]. It is safe for concurrent use. Each
// streamed upload has a goroutine, which ends when it is settled or its request is over.
type Limiter struct {
	client   redis.UniversalClient
	requests *redis_rate.Limiter
	limits   limits.Limits
	opts     Options
	warned   atomic.Int64 // Unix seconds
}

// New returns a Limiter with these limits. It fails when a limit or an option is out of range, and
// for a client without ContextTimeoutEnabled. The client's own timeouts, several seconds for a
// call, would hold uploads when Redis hangs. New makes no call to Redis, which may be started
// later.
func New(client redis.UniversalClient, l limit.Limits, opts *Options) (*Limiter, error) {
	if client == nil {
		return nil, errors.New("redislimit: New needs a client")
	}
	each, err := limits.Limits(l).WithDefaults()
	if err != nil {
		return nil, err
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	if err := o.fill(client); err != nil {
		return nil, err
	}
	return &Limiter{client: client, requests: redis_rate.NewLimiter(client), limits: each, opts: o}, nil
}

func (o *Options) fill(client redis.UniversalClient) error {
	if o.Key == nil {
		o.Key = limit.BySubject
	}
	if o.Prefix == "" {
		o.Prefix = "upload:"
	}
	if o.Timeout == 0 {
		o.Timeout = 500 * time.Millisecond
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.MaxCallers == 0 {
		o.MaxCallers = 100_000
	}
	o.Logger = contained.Logger(o.Logger)
	switch {
	case o.MaxCallers < 0:
		return errors.New("redislimit: negative MaxCallers; 0 means the default")
	case strings.ContainsAny(o.Prefix, "{}"):
		return errors.New("redislimit: Prefix must not have braces")
	case o.Timeout < 0, o.Lease < 300*time.Millisecond:
		return errors.New("redislimit: Timeout must be positive, and Lease at least 300 ms")
	case !obeysContext(client):
		return errors.New("redislimit: the client needs ContextTimeoutEnabled, or it ignores the timeouts")
	}
	return nil
}

// obeysContext reports whether a client has ContextTimeoutEnabled. It trusts clients of other
// kinds.
func obeysContext(client redis.UniversalClient) bool {
	switch c := client.(type) {
	case *redis.Client:
		return c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return c.Options().ContextTimeoutEnabled
	}
	return true
}

// Reserve grants what claim may need or refuses it with [upload.CodeRateLimited]. It refuses what
// no caller may ever have with [upload.CodeTooLarge] or [upload.CodeTooMany]. Any other error means
// that Redis did not answer, or answered with an error.
func (l *Limiter) Reserve(ctx context.Context, claim upload.Claim) (upload.Reservation, error) {
	asking, cancel := context.WithTimeout(ctx, l.opts.Timeout)
	defer cancel()
	r, err := l.reserve(asking, claim)
	var refusal *upload.Error
	switch {
	case err == nil && r == nil, err != nil && errors.As(err, &refusal):
		return nil, err
	case err == nil:
		return r, nil
	case l.opts.AllowWhenDown && ctx.Err() == nil:
		l.warn(ctx, err)
		return nil, nil
	}
	return nil, fmt.Errorf("redislimit: %w", err)
}

func (l *Limiter) reserve(ctx context.Context, claim upload.Claim) (*lease, error) {
	keys, err := l.keysOf(ctx, claim)
	if err != nil {
		return nil, err
	}
	rate := redis_rate.Limit{Rate: l.limits.Requests, Burst: l.limits.Requests, Period: l.limits.Window}
	got, err := l.requests.Allow(ctx, keys.requests, rate)
	switch {
	case err != nil:
		return nil, err
	case got.Allowed == 0:
		return nil, limits.Window("requests", got.RetryAfter)
	case claim.Files == 0 && claim.Bytes == 0:
		return nil, nil // nothing to settle
	}
	if err := limits.Impossible(claim, l.limits.Files, l.limits.Bytes); err != nil {
		return nil, err
	}
	r := l.newLease(claim, keys)
	if err := r.take(ctx); err != nil {
		return nil, err
	}
	if err := r.enter(ctx); err != nil { // give back what take has taken, even if ctx has ended
		return nil, errors.Join(err, r.Settle(context.WithoutCancel(ctx), upload.Usage{}))
	}
	r.live(claim)
	return r, nil
}

// keys are where one caller is counted, all in one hash slot of a cluster.
type keys struct {
	caller                                string
	requests, amounts, concurrent, signed string
}

// crowd stands in the keys in place of the caller for all callers beyond MaxCallers.
const crowd = "crowd"

// keysOf returns those of the caller, or of the crowd.
func (l *Limiter) keysOf(ctx context.Context, claim upload.Claim) (keys, error) {
	sum := sha256.Sum256([]byte(l.opts.Key(claim)))
	caller := hex.EncodeToString(sum[:16])
	got, err := admit.Run(ctx, l.client, []string{l.callers()}, caller, l.drains(claim).Milliseconds()+1, l.limits.Window.Milliseconds(), l.opts.MaxCallers).Int()
	if err != nil {
		return keys{}, err
	}
	if got == 0 {
		caller = crowd
	}
	return l.keysAt(caller), nil
}

func (l *Limiter) keysAt(caller string) keys {
	base := l.opts.Prefix + "{" + caller + "}:"
	return keys{caller, base + "requests", base + "amounts", base + "concurrent", base + "signed"}
}

// callers returns the key of the callers that are counted separately.
func (l *Limiter) callers() string { return l.opts.Prefix + "{all}:callers" }

// drains returns how long it takes until nothing of claim counts.
func (l *Limiter) drains(claim upload.Claim) time.Duration {
	o := &l.limits
	share := max(1/float64(o.Requests), float64(claim.Files)/float64(o.Files), float64(claim.Bytes)/float64(o.Bytes))
	return time.Duration(min(share, 1) * float64(o.Window))
}

// warn logs, at most once a minute, that no limit applies.
func (l *Limiter) warn(ctx context.Context, err error) {
	last, now := l.warned.Load(), time.Now().Unix()
	if now-last >= 60 && l.warned.CompareAndSwap(last, now) {
		l.opts.Logger.WarnContext(ctx, "redislimit: Redis is down, nobody is limited", "error", err)
	}
}
