// Package budget shares a number of units, such as bytes of memory, between
// callers who wait their turn.
package budget

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrTooLarge is returned at once for a request that could never be granted.
var ErrTooLarge = errors.New("budget: more than there is")

// Budget is a weighted semaphore that serves its callers first come, first
// served, and in which no named subject holds more than a share of the whole.
// It is safe for concurrent use.
//
// Two rules keep one subject from harming the others. A request that would
// take its subject over the share waits for that subject's own releases, and
// meanwhile everybody behind it is served as if it was not there. And a
// request that nobody's share stands against is never overtaken, however large
// it is and however small the ones behind it are.
//
// A single request larger than the share is granted to a subject that holds
// nothing, since it could not be granted otherwise. The subject "" stands for
// callers whose name is not known; no share applies to it.
type Budget struct {
	size, share int64

	mu    sync.Mutex
	used  int64
	peak  int64
	held  map[string]int64 // of named subjects, no zeros
	queue list.List        // of *request, oldest first
}

type request struct {
	subject string
	n       int64
	granted chan struct{} // closed under the mutex
}

// New returns a Budget of size units, of which one named subject gets share.
// A share of zero means one request at a time.
func New(size, share int64) *Budget {
	return &Budget{size: size, share: share, held: make(map[string]int64)}
}

// Acquire takes n units for subject and waits for them as long as ctx allows;
// with a ctx that is done it takes them if they are free now. The error is
// [ErrTooLarge] or the cause of ctx's end. Who holds units must not wait for
// more: two such callers could wait for each other for ever.
func (b *Budget) Acquire(ctx context.Context, subject string, n int64) error {
	if n < 0 || n > b.size {
		return fmt.Errorf("%w: %d of %d", ErrTooLarge, n, b.size)
	}
	b.mu.Lock()
	r, place := b.enqueue(subject, n)
	b.mu.Unlock()
	select {
	case <-r.granted:
		return nil
	case <-ctx.Done():
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	if r.isGranted() {
		return nil
	}
	b.leave(place)
	return context.Cause(ctx)
}

// TryAcquire takes n units for subject if they are free and nobody waits for
// room, so that those who want more never starve those who wait for their
// first. (Requests that only their own subject's share holds back do not count
// as waiting, but for TryAcquire by that same subject.) It may be called while
// holding units.
func (b *Budget) TryAcquire(subject string, n int64) bool {
	if n < 0 || n > b.size {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r, place := b.enqueue(subject, n)
	if !r.isGranted() {
		b.leave(place)
	}
	return r.isGranted()
}

// Release gives back n units that subject holds, all it acquired or a part.
// It panics when subject does not hold as many.
func (b *Budget) Release(subject string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < 0 || n > b.used || subject != "" && n > b.held[subject] {
		panic("budget: more released than acquired")
	}
	b.hold(subject, -n)
	b.grant()
}

// Used returns how many units are held.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Peak returns the most units that were ever held at once.
func (b *Budget) Peak() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.peak
}

// enqueue puts a request at the end of the queue and grants what can be, which
// may be this one.
func (b *Budget) enqueue(subject string, n int64) (*request, *list.Element) {
	r := &request{subject: subject, n: n, granted: make(chan struct{})}
	place := b.queue.PushBack(r)
	b.grant()
	return r, place
}

// leave takes a request that was not granted out of the queue, which may let
// those behind it go.
func (b *Budget) leave(place *list.Element) {
	b.queue.Remove(place)
	b.grant()
}

// grant serves the queue in order, up to the first request that has to wait
// for room. A subject that is over its share stays so for its later, smaller
// requests: they do not overtake its first.
func (b *Budget) grant() {
	var over map[string]bool
	for place := b.queue.Front(); place != nil; {
		r, next := place.Value.(*request), place.Next()
		switch {
		case over[r.subject]:
		case !b.withinShare(r.subject, r.n):
			if over == nil {
				over = make(map[string]bool)
			}
			over[r.subject] = true
		case b.used+r.n > b.size:
			return
		default:
			b.hold(r.subject, r.n)
			b.queue.Remove(place)
			close(r.granted)
		}
		place = next
	}
}

func (b *Budget) withinShare(subject string, n int64) bool {
	held := b.held[subject]
	return subject == "" || held == 0 || held+n <= b.share
}

func (b *Budget) hold(subject string, n int64) {
	b.used += n
	b.peak = max(b.peak, b.used)
	if subject == "" {
		return
	}
	b.held[subject] += n
	if b.held[subject] == 0 {
		delete(b.held, subject)
	}
}

func (r *request) isGranted() bool {
	select {
	case <-r.granted:
		return true
	default:
		return false
	}
}
