package upload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Run sweeps once, from cursor on, which is "" or the Cursor of an earlier
// report, of a run that ended early or whose process did. The work of a page
// that was begun is begun again then, which does no harm.
//
// It ends with an error when ctx does, when the storage cannot list, when
// Referenced, Progress or Found fail, and with [ErrSweepLimit]; what it has done
// till then is in the report. A removal that fails ends nothing, and is an error
// after the last page. Only one that is nil says that all was swept.
func (s *Sweeper) Run(ctx context.Context, cursor string) (SweepReport, error) {
	r := &sweep{Sweeper: s, before: time.Now().Add(-s.opts.Grace)}
	r.report.Cursor = cursor
	at, err := parseCursor(cursor, s.opts.Prefix)
	for err == nil {
		if at, err = r.page(ctx, at); err != nil {
			break
		}
		r.report.Cursor = at.encode(s.opts.Prefix)
		if s.opts.Progress != nil {
			err = contain(func() error { return s.opts.Progress(ctx, r.report) })
		}
		if at == (sweepCursor{}) {
			break
		}
	}
	if err == nil && r.report.Failed > 0 {
		err = fmt.Errorf("upload: %d of %d orphans could not be removed, the first: %w", r.report.Failed, r.report.Orphaned, r.failure)
	}
	return r.report, err
}

// sweep is one run.
type sweep struct {
	*Sweeper
	before  time.Time // younger is what was written since
	report  SweepReport
	tried   int
	failure error     // the first
	next    time.Time // when the next removal may begin
}

// page does one page and returns the place behind it, the beginning if that is
// the end.
func (r *sweep) page(ctx context.Context, at sweepCursor) (sweepCursor, error) {
	list := r.objects
	if at.uploads {
		list = r.uploads
	}
	next, err := list(ctx, at.after)
	switch {
	case err != nil:
		return at, err
	case next != "" && next == at.after:
		return at, errors.New("upload: the storage lists the same page for ever")
	case next != "":
		return sweepCursor{at.uploads, next}, nil
	case !at.uploads:
		return sweepCursor{uploads: true}, nil
	}
	return sweepCursor{}, nil
}

// objects judges a page of objects and removes what is orphaned.
func (r *sweep) objects(ctx context.Context, after string) (next string, err error) {
	page, next, err := r.store.ListObjects(ctx, r.opts.Prefix, after)
	if err != nil {
		return "", err
	}
	var ask []ListedObject
	for _, o := range page {
		old, err := r.candidate(ctx, SweepFinding{Key: o.Key, Size: o.Size, Modified: o.Modified})
		switch {
		case old && isStaging(o.Key):
			err = r.remove(ctx, o)
		case old:
			ask = append(ask, o)
		}
		if err != nil {
			return "", err
		}
	}
	for batch := range slices.Chunk(ask, r.opts.BatchSize) {
		if err := r.ask(ctx, batch); err != nil {
			return "", err
		}
	}
	return next, nil
}

// uploads aborts what is stale on a page of uploads.
func (r *sweep) uploads(ctx context.Context, after string) (next string, err error) {
	page, next, err := r.store.ListUploads(ctx, r.opts.Prefix, after)
	if err != nil {
		return "", err
	}
	for _, u := range page {
		f := SweepFinding{Key: u.Key, UploadID: u.UploadID, Modified: u.Initiated}
		stale, err := r.candidate(ctx, f)
		if stale {
			err = r.orphan(ctx, f, func() error { return r.store.AbortMultipart(ctx, u.Key, u.UploadID) })
		}
		if err != nil {
			return "", err
		}
	}
	return next, nil
}

// candidate counts what was listed, and reports whether it may be removed if
// nothing refers to it.
func (r *sweep) candidate(ctx context.Context, f SweepFinding) (bool, error) {
	switch {
	case !strings.HasPrefix(f.Key, r.opts.Prefix):
		return false, fmt.Errorf("upload: the storage lists %q under the prefix %q", f.Key, r.opts.Prefix)
	case f.Modified.IsZero():
		return false, fmt.Errorf("upload: the storage does not say how old %q is", f.Key)
	}
	r.report.Seen++
	if err := ValidKey(f.Key); err != nil {
		r.report.Foreign++
		f.Outcome, f.Err = SweepForeign, err
		return false, r.tell(ctx, f)
	}
	if !f.Modified.Before(r.before) {
		r.report.Young++
		return false, nil
	}
	return true, nil
}

// ask asks for one batch and removes what nobody refers to.
func (r *sweep) ask(ctx context.Context, batch []ListedObject) error {
	keys := make([]string, len(batch))
	referenced := make(map[string]bool, len(batch))
	for i, o := range batch {
		keys[i], referenced[o.Key] = o.Key, false
	}
	var answer []string
	err := contain(func() (err error) { answer, err = r.referenced(ctx, keys); return err })
	if err == nil {
		err = ctx.Err() // which may have cut the answer short
	}
	if err != nil {
		return fmt.Errorf("upload: asking what is referred to: %w", err)
	}
	for _, key := range answer {
		if _, asked := referenced[key]; !asked {
			return fmt.Errorf("upload: %q is said to be referred to, which was not asked", key)
		}
		referenced[key] = true
	}
	for _, o := range batch {
		if referenced[o.Key] {
			r.report.Kept++
		} else if err := r.remove(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (r *sweep) remove(ctx context.Context, o ListedObject) error {
	f := SweepFinding{Key: o.Key, Size: o.Size, Modified: o.Modified}
	return r.orphan(ctx, f, func() error { return r.store.RemoveListed(ctx, o) })
}

// orphan removes what f describes, if this is no dry run. An error ends the
// sweep; that one removal fails does not.
func (r *sweep) orphan(ctx context.Context, f SweepFinding, remove func() error) error {
	f.Outcome = SweepOrphaned
	if r.opts.Remove {
		if r.tried == r.opts.MaxRemovals {
			return ErrSweepLimit
		}
		if err := r.pace(ctx); err != nil {
			return err
		}
		r.tried++
		f.Outcome, f.Err = SweepRemoved, contain(remove)
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
