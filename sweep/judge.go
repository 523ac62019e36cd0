package sweep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// measured is how many objects are asked about, at least, before the first of
// them is removed: half of a page, so that a page of old objects is one measure.
const measured = 500

// settle judges what is pending, all of it before the first is removed.
func (r *run) settle(ctx context.Context) error {
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

// measure refuses orphans if they are too large a share of what was pending.
func (r *run) measure(orphans []storage.ListedObject) error {
	p := proportion{len(r.pending), len(orphans)}
	sum := p
	if p.asked < measured { // the last: few, and so any share by chance
		sum.asked += r.last.asked
		sum.orphaned += r.last.orphaned
	}
	r.last = p
	if r.opts.AllowAnyShare || float64(sum.orphaned) <= r.opts.MaxShare*float64(sum.asked) {
		return nil
	}
	err := fmt.Errorf("%w: Referenced leaves out %d of the %d objects that it was asked about up to the key %q, and MaxShare is %v. "+
		"None of these was removed. If it knows all of this prefix and they are really left over, raise MaxShare, or set AllowAnyShare if everything is",
		ErrShare, sum.orphaned, sum.asked, r.pending[len(r.pending)-1].Key, r.opts.MaxShare)
	if r.opts.Remove {
		return err
	}
	if r.excess == nil {
		r.excess = err
	}
	return nil
}

// atOnce is how many objects are asked about right before they are removed: what Rate
// removes while the answer may be acted on.
func (r *run) atOnce() int {
	return min(r.opts.BatchSize, int(min(int64(r.opts.Rate), maxBatch)*int64(maxAnswerAge/time.Second)))
}

// removeBatch removes what is still orphaned. It asks again, since removing what
// was judged together takes longer than an answer may be old, and once more whenever
// that answer is too old, too.
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

// unreferenced asks about objects and returns those that nobody refers to. The
// others it counts as kept.
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

// ask asks for one batch.
func (r *run) ask(ctx context.Context, batch []storage.ListedObject) (referenced map[string]bool, _ error) {
	keys := make([]string, len(batch))
	referenced = make(map[string]bool, len(batch))
	for i, o := range batch {
		keys[i], referenced[o.Key] = o.Key, false
	}
	var answer []string
	err := worker.Apart(func() (err error) { answer, err = r.referenced(ctx, keys); return err })
	if err == nil {
		err = ctx.Err() // which may have cut the answer short
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: asking what is referred to: %w", err)
	}
	for _, key := range answer {
		if _, asked := referenced[key]; !asked {
			return nil, fmt.Errorf("sweep: %q is said to be referred to, which was not asked", key)
		}
		referenced[key] = true
	}
	return referenced, nil
}
