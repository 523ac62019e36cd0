package upload

import (
	"context"
	"errors"
	"github.com/airlock-go/upload/internal/worker"
	"slices"
	"time"
)

// discard removes all files of the request, in reverse order, whatever one
// answers, within one CleanupTimeout.
func (tx *Tx) discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tx.h.opts.CleanupTimeout)
	defer cancel()
	var errs []error
	for i, s := range slices.Backward(tx.staged) {
		errs = append(errs, tx.cleanup(ctx, tx.files[i], s.Discard))
	}
	return errors.Join(errs...)
}

// cleanup removes what the request left under f's key. It goes on when the
// request's context has ended, as it usually has, tries again, and tells when
// something stays.
func (q *request) cleanup(ctx context.Context, f File, discard func(context.Context) error) error {
	begin := time.Now()
	err := retry(ctx, discard)
	e := Event{Kind: KindCleanedUp, Files: []File{f}, Duration: time.Since(begin), Err: err}
	if err != nil {
		e.Kind = KindCleanupFailed
	}
	q.tell(e)
	return err
}

// retry calls f until it succeeds, four times at most, with growing pauses.
func retry(ctx context.Context, f func(context.Context) error) error {
	pause := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := worker.Apart(func() error { return f(ctx) })
		if err == nil || try == 4 || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause *= 4
	}
}
