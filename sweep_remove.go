package upload

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// removeAll removes objects, if this is no dry run.
func (r *sweep) removeAll(ctx context.Context, objects []ListedObject) error {
	for _, o := range objects {
		f := SweepFinding{Key: o.Key, Size: o.Size, Modified: o.Modified}
		if err := r.orphan(ctx, f, func() error { return r.store.RemoveListed(ctx, o) }); err != nil {
			return err
		}
	}
	return nil
}

// orphan removes what f describes, if this is no dry run. An error ends the
// sweep; that one removal fails does not.
func (r *sweep) orphan(ctx context.Context, f SweepFinding, remove func() error) error {
	f.Outcome = SweepOrphaned
	if r.opts.Remove {
		if r.report.Removed == r.opts.MaxRemovals {
			return ErrSweepLimit
		}
		if err := r.pace(ctx); err != nil {
			return err
		}
		f.Outcome, f.Err = SweepRemoved, apart(remove)
	}
	switch {
	case f.Err == nil:
		r.report.Bytes += f.Size
	case errors.Is(f.Err, ErrChanged):
		f.Outcome = SweepChanged
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		f.Outcome = SweepFailed
		if r.failure == nil {
			r.failure = f.Err
		}
	}
	r.count(f.Outcome)
	return r.tell(ctx, f)
}

func (r *sweep) count(o SweepOutcome) {
	r.report.Orphaned++
	switch o {
	case SweepRemoved:
		r.report.Removed++
	case SweepChanged:
		r.report.Changed++
	case SweepFailed:
		r.report.Failed++
	}
}

// tooManyFailed is an error if as many removals have failed as may.
func (r *sweep) tooManyFailed() error {
	if r.report.Failed < r.opts.MaxFailures {
		return nil
	}
	return fmt.Errorf("%w: %d, the first: %w", ErrSweepFailures, r.report.Failed, r.failure)
}

// soon is when the next removal may begin.
func (r *sweep) soon() time.Time {
	if now := time.Now(); now.After(r.next) {
		return now
	}
	return r.next
}

// pace waits until the next removal may begin.
func (r *sweep) pace(ctx context.Context) error {
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
