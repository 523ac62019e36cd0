package sweep

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Run sweeps once, from cursor on. cursor is "", or the Cursor of an earlier report of a sweep with
// the same prefix. A page that the earlier run did not complete is then swept again, which does no
// harm.
//
// Run ends with an error for an invalid cursor, when ctx ends, when the storage cannot list, or
// lists an implausible time or key, and when Referenced, Progress or Found fail. It also ends with
// [ErrLimit], [ErrFailures] and [ErrShare]. The report then describes the work until that error. A
// failed removal does not end the run, and is an error after the last page. Only a nil error means
// that everything from cursor on was swept.
func (s *Sweeper) Run(ctx context.Context, cursor string) (Report, error) {
	r := &run{Sweeper: s}
	r.report.Cursor = cursor
	at, err := parseCursor(cursor, s.opts.Prefix)
	for err == nil {
		if at, err = r.page(ctx, at); err != nil {
			break
		}
		if len(r.pending) == 0 {
			r.report.Cursor = at.encode(s.opts.Prefix)
		}
		if s.opts.Progress != nil {
			err = worker.Apart(func() error { return s.opts.Progress(ctx, r.report) })
		}
		if at == (position{}) {
			break
		}
		if err == nil && len(r.pending) == 0 {
			err = r.tooManyFailed()
		}
	}
	switch {
	case err == nil && r.report.Failed > 0:
		err = fmt.Errorf("sweep: %d of %d orphans could not be removed, the first: %w", r.report.Failed, r.report.Orphaned, r.failure)
	case err == nil:
		err = r.excess
	}
	return r.report, err
}

// page sweeps one page and returns the position after it, which is the beginning after the last
// page.
func (r *run) page(ctx context.Context, at position) (position, error) {
	list := r.objects
	switch {
	case at.uploads && r.uploads == nil: // the cursor is of another store
		return position{}, nil
	case at.uploads:
		list = r.openUploads
	}
	next, err := list(ctx, at.after)
	switch {
	case err != nil:
		return at, err
	case next != "" && next == at.after:
		return at, errors.New("sweep: the storage repeats the same page")
	case next != "":
		return position{at.uploads, next}, nil
	case !at.uploads && r.uploads != nil:
		return position{uploads: true}, nil
	}
	return position{}, nil
}

// objects judges a page of objects before it removes anything of it. It settles the pending ones
// once there are enough to be measured, or on the last page.
func (r *run) objects(ctx context.Context, after string) (next string, err error) {
	page, err := r.store.ListObjects(ctx, r.opts.Prefix, after)
	if err == nil {
		err = r.clock(page.Time)
	}
	if err != nil {
		return "", err
	}
	var staged []storage.ListedObject
	for _, o := range page.Items {
		old, err := r.candidate(ctx, Finding{Key: o.Key, Size: o.Size, Modified: o.Modified})
		switch {
		case err != nil:
			return "", err
		case old && storage.IsStaging(o.Key):
			staged = append(staged, o)
		case old:
			r.pending = append(r.pending, o)
		}
	}
	if err := r.removeAll(ctx, staged); err != nil {
		return "", err
	}
	if len(r.pending) >= measured || page.Next == "" {
		err = r.settle(ctx)
	}
	return page.Next, err
}

// openUploads judges a page of uploads, and aborts the stale ones. A key can have more uploads than
// a page holds. So a page of one key alone, unless it is the last, is requested again as long as
// some of its uploads are removed.
func (r *run) openUploads(ctx context.Context, after string) (next string, err error) {
	for known := map[string]bool(nil); ; {
		page, err := r.uploads.ListUploads(ctx, r.opts.Prefix, after)
		if err == nil {
			err = r.clock(page.Time)
		}
		if err != nil {
			return "", err
		}
		before := r.report.Removed
		if known, err = r.abortStale(ctx, page.Items, known); err != nil {
			return "", err
		}
		if page.Next == "" || r.report.Removed == before || page.Items[0].Key != page.Items[len(page.Items)-1].Key {
			return page.Next, nil
		}
	}
}

// abortStale aborts the stale uploads of a page, and returns the ids of all its uploads. It skips
// known uploads, which an earlier answer for the same page listed.
func (r *run) abortStale(ctx context.Context, page []storage.ListedUpload, known map[string]bool) (listed map[string]bool, _ error) {
	var stale []Finding
	listed = make(map[string]bool, len(page))
	for _, u := range page {
		listed[u.UploadID] = true
		if known[u.UploadID] {
			continue
		}
		f := Finding{Key: u.Key, UploadID: u.UploadID, Modified: u.Initiated}
		old, err := r.candidate(ctx, f)
		if err != nil {
			return nil, err
		}
		if old {
			stale = append(stale, f)
		}
	}
	for _, f := range stale {
		if err := r.orphan(ctx, f, func() error { return r.uploads.AbortMultipart(ctx, f.Key, f.UploadID) }); err != nil {
			return nil, err
		}
	}
	return listed, nil
}

// candidate counts a listed object or upload, and reports whether it may be removed if nothing
// refers to it.
func (r *run) candidate(ctx context.Context, f Finding) (bool, error) {
	if !strings.HasPrefix(f.Key, r.opts.Prefix) {
		return false, fmt.Errorf("sweep: the storage lists %q under the prefix %q", f.Key, r.opts.Prefix)
	}
	old, err := r.old(f)
	if err != nil {
		return false, err
	}
	r.report.Seen++
	if err := storage.ValidKey(f.Key); err != nil {
		r.report.Foreign++
		f.Outcome, f.Err = Foreign, err
		return false, r.tell(ctx, f)
	}
	if !old {
		r.report.Young++
	}
	return old, nil
}
