// Package contained calls code of the host that is not essential, such as log handlers and hooks. The
// caller continues if that code panics, ends its goroutine or hangs.
package contained

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Patience is the longest time to wait for one call.
const Patience = 10 * time.Second

// MaxHung is the number of hung calls at which no further call is made.
const MaxHung = 64

// The errors of a call.
var (
	ErrPanic   = errors.New("the host's code panicked")
	ErrExit    = errors.New("the host's code ended its goroutine")
	ErrHung    = errors.New("the host's code did not return in time")
	ErrTooMany = errors.New("too many calls of the host's code did not return")
)

// Calls makes calls. The zero value is ready. It is safe for concurrent use.
type Calls struct{ hung atomic.Int64 }

// Do calls f on a new goroutine and waits for its return. After Patience it abandons f. While
// MaxHung or more abandoned calls have not returned, it calls nothing. The error wraps one of the
// errors of this package.
func (c *Calls) Do(f func()) error {
	if c.hung.Load() >= MaxHung {
		return ErrTooMany
	}
	var left atomic.Bool // set when the call ends or Patience has passed, whichever is first
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
