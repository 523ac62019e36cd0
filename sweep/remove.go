package sweep

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// removeAll removes objects, unless this is a dry run.
func (r *run) removeAll(ctx context.Context, objects []storage.ListedObject) error {
	for _, o := range objects {
		f := Finding{Key: o.Key, Size: o.Size, Modified: o.Modified}
		if err := r.orphan(ctx, f, func() error { return r.store.RemoveListed(ctx, o) }); err != nil {
			return err
		}
	}
	return nil
}

// orphan removes the object or upload that f describes, unless this is a dry run. An error ends the
// sweep; one failed removal does not.
func (r *run) orphan(ctx context.Context, f Finding, remove func() error) error {
	f.Outcome = Orphaned
	if r.opts.Remove {
		if r.report.Removed == r.opts.MaxRemovals {
			return ErrLimit
		}
		if err := r.pace(ctx); err != nil {
			return err
		}
		f.Outcome, f.Err = Removed, worker.Apart(remove)
	}
	switch {
	case f.Err == nil:
		r.report.Bytes += f.Size
	case errors.Is(f.Err, storage.ErrChanged):
		f.Outcome = Changed
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		f.Outcome = Failed
		if r.failure == nil {
			r.failure = f.Err
		}
	}
	r.count(f.Outcome)
	return r.tell(ctx, f)
}

// tooManyFailed returns an error if MaxFailures removals have failed.
func (r *run) tooManyFailed() error {
	if r.report.Failed < r.opts.MaxFailures {
		return nil
	}
	return fmt.Errorf("%w: %d, the first: %w", ErrFailures, r.report.Failed, r.failure)
}

// soon returns the time when the next removal may begin.
func (r *run) soon() time.Time {
	if now := time.Now(); now.After(r.next) {
		return now
	}
	return r.next
}

// pace waits until the next removal may begin.
func (r *run) pace(ctx context.Context) error {
	timer := time.NewTimer(time.Until(r.next))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	r.next = time.Now().Add(time.Second / time.Duration(r.opts.Rate))
	return ctx.Err()
}
