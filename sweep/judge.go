package sweep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// measured is the least number of objects that Referenced is asked about, if there are as many,
// before the first of them is removed. It is half of a page, so a page of old objects is measured
// at once.
const measured = 500

// settle judges all pending objects before it removes the first.
func (r *run) settle(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	orphans, err := r.unreferenced(ctx, r.pending)
	if err != nil {
		return err
	}
	if err := r.measure(orphans); err != nil {
		return err
	}
	r.pending = r.pending[:0]
	for batch := range slices.Chunk(orphans, r.atOnce()) {
		if err := r.removeBatch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// measure returns an error if the orphans are too large a share of the pending objects. In a dry
// run it keeps the first such error for the end. It measures a small last group together with the
// group before.
func (r *run) measure(orphans []storage.ListedObject) error {
	p := proportion{len(r.pending), len(orphans)}
	sum := p
	if p.asked < measured { // the last group: of so few any share is chance
		sum.asked += r.last.asked
		sum.orphaned += r.last.orphaned
	}
	r.last = p
	if r.opts.AllowAnyShare || float64(sum.orphaned) <= r.opts.MaxShare*float64(sum.asked) {
		return nil
	}
	err := fmt.Errorf("%w: Referenced leaves out %d of the %d objects that it was asked about up to the key %q, and MaxShare is %v. "+
		"None of the last %d was removed. If Referenced answers for all of this prefix and they are really orphans, raise MaxShare, or set AllowAnyShare if all are orphans",
		ErrShare, sum.orphaned, sum.asked, r.pending[len(r.pending)-1].Key, r.opts.MaxShare, p.asked)
	if r.opts.Remove {
		return err
	}
	if r.excess == nil {
		r.excess = err
	}
	return nil
}

// atOnce returns how many objects are asked about right before their removal: at most as many as
// Rate removes before the answer is too old.
func (r *run) atOnce() int {
	return min(r.opts.BatchSize, int(min(int64(r.opts.Rate), maxBatch)*int64(maxAnswerAge/time.Second)))
}

// removeBatch removes the objects that are still orphaned. It asks again, since removing all
// objects that were judged together can take longer than maxAnswerAge. It repeats that whenever the
// answer has become too old.
func (r *run) removeBatch(ctx context.Context, batch []storage.ListedObject) (err error) {
	if !r.opts.Remove {
		return r.removeAll(ctx, batch)
	}
	for len(batch) > 0 {
		if batch, err = r.unreferenced(ctx, batch); err != nil {
			return err
		}
		for answered, first := time.Now(), true; len(batch) > 0 && (first || r.soon().Sub(answered) <= maxAnswerAge); first = false {
			if err := r.removeAll(ctx, batch[:1]); err != nil {
				return err
			}
			batch = batch[1:]
		}
	}
	return nil
}

// unreferenced asks about objects and returns those that the answers leave out. It counts the
// others as kept.
func (r *run) unreferenced(ctx context.Context, objects []storage.ListedObject) (orphans []storage.ListedObject, _ error) {
	for batch := range slices.Chunk(objects, r.opts.BatchSize) {
		referenced, err := r.ask(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, o := range batch {
			if referenced[o.Key] {
				r.report.Kept++
			} else {
				orphans = append(orphans, o)
			}
		}
	}
	return orphans, nil
}

// ask asks Referenced about one batch.
func (r *run) ask(ctx context.Context, batch []storage.ListedObject) (referenced map[string]bool, _ error) {
	keys := make([]string, len(batch))
	referenced = make(map[string]bool, len(batch))
	for i, o := range batch {
		keys[i], referenced[o.Key] = o.Key, false
	}
	var answer []string
	err := worker.Apart(func() (err error) { answer, err = r.referenced(ctx, keys); return err })
	if err == nil {
		err = ctx.Err() // the end of ctx may have cut the answer short
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: call Referenced: %w", err)
	}
	for _, key := range answer {
		if _, asked := referenced[key]; !asked {
			return nil, fmt.Errorf("sweep: Referenced returned %q, a key that it was not asked about", key)
		}
		referenced[key] = true
	}
	return referenced, nil
}
