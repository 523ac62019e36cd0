// Package contained calls code of the host's that only listens, such as log
// handlers and hooks: whatever that does, its caller goes on.
package contained

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Patience is how long one call is waited for.
const Patience = 10 * time.Second

// MaxHung is how many calls are left to themselves before further ones are not
// made any more.
const MaxHung = 64

// What a call can end with beside nil.
var (
	ErrPanic   = errors.New("the host's code panicked")
	ErrExit    = errors.New("the host's code ended its goroutine")
	ErrHung    = errors.New("the host's code did not return in time")
	ErrTooMany = errors.New("too many calls of the host's code did not return")
)

// Calls makes calls. The zero value is ready, and it is safe for concurrent use.
type Calls struct{ hung atomic.Int64 }

// Do calls f on a goroutine of its own and waits for its return, for Patience at
// most; then it leaves f to itself. While MaxHung calls have not returned it
// calls nothing. The error wraps one of this package.
func (c *Calls) Do(f func()) error {
	if c.hung.Load() >= MaxHung {
		return ErrTooMany
	}
	var left atomic.Bool // by whoever is first: the call's end or our patience's
	ended := make(chan error, 1)
	go func() {
		err := ErrExit
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
			}
			if ended <- err; !left.CompareAndSwap(false, true) {
				c.hung.Add(-1)
			}
		}()
		f()
		err = nil
	}()
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case err := <-ended:
		return err
	case <-patience.C:
	}
	c.hung.Add(1)
	if !left.CompareAndSwap(false, true) {
		c.hung.Add(-1)
		return <-ended
	}
	return ErrHung
}
