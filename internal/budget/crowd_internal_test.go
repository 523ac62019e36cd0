package budget

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

const crowdSize = 16_000

// crowd adds n requests of one subject that wait for its own share.
func crowd(t testing.TB, b *Budget, n int) {
	t.Helper()
	b.maxWaiting = 2*n + 10
	require.True(t, b.TryAcquire("crowd", b.share))
	for range n {
		b.enqueue("crowd", 1)
	}
}

// TestCrowdCostsNobody checks that each call of grant examines at most one request more than it
// serves, whatever waits.
func TestCrowdCostsNobody(t *testing.T) {
	for _, row := range []struct {
		name string
		make func(*testing.T, *Budget)
	}{
		{"of no request", func(*testing.T, *Budget) {}},
		{"of one subject over its share", func(t *testing.T, b *Budget) { crowd(t, b, crowdSize) }},
		{"of one subject that waits for units", func(t *testing.T, b *Budget) {
			b.maxWaiting = 2 * crowdSize
			require.True(t, b.TryAcquire("", b.size-b.used-3))
			for range crowdSize {
				b.enqueue("large", 4)
			}
			b.Release("", 1)
			require.Positive(t, b.used)
		}},
		{"of as many subjects over their shares", func(t *testing.T, b *Budget) {
			b.maxWaiting = 2 * crowdSize
			for i := range crowdSize {
				subject := fmt.Sprint(i)
				require.True(t, b.TryAcquire(subject, b.share))
				b.enqueue(subject, 1)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			const turns = 1000
			b := New(crowdSize*129, 128)
			row.make(t, b)
			before := b.looked
			for range turns {
				if b.TryAcquire("other", 1) {
					b.Release("other", 1)
				}
				r := b.enqueue("other", 1)
				if r.isGranted() {
					b.Release("other", 1)
				} else {
					b.leave(r)
				}
			}
			require.LessOrEqual(t, b.looked-before, 6*turns) // in four calls of grant, which serve at most two requests
		})
	}
}

// TestCrowdThatGoes checks that grant examines at most one request for each that leaves a crowd, and
// that nothing of the crowd remains.
func TestCrowdThatGoes(t *testing.T) {
	b := New(256, 128)
	b.maxWaiting = 2*crowdSize + 10
	require.True(t, b.TryAcquire("crowd", 128))
	requests := make([]*request, crowdSize)
	for i := range requests {
		requests[i] = b.enqueue("crowd", 1)
	}
	before := b.looked
	for _, r := range requests {
		b.leave(r)
	}
	require.LessOrEqual(t, b.looked-before, crowdSize)
	require.Empty(t, b.lanes)
	require.Zero(t, b.turns.Len())
	require.Zero(t, b.waiting)
}

// BenchmarkTurn measures how long a call takes beside a crowd of another subject.
func BenchmarkTurn(b *testing.B) {
	for _, row := range []struct {
		name    string
		waiting int
	}{{"no request waits", 0}, {"1,000 wait", 1000}, {"16,000 wait", crowdSize}} {
		b.Run(row.name, func(b *testing.B) {
			budget := New(256, 128)
			crowd(b, budget, row.waiting)
			for b.Loop() {
				if err := budget.Acquire(context.Background(), "other", 1); err != nil {
					b.Fatal(err)
				}
				budget.Release("other", 1)
			}
		})
	}
}
