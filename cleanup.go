package upload

import (
	"context"
	"errors"
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
		errs = append(errs, tx.h.cleanup(ctx, tx.files[i].Key, s.Discard))
	}
	return errors.Join(errs...)
}

// cleanup removes what a request left under key. It goes on when the request's
// context has ended, as it usually has, tries again, and tells the hooks and the
// log when something stays.
func (h *Handler) cleanup(ctx context.Context, key string, discard func(context.Context) error) error {
	err := retry(ctx, discard)
	if err != nil {
		h.opts.Logger.ErrorContext(ctx, "upload: a file could not be removed", "key", key, "error", err)
	}
	if f := h.opts.Hooks.CleanedUp; f != nil {
		h.hook(ctx, func() { f(ctx, key, err) })
	}
	return err
}

// retry calls f until it succeeds, four times at most, with growing pauses.
func retry(ctx context.Context, f func(context.Context) error) error {
	pause := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := contain(func() error { return f(ctx) })
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
