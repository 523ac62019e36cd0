package chain

import (
	"context"
	"errors"
	"sync"

	"github.com/airlock-go/upload/storage"
)

// Remove removes pieces and merged cells of an upload that has ended. The markers stay if
// keepMarkers is true, so that every later request learns how it ended. Without them the upload
// must have expired for the caller: a writer that is still running could start it again.
//
// A writer that has seen the upload before it ended may still store pieces after Remove. Another
// call or a sweep removes them. Remove may be called again after an error.
func (c *Chain) Remove(ctx context.Context, keepMarkers bool) error {
	f, err := c.index.all(ctx)
	if err != nil {
		return err
	}
	var keys []string
	for _, cell := range f.merged {
		keys = append(keys, c.mergedKey(cell))
	}
	for _, p := range f.pieces { // the newest first: after an error a walk finds nearly all that is left
		keys = append(keys, c.pieceKey(p.start))
	}
	if many, ok := c.store.(storage.ManyDeleter); ok {
		keys = many.DeleteMany(ctx, keys)
	}
	err = atOnceEach(ctx, len(keys), func(ctx context.Context, i int) error {
		return c.store.Delete(ctx, keys[i])
	})
	if err != nil || keepMarkers {
		return err
	}
	return errors.Join(c.store.Delete(ctx, c.prefix+doneName), c.store.Delete(ctx, c.prefix+endName))
}

// atOnce is how many cells are merged, or objects removed, at the same time.
const atOnce = 4

// atOnceEach calls do for 0 to n-1, a few at once, until one fails or ctx ends, and returns the cause.
func atOnceEach(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(n, atOnce) {
		workers.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}
