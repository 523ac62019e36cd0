package budget_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/budget"
)

func TestTryAcquire(t *testing.T) {
	type ask struct {
		subject string
		n       int64
		want    bool
	}
	for _, row := range []struct {
		name string
		asks []ask
	}{
		{"up to the size", []ask{{"", 6, true}, {"", 4, true}, {"", 1, false}}},
		{"zero units when none is free", []ask{{"", 10, true}, {"", 0, true}, {"a", 0, true}}},
		{"up to the share", []ask{{"a", 3, true}, {"a", 2, true}, {"a", 1, false}, {"b", 5, true}}},
		{"the anonymous have no share", []ask{{"", 5, true}, {"", 5, true}}},
		{"one request over the share", []ask{{"a", 8, true}, {"a", 1, false}, {"b", 2, true}}},
		{"over the share but not the first", []ask{{"a", 1, true}, {"a", 8, false}}},
		{"more than the budget", []ask{{"", 11, false}, {"a", 11, false}}},
		{"less than nothing", []ask{{"", -1, false}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := budget.New(10, 5)
			for i, a := range row.asks {
				require.Equal(t, a.want, b.TryAcquire(a.subject, a.n), "request %d", i)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	b := budget.New(10, 5)
	ctx := context.Background()
	require.ErrorIs(t, b.Acquire(ctx, "", 11), budget.ErrTooLarge)
	require.ErrorIs(t, b.Acquire(ctx, "", -1), budget.ErrTooLarge)
	require.Zero(t, b.Used())

	require.NoError(t, b.Acquire(ctx, "a", 4))
	require.Panics(t, func() { b.Release("a", 5) })
	require.Panics(t, func() { b.Release("b", 1) })
	require.Panics(t, func() { b.Release("", 5) })
	require.Panics(t, func() { b.Release("a", -1) })
	b.Release("a", 1)
	b.Release("a", 3)
	require.Zero(t, b.Used())
	require.EqualValues(t, 4, b.Peak())
}

func TestShareOfZeroIsOneRequestAtATime(t *testing.T) {
	b := budget.New(10, 0)
	require.True(t, b.TryAcquire("a", 3))
	require.False(t, b.TryAcquire("a", 1))
	require.True(t, b.TryAcquire("b", 3))
}

func TestDoneContextTakesWhatIsFree(t *testing.T) {
	cause := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	b := budget.New(10, 10)
	require.NoError(t, b.Acquire(ctx, "", 10))
	require.ErrorIs(t, b.Acquire(ctx, "", 1), cause)
	b.Release("", 10)
	require.NoError(t, b.Acquire(ctx, "", 1))
}

// line starts Acquire calls one after the other and records which were granted or gave up.
type line struct {
	b       *budget.Budget
	mu      sync.Mutex
	granted []string
}

func (l *line) ask(ctx context.Context, name, subject string, n int64) {
	go func() {
		if l.b.Acquire(ctx, subject, n) != nil {
			name += " gave up"
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.granted = append(l.granted, name)
	}()
	synctest.Wait()
}

// require checks which calls have ended so far. Their order is not checked, since calls that one
// release serves are recorded in any order.
func (l *line) require(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	require.ElementsMatch(t, want, l.granted)
}

func TestFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 10)}
		require.True(t, l.b.TryAcquire("", 10))
		l.ask(t.Context(), "large", "a", 8)
		l.ask(t.Context(), "small", "b", 1)
		l.b.Release("", 5)
		l.require(t) // five are free, but the small one does not overtake
		require.False(t, l.b.TryAcquire("c", 1), "nor does a caller that only tries")
		l.b.Release("", 3)
		l.require(t, "large")
		l.b.Release("", 2)
		l.require(t, "large", "small")
	})
}

func TestOverShareBlocksNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 5)}
		require.True(t, l.b.TryAcquire("a", 4))
		l.ask(t.Context(), "a's second", "a", 3)
		l.ask(t.Context(), "a's third", "a", 1) // fits into the share, but does not overtake the second
		l.require(t)
		require.False(t, l.b.TryAcquire("a", 1))
		require.True(t, l.b.TryAcquire("c", 1))
		l.b.Release("c", 1)
		l.ask(t.Context(), "b", "b", 5)
		l.require(t, "b")
		l.b.Release("a", 4)
		l.require(t, "b", "a's second", "a's third")
	})
}

func TestShareFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 5)}
		require.True(t, l.b.TryAcquire("a", 5))
		l.ask(t.Context(), "a", "a", 5)
		require.True(t, l.b.TryAcquire("b", 3))
		l.b.Release("a", 5)
		l.require(t, "a")

		l.ask(t.Context(), "a again", "a", 4)
		require.True(t, l.b.TryAcquire("", 2))
		l.b.Release("a", 5)
		require.True(t, l.b.TryAcquire("", 1), "granted before, so no request waits")
		synctest.Wait()
		l.require(t, "a", "a again")
	})
}

func TestShareFreedButNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 5)}
		require.True(t, l.b.TryAcquire("a", 2))
		l.ask(t.Context(), "a", "a", 5)
		require.True(t, l.b.TryAcquire("", 8))
		l.b.Release("a", 2)
		l.require(t)
		require.False(t, l.b.TryAcquire("", 1), "a waits for units now")
		l.b.Release("", 3)
		l.require(t, "a")
	})
}

func TestGivingUpFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 10)}
		require.True(t, l.b.TryAcquire("", 8))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l.ask(short, "large", "", 5)
		l.ask(t.Context(), "small", "", 2)
		l.require(t)
		time.Sleep(time.Second)
		l.require(t, "large gave up", "small")
		require.EqualValues(t, 10, l.b.Used())
		require.EqualValues(t, 10, l.b.Peak())
	})
}

// TestSubjectsTakeTurns checks that subjects are served in turn, one request each, even if one has
// more requests that wait.
func TestSubjectsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 10)}
		require.True(t, l.b.TryAcquire("", 10))
		for _, name := range []string{"a1", "a2", "a3", "a4", "b1", "b2", "c1", " 1", " 2"} {
			l.ask(t.Context(), name, strings.Trim(name[:1], " "), 1)
		}
		want := []string{}
		for _, name := range []string{"a1", "b1", "c1", " 1", "a2", "b2", " 2", "a3", "a4"} {
			l.b.Release("", 1)
			want = append(want, name)
			l.require(t, want...)
		}
	})
}

// TestTurnIsKept checks that a large request keeps its turn until there are enough units, and that
// no other overtakes it.
func TestTurnIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{b: budget.New(10, 10)}
		require.True(t, l.b.TryAcquire("", 10))
		l.ask(t.Context(), "large", "a", 9)
		for i := range 5 {
			l.ask(t.Context(), "small", fmt.Sprint(i), 1)
		}
		for range 8 {
			l.b.Release("", 1)
			l.require(t)
		}
		l.b.Release("", 2)
		l.require(t, "large", "small")
	})
}

// TestWaitingIsBounded checks that one subject may have half of all waiting requests that are
// allowed. A request that need not wait is not refused, however many wait.
func TestWaitingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(10, 5)
		require.True(t, b.TryAcquire("x", 5))
		require.True(t, b.TryAcquire("y", 4))
		ctx, cancel := context.WithCancel(t.Context())
		wait := func(subject string, n int) {
			for range n {
				go func() { _ = b.Acquire(ctx, subject, 5) }()
			}
			synctest.Wait()
		}
		wait("", budget.MaxWaiting/2)
		require.ErrorIs(t, b.Acquire(ctx, "", 5), budget.ErrCrowded)
		wait("a", budget.MaxWaiting/2-1)
		wait("b", 1)
		require.ErrorIs(t, b.Acquire(ctx, "b", 5), budget.ErrCrowded)
		require.ErrorIs(t, b.Acquire(ctx, "c", 5), budget.ErrCrowded)
		cancel()
		synctest.Wait()
		ctx, cancel = context.WithCancel(t.Context())
		wait("x", budget.MaxWaiting/2) // for their own shares
		wait("y", budget.MaxWaiting/2)
		require.ErrorIs(t, b.Acquire(ctx, "x", 5), budget.ErrCrowded)
		require.NoError(t, b.Acquire(t.Context(), "c", 1))
		cancel()
		synctest.Wait()
		ctx, cancel = context.WithCancel(t.Context())
		wait("", budget.MaxWaiting/2)
		require.ErrorIs(t, b.Acquire(ctx, "", 5), budget.ErrCrowded)
		cancel()
		synctest.Wait()
		require.EqualValues(t, 10, b.Used())
	})
}

// TestRandomProgram runs many callers of several subjects at once, which wait for random times. It
// checks the size and the shares after each grant.
func TestRandomProgram(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomProgram(t, seed) })
		})
	}
}

func randomProgram(t *testing.T, seed uint64) {
	const size, share, callers, rounds = 64, 24, 40, 25
	b := budget.New(size, share)
	var total atomic.Int64
	var held [5]atomic.Int64
	var served atomic.Int64
	var done sync.WaitGroup
	for c := range callers {
		done.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, uint64(c)))
			who := rnd.IntN(len(held))
			subject := []string{"", "a", "b", "c", "d"}[who]
			for range rounds {
				n := 1 + rnd.Int64N(share)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rnd.IntN(200))*time.Millisecond)
				err := b.Acquire(ctx, subject, n)
				cancel()
				if err != nil {
					continue
				}
				if total.Add(n) > size {
					t.Errorf("more than %d in use", size)
				}
				if held[who].Add(n) > share && subject != "" {
					t.Errorf("subject %s holds more than its share", subject)
				}
				served.Add(1)
				time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond)
				more := rnd.Int64N(8)
				if b.TryAcquire(subject, more) {
					n += more
					if total.Add(more) > size {
						t.Errorf("more than %d in use", size)
					}
					if held[who].Add(more) > share && subject != "" {
						t.Errorf("subject %s holds more than its share", subject)
					}
				}
				held[who].Add(-n)
				total.Add(-n)
				part := rnd.Int64N(n + 1)
				b.Release(subject, part)
				b.Release(subject, n-part)
			}
		})
	}
	done.Wait()
	require.Zero(t, b.Used())
	require.LessOrEqual(t, b.Peak(), int64(size))
	require.Positive(t, served.Load())
}
