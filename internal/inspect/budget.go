package inspect

import (
	"context"
	"errors"
	"time"
)

// What looking at one file may cost. A step is about a nanosecond of work, so a file gets 50 ms of
// it and 200 ms for each MiB of it that has arrived.
const (
	baseSteps    = 50_000_000
	stepsPerByte = 200

	// maxHeld is how many bytes of memory one file may take in all by [Budget.Hold].
	maxHeld = 8 << 20

	// granule is what Hold takes from the shared memory at a time.
	granule = 64 << 10

	// askEvery is how many steps go by between two looks at the context and the clock.
	askEvery = 200_000
)

// ErrTimeout is returned by inspectors whose call lasts longer than [Budget].Timeout. It is not a
// verdict on the file.
var ErrTimeout = errors.New("inspect: looking at the file took too long")

// Memory is what inspectors share. Take never waits.
type Memory interface {
	Take(bytes int64) bool
	Give(bytes int64)
}

// Budget is what looking at one file may cost: work for each byte that has arrived, memory, and
// time. The zero value is strict: it has no context and no shared memory, and the bounds of one
// file. It is for one goroutine.
type Budget struct {
	Context context.Context // inspectors end soon after it; nil never ends
	Memory  Memory          // nil holds the file to its own bound alone
	Timeout time.Duration   // of one call of Write or Verdict; 0 is none

	begun   bool
	steps   int64 // left
	unasked int64 // spent since the context was asked
	call    time.Time
	held    int64 // by the inspector
	taken   int64 // from Memory
}

// arrive begins a call that brings n bytes of the file.
func (b *Budget) arrive(n int) error {
	if !b.begun {
		b.begun, b.steps = true, baseSteps
	}
	b.steps += stepsPerByte * int64(n)
	if b.Timeout > 0 {
		b.call = time.Now()
	}
	return b.ask()
}

// Spend takes steps. It is called for each piece of work, not for each byte. The error is a fault
// if there are none left, and else what ended the call: the context's cause, or [ErrTimeout].
func (b *Budget) Spend(steps int) error {
	b.steps -= int64(steps)
	if b.steps < 0 {
		return fault(CodeComplex, "takes more work to look into than a file of its size may")
	}
	if b.unasked += int64(steps); b.unasked < askEvery {
		return nil
	}
	return b.ask()
}

func (b *Budget) ask() error {
	b.unasked = 0
	if b.Context != nil && b.Context.Err() != nil {
		return context.Cause(b.Context)
	}
	if b.Timeout > 0 && time.Since(b.call) > b.Timeout {
		return ErrTimeout
	}
	return nil
}

// Hold takes memory for what grows with the file. The error is a fault: CodeComplex beyond the
// bound of one file, CodeBusy if others hold the memory that is shared. [Budget.Close] gives
// everything back.
func (b *Budget) Hold(bytes int) error {
	b.held += int64(bytes)
	if b.held > maxHeld {
		return beyond(CodeComplex, maxHeld, "takes more memory to look into than a file may")
	}
	for b.Memory != nil && b.taken < b.held {
		if !b.Memory.Take(granule) {
			return fault(CodeBusy, "cannot be looked into while others use the memory for it")
		}
		b.taken += granule
	}
	return nil
}

// Close gives the memory back.
func (b *Budget) Close() {
	if b.Memory != nil && b.taken > 0 {
		b.Memory.Give(b.taken)
	}
	b.taken, b.held = 0, 0
}

// looker is what works from a budget. Inspectors embed it, or what embeds it.
type looker struct{ budget *Budget }

// Within has the inspector work from b, which nothing else uses. It is called before the first
// Write. Without it the budget is a zero value.
func (l *looker) Within(b *Budget) { l.budget = b }

// arrive begins a call that brings n bytes.
func (l *looker) arrive(n int) error {
	if l.budget == nil {
		l.budget = &Budget{}
	}
	return l.budget.arrive(n)
}
