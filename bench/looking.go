package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/stalled"
)

// looking runs the library's own validators on the worst files of each type, and measures their
// cost and how long they run without checking the context. Then clients send the beginning of each
// to a handler, and stall: that measures the memory they hold.
func (b *bench) looking() error {
	const beginning = 512 * kib
	uploads := int(128 / b.scale)
	b.out.section("Looking: the worst files of each type")
	fmt.Fprintf(&b.out.b, `The table has the CPU time of the validators alone, for each file of 1 MiB up to its refusal.
A file may take 50 million steps, and 200 more for each byte; one that needs more is refused.
A step takes about a nanosecond.
"Unasked" is the longest CPU time between two checks of the request's context and of CheckTimeout.

"Held" is the memory, heap and stacks, of %[1]d uploads at once whose clients stall after the longest beginning of the file that is not refused, of about 512 KiB at most.
They may hold 192 KiB for each upload, together %[2]d MiB, and the 64 MiB that all validators share.
Uploads beyond this memory are refused as busy; "Waiting" counts the others.

`, uploads, uploads*192/1024)
	b.out.table("File", "CPU ms", "Unasked ms", "Answer", "Sent KiB", "Waiting", "Held MiB")
	for _, c := range corpus.CostlyFiles() {
		cpu, unasked, answer, err := looks(c, c.Make(mib))
		if err != nil {
			return err
		}
		sent, held, err := stall(c, beginning, uploads)
		if err != nil {
			return err
		}
		b.out.row(c.About, fmt.Sprintf("%.1f", cpu), fmt.Sprintf("%.1f", unasked), answer,
			sent/kib, held.Waiting, fmt.Sprintf("%.1f", float64(held.Memory)/mib))
	}
	return nil
}

// looks judges a file three times, and returns the medians in milliseconds.
func looks(c corpus.Kind, content []byte) (cpu, unasked float64, answer string, err error) {
	var all, longest []float64
	for range 3 {
		spent, stretch, err := look(c, content)
		all, longest = append(all, spent), append(longest, stretch)
		if answer, err = answerOf(err); err != nil {
			return 0, 0, "", err
		}
	}
	return median(all), median(longest), answer, nil
}

// observe sends content to an observer of policy, in pieces as files arrive, and returns the
// observer, which the caller closes, and how many bytes it took. If there is a buffer, the pieces
// come in it.
func observe(ctx context.Context, policy upload.Validator, c corpus.Kind, content, buffer []byte) (o upload.Observer, took int, err error) {
	o, err = policy.Validate(ctx, &upload.Incoming{
		Name: c.Name, Type: c.Type, Head: content[:min(len(content), sniff.HeadLen)], Size: -1,
	})
	if err != nil {
		return nil, 0, err
	}
	for piece := range slices.Chunk(content, pieceSize) {
		if buffer != nil {
			piece = buffer[:copy(buffer, piece)]
		}
		if _, err := o.Write(piece); err != nil {
			return o, took, err
		}
		took += len(piece)
	}
	return o, took, nil
}

const pieceSize = 32 * kib

const accepted = "accepted"

// answerOf returns the code of a refusal, or accepted for nil. It returns any other error as it is.
func answerOf(err error) (string, error) {
	var refused *upload.Error
	switch {
	case err == nil:
		return accepted, nil
	case errors.As(err, &refused):
		return string(refused.Code), nil
	}
	return "", err
}

// look judges a file once. Both times are in milliseconds.
func look(c corpus.Kind, content []byte) (spent, unasked float64, err error) {
	runtime.GC()
	before := processorTime()
	ctx := &askedContext{Context: context.Background(), last: before}
	o, _, err := observe(ctx, stalled.Policy(c.Type), c, content, nil)
	if err == nil {
		err = o.Verdict()
	}
	spent = float64((processorTime() - before).Microseconds()) / 1000
	_ = ctx.Err() // the last stretch counts too
	if closer, ok := o.(io.Closer); ok {
		_ = closer.Close()
	}
	return spent, float64(ctx.longest.Microseconds()) / 1000, err
}

// stall has many clients send the beginning of a file of c and then nothing.
func stall(c corpus.Kind, size, uploads int) (sent int, held stalled.Held, err error) {
	content, err := stalled.Beginning(c, size)
	if err != nil {
		return 0, held, err
	}
	h, err := stalled.NewHandler(stalled.Policy(c.Type), upload.AllowAnonymous, uploads)
	if err != nil {
		return 0, held, err
	}
	held = stalled.Hold(h, uploads, stalled.File(c.Name, content), func() {})
	if held.Waiting+held.Busy != uploads || held.Waiting == 0 {
		err = fmt.Errorf("%s: of %d uploads %d wait and %d were refused as busy", c.About, uploads, held.Waiting, held.Busy)
	}
	return len(content), held, err
}

// askedContext records the longest work between two checks of it.
type askedContext struct {
	context.Context
	last    time.Duration
	longest time.Duration
}

func (c *askedContext) Err() error {
	now := processorTime()
	c.longest, c.last = max(c.longest, now-c.last), now
	return nil
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
