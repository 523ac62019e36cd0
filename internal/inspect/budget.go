package inspect

import (
	"context"
	"errors"
	"time"
)

// The limits of the cost of one file. A step is about a nanosecond of work, so a file gets about 50
// ms, and about 210 ms more for each MiB that has arrived.
const (
	baseSteps    = 50_000_000
	stepsPerByte = 200

	// maxHeld is the memory in bytes that [Budget.Hold] grants one file in all.
	maxHeld = 8 << 20

	// granule is the memory that Hold takes from the shared memory at a time.
	granule = 64 << 10

	// askEvery is the number of steps after which [Budget.Spend] checks the context and the clock.
	askEvery = 200_000
)

// ErrTimeout is returned by inspectors whose call lasts longer than [Budget].Timeout. It is not a
// verdict on the file.
var ErrTimeout = errors.New("inspect: inspecting the file took too long")

// Memory is shared by inspectors. Take returns false if the bytes are not free, and never waits.
type Memory interface {
	Take(bytes int64) bool
	Give(bytes int64)
}

// Budget bounds the cost of the inspection of one file: work for each byte that has arrived,
// memory, and time. The zero value has no context, no shared memory and no timeout, and the bounds
// of one file on work and memory. It is not safe for concurrent use.
type Budget struct {
	Context context.Context // inspectors end soon after it does; nil never ends
	Memory  Memory          // nil leaves only the file's own bound
	Timeout time.Duration   // of one call of Write or Verdict; 0 means none

	begun   bool
	steps   int64 // left
	unasked int64 // steps spent since ask
	call    time.Time
	ended   error // why the call ended; read by the inspector that contains the one that spent
	held    int64 // by inspectors of the file
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

// Spend takes steps. Inspectors call it for each piece of work, not for each byte. The error is a
// fault if too few steps are left, and otherwise the reason that ended the call: the context's
// cause, or [ErrTimeout].
func (b *Budget) Spend(steps int) error {
	b.steps -= int64(steps)
	b.unasked += int64(steps)
	if b.steps >= 0 && b.unasked < askEvery {
		return nil
	}
	return b.spent()
}

func (b *Budget) spent() error {
	if b.steps < 0 {
		return fault(CodeComplex, "takes more work to inspect than a file of its size may")
	}
	return b.ask()
}

func (b *Budget) ask() error {
	b.unasked, b.ended = 0, nil
	switch {
	case b.Context != nil && b.Context.Err() != nil:
		b.ended = context.Cause(b.Context)
	case b.Timeout > 0 && time.Since(b.call) > b.Timeout:
		b.ended = ErrTimeout
	}
	return b.ended
}

// Hold takes memory for what an inspector keeps of the file. The error is a fault: CodeComplex
// beyond the bound of one file, CodeBusy if other files hold the shared memory. [Budget.Close]
// gives everything back.
func (b *Budget) Hold(bytes int) error {
	b.held += int64(bytes)
	if b.held > maxHeld {
		return beyond(CodeComplex, maxHeld, "takes more memory to inspect than a file may")
	}
	for b.Memory != nil && b.taken < b.held {
		if !b.Memory.Take(granule) {
			return fault(CodeBusy, "cannot be inspected while others use the shared memory")
		}
		b.taken += granule
	}
	return nil
}

// Close gives the held memory back to Memory.
func (b *Budget) Close() {
	if b.Memory != nil && b.taken > 0 {
		b.Memory.Give(b.taken)
	}
	b.taken, b.held = 0, 0
}

// looker works from a budget. Inspectors embed it.
type looker struct{ budget *Budget }

// Within sets the budget that the inspector works from. b must not serve another file. Call it
// before the first Write; without it the budget is a zero value.
func (l *looker) Within(b *Budget) { l.budget = b }

// arrive begins a call that brings n bytes.
func (l *looker) arrive(n int) error {
	if l.budget == nil {
		l.budget = &Budget{}
	}
	return l.budget.arrive(n)
}
