package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
)

// looking shows the worst files of each type to the library's own validators,
// without a server: what they cost, hold, and how long they go on unasked.
func (b *bench) looking() error {
	const size, stalled = mib, 16
	b.out.section("Looking: the worst files of each type, 1 MiB of each")
	fmt.Fprintf(&b.out.b, `CPU time of the validators alone; at most 50 ms and 200 ms for each MiB are allowed, and a file that needs more is refused.
"Unasked" is the longest time between two looks at the request's context and at CheckTimeout, on the wall clock.
"Held" is the heap of one of %d uploads that stall after those bytes.

`, stalled)
	b.out.table("File", "CPU ms", "Unasked ms", "Held KiB", "Answer")
	for _, c := range corpus.CostlyFiles() {
		content := c.Make(size)
		var cpu, unasked []float64
		var answer string
		for range 3 {
			spent, longest, err := look(c, content)
			cpu, unasked = append(cpu, spent), append(unasked, longest)
			answer = "accepted"
			var refused *upload.Error
			if errors.As(err, &refused) {
				answer = string(refused.Code)
			} else if err != nil {
				return err
			}
		}
		held, err := hold(c, content, stalled)
		if err != nil {
			return err
		}
		b.out.row(c.About, fmt.Sprintf("%.1f", median(cpu)), fmt.Sprintf("%.1f", median(unasked)), held/kib, answer)
	}
	return nil
}

// strictest is the policy that reads a type as far as any preset does.
func strictest(mediaType string) upload.Validator {
	switch mediaType {
	case "application/pdf", "text/csv":
		return upload.Documents(&upload.DocumentOptions{Types: []string{mediaType}})
	case "application/zip":
		return upload.Archives(nil)
	}
	return upload.Types(mediaType)
}

// observe shows content to the observer of c, in the pieces in which files come.
func observe(ctx context.Context, c corpus.Costly, content []byte) (upload.Observer, error) {
	o, err := strictest(c.Type).Validate(ctx, &upload.Incoming{
		Name: c.Name, Type: c.Type, Head: content[:min(len(content), upload.HeadSize)], Size: -1,
	})
	if err != nil {
		return nil, err
	}
	for piece := range slices.Chunk(content, 32*kib) {
		if _, err := o.Write(piece); err != nil {
			return o, err
		}
	}
	return o, nil
}

// look judges a file once. Both times are in milliseconds.
func look(c corpus.Costly, content []byte) (spent, unasked float64, err error) {
	runtime.GC()
	ctx := &askedContext{Context: context.Background(), last: time.Now()}
	before := processorTime()
	o, err := observe(ctx, c, content)
	if err == nil {
		err = o.Verdict()
	}
	spent = float64((processorTime() - before).Microseconds()) / 1000
	_ = ctx.Err() // the last stretch counts, too
	closeAll([]upload.Observer{o})
	return spent, float64(ctx.longest.Microseconds()) / 1000, err
}

// hold returns the heap of each of n observers that have seen content.
func hold(c corpus.Costly, content []byte, n int) (int64, error) {
	observers := make([]upload.Observer, n)
	before := liveHeap()
	for i := range observers {
		o, err := observe(context.Background(), c, content)
		var refused *upload.Error
		if err != nil && !errors.As(err, &refused) {
			return 0, err
		}
		observers[i] = o
	}
	held := (liveHeap() - before) / int64(n)
	closeAll(observers)
	return max(0, held), nil
}

func closeAll(observers []upload.Observer) {
	for _, o := range observers {
		if c, ok := o.(interface{ Close() error }); ok {
			_ = c.Close()
		}
	}
}

// askedContext notes the longest time in which nobody asked it.
type askedContext struct {
	context.Context
	last    time.Time
	longest time.Duration
}

func (c *askedContext) Err() error {
	now := time.Now()
	c.longest, c.last = max(c.longest, now.Sub(c.last)), now
	return nil
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // no heap is that large
}
