package redislimit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limits"
)

// lease is what one upload holds: a slot of its caller, a slot of all, and files and bytes.
type lease struct {
	l     *Limiter
	id    string
	life  time.Duration // of its slots
	since time.Time

	keys
	slots, all      string // keys
	owner           string // the key that holds the caller, "" for what cannot be released
	most, mostOfAll int    // slots

	byURL bool // signed
	files int
	bytes int64
	stop  context.CancelFunc
}

func (l *Limiter) newLease(claim upload.Claim, k keys) *lease {
	prefix := l.opts.Prefix
	r := &lease{l: l, id: rand.Text(), since: time.Now(), keys: k, byURL: !claim.Until.IsZero(), files: claim.Files, bytes: claim.Bytes, stop: func() {}}
	if r.byURL {
		r.slots, r.all, r.life = k.signed, prefix+"{all}:signed", max(time.Until(claim.Until), time.Millisecond)
		r.most, r.mostOfAll = l.limits.Signed, l.limits.AllSigned
		if claim.ID != "" {
			r.id, r.owner = claim.ID, l.owner(claim.ID)
		}
	} else {
		r.slots, r.all, r.life = k.concurrent, prefix+"{all}:concurrent", l.opts.Lease
		r.most, r.mostOfAll = l.limits.Concurrent, l.limits.AllConcurrent
	}
	return r
}

// take takes a slot, files and bytes of the caller.
func (r *lease) take(ctx context.Context) error {
	o := &r.l.limits
	got, err := take.Run(ctx, r.l.client, []string{r.slots, r.amounts},
		r.id, r.life.Milliseconds(), r.most, o.Window.Milliseconds(), r.files, o.Files, r.bytes, o.Bytes).Slice()
	if err != nil {
		return err
	}
	missing, _ := got[0].(string)
	wait, _ := got[1].(int64)
	switch missing {
	case "":
		return nil
	case "slots":
		return limits.Slots(true, r.byURL)
	}
	return limits.Window(missing, time.Duration(wait)*time.Millisecond)
}

// enter takes a slot of all callers.
func (r *lease) enter(ctx context.Context) error {
	keys := []string{r.all}
	if r.owner != "" {
		keys = append(keys, r.owner)
	}
	got, err := enter.Run(ctx, r.l.client, keys, r.id, r.life.Milliseconds(), r.mostOfAll, r.caller).Int()
	if err == nil && got == 0 {
		return limits.Slots(false, r.byURL)
	}
	return err
}

// giveBack frees the caller's slot and what was not used. It returns the time, by the clock of
// Redis in milliseconds, when nothing of the caller counts any more, 0 if that is not known.
func (r *lease) giveBack(ctx context.Context, used upload.Usage) (until int64, err error) {
	o := &r.l.limits
	held := time.Since(r.since)
	return settle.Run(ctx, r.l.client, []string{r.slots, r.amounts, "rate:" + r.requests}, r.id, o.Window.Milliseconds(),
		limits.Unused(int64(r.files-used.Files), held, o.Window), o.Files,
		limits.Unused(r.bytes-used.Bytes, held, o.Window), o.Bytes).Int64()
}

// live keeps renewing the slots of a streamed upload until Settle, or until its request ends if it
// has one. Those of a signed one last until Claim.Until.
func (r *lease) live(claim upload.Claim) {
	if r.byURL {
		return
	}
	ctx := context.Background()
	if claim.Request != nil {
		ctx = claim.Request.Context()
	}
	ctx, r.stop = context.WithCancel(ctx)
	go r.renew(ctx)
}

func (r *lease) renew(ctx context.Context) {
	tick := time.NewTicker(r.life / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asking, cancel := context.WithTimeout(ctx, r.l.opts.Timeout)
		for _, slots := range []string{r.slots, r.all} { // if it fails, the next renewal may succeed
			_ = renew.Run(asking, r.l.client, []string{slots}, r.id, r.life.Milliseconds()).Err()
		}
		cancel()
	}
}

// owner returns the key in Redis that holds the caller of a signed upload, for its release.
func (l *Limiter) owner(id string) string { return l.opts.Prefix + "{all}:signed:" + id }

// Release implements [upload.Releaser]. It finds the reservation by its id alone, in any process.
// It takes three calls to Redis, or one without a reservation.
func (l *Limiter) Release(ctx context.Context, _, id string) error {
	asking, cancel := context.WithTimeout(ctx, l.opts.Timeout)
	defer cancel()
	caller, err := l.client.Get(asking, l.owner(id)).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return nil
	case err != nil:
		return fmt.Errorf("redislimit: %w", err)
	}
	used := upload.Claim{Until: time.Now(), ID: id} // its files and bytes count as used
	return l.newLease(used, l.keysAt(caller)).Settle(ctx, upload.Usage{})
}

// Settle implements [upload.Reservation].
func (r *lease) Settle(ctx context.Context, used upload.Usage) error {
	r.stop()
	ctx, cancel := context.WithTimeout(ctx, r.l.opts.Timeout)
	defer cancel()
	until, err := r.giveBack(ctx, used)
	_, left := r.l.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRem(ctx, r.all, r.id)
		if r.owner != "" {
			p.Del(ctx, r.owner)
		}
		if until > 0 { // only of a known member, which the crowd is not
			p.ZAddXX(ctx, r.l.callers(), redis.Z{Score: float64(until), Member: r.caller})
		}
		return nil
	})
	return errors.Join(err, left)
}
