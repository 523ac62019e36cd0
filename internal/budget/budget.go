// Package budget shares a number of units, such as bytes of memory, between callers that wait their
// turn.
package budget

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrTooLarge is returned at once for a request of more units than the budget has, or of a negative
// number.
var ErrTooLarge = errors.New("budget: request exceeds the budget")

// ErrCrowded is returned at once for a request that would have to wait after [MaxWaiting] others,
// or after half as many of its subject.
var ErrCrowded = errors.New("budget: too many are waiting")

// MaxWaiting is the number of requests that may wait for one budget. One subject may have at most
// half of them, and so may all callers without a name together.
const MaxWaiting = 4096

// Budget is a weighted semaphore that serves its subjects in turn, and limits what a named subject
// holds to a share of the whole. It is safe for concurrent use.
//
// The requests of one subject are served in the order of their arrival, and waiting subjects get
// one request each in turn. A crowd of one subject's requests costs another subject one turn. Two
// rules keep subjects from harming others. A request that would exceed the share of its subject
// waits for that subject's own releases. Meanwhile it delays no other subject. A request keeps its
// turn until there are enough units, however large it is and however small the others are.
//
// A single request larger than the share is granted to a subject that holds nothing, since it could
// not be granted otherwise. Callers without a known name have the subject ""; no share applies to
// it. The cost of a call does not grow with the number of requests that wait after it.
type Budget struct {
	size, share int64

	mu         sync.Mutex
	used       int64
	peak       int64
	held       map[string]int64 // of named subjects, no zeros
	lanes      map[string]*lane // of waiting subjects
	turns      list.List        // of *lane: those whose own share lets them continue, the next one first
	waiting    int
	maxWaiting int
	looked     int // the number of requests that grant has examined, for tests
}

// lane is the queue of one subject.
type lane struct {
	subject string
	queue   list.List     // of *request, oldest first, never empty
	turn    *list.Element // of Budget.turns, nil while the share holds back the first request
}

type request struct {
	n       int64
	granted chan struct{} // closed under the mutex
	lane    *lane
	place   *list.Element // in the lane
}

// New returns a Budget of size units. One named subject may hold share of them. A share of zero
// means one request of each named subject at a time.
func New(size, share int64) *Budget {
	return &Budget{size: size, share: share, held: map[string]int64{}, lanes: map[string]*lane{}, maxWaiting: MaxWaiting}
}

// Acquire takes n units for subject and waits for them as long as ctx allows. With a ctx that is
// done it takes them only if it need not wait. The error is [ErrTooLarge], [ErrCrowded] or the cause
// of ctx's end. A caller that holds units must not wait for more: two such callers could
// deadlock.
func (b *Budget) Acquire(ctx context.Context, subject string, n int64) error {
	if n < 0 || n > b.size {
		return fmt.Errorf("%w: %d of %d", ErrTooLarge, n, b.size)
	}
	b.mu.Lock()
	r := b.enqueue(subject, n)
	crowded := !r.isGranted() && (b.waiting > b.maxWaiting || r.lane.queue.Len() > b.maxWaiting/2)
	if crowded {
		b.leave(r)
	}
	b.mu.Unlock()
	if crowded {
		return ErrCrowded
	}
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
	b.leave(r)
	return context.Cause(ctx)
}

// TryAcquire takes n units for subject if they are free, fit into its share, and no request waits
// for units. So callers that want more never starve callers that wait. (Requests that only their own
// subject's share holds back do not count as waiting, except for TryAcquire by the same subject.)
// It may be called while holding units.
func (b *Budget) TryAcquire(subject string, n int64) bool {
	if n < 0 || n > b.size {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.enqueue(subject, n)
	if !r.isGranted() {
		b.leave(r)
	}
	return r.isGranted()
}

// Release gives back n of the units that subject holds. It panics if n is negative, if a named
// subject does not hold as many, or if all together do not.
func (b *Budget) Release(subject string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < 0 || n > b.used || subject != "" && n > b.held[subject] {
		panic("budget: Release of more than was acquired")
	}
	b.hold(subject, -n)
	if l := b.lanes[subject]; l != nil {
		b.judge(l)
	}
	b.grant()
}

// Used returns the number of units held.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Peak returns the largest number of units ever held at once.
func (b *Budget) Peak() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.peak
}

// enqueue puts a request at the end of its subject's queue and grants what it can, possibly this
// request.
func (b *Budget) enqueue(subject string, n int64) *request {
	l := b.lanes[subject]
	if l == nil {
		l = &lane{subject: subject}
		b.lanes[subject] = l
	}
	r := &request{n: n, granted: make(chan struct{}), lane: l}
	r.place = l.queue.PushBack(r)
	b.waiting++
	b.judge(l)
	b.grant()
	return r
}

// leave takes a request that was not granted out of its queue, which may let others continue.
func (b *Budget) leave(r *request) {
	b.remove(r)
	b.judge(r.lane)
	b.grant()
}

func (b *Budget) remove(r *request) {
	r.lane.queue.Remove(r.place)
	b.waiting--
}

// judge adds a lane to the end of those that get a turn, or removes it, according to its first
// request. It deletes an empty lane.
func (b *Budget) judge(l *lane) {
	first := l.queue.Front()
	if first == nil {
		delete(b.lanes, l.subject)
	}
	goesOn := first != nil && b.withinShare(l.subject, first.Value.(*request).n)
	switch {
	case goesOn && l.turn == nil:
		l.turn = b.turns.PushBack(l)
	case !goesOn && l.turn != nil:
		b.turns.Remove(l.turn)
		l.turn = nil
	}
}

// grant serves one request of each lane in turn, up to the first that has to wait for units. A
// request that the share of its subject holds back is not overtaken by smaller ones of that subject.
func (b *Budget) grant() {
	for turn := b.turns.Front(); turn != nil; turn = b.turns.Front() {
		l := turn.Value.(*lane)
		r := l.queue.Front().Value.(*request)
		if b.looked++; b.used+r.n > b.size {
			return
		}
		b.hold(l.subject, r.n)
		b.remove(r)
		close(r.granted)
		b.turns.MoveToBack(turn)
		b.judge(l)
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
