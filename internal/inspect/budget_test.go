package inspect_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// shared is a shared memory of which left bytes are free.
type shared struct{ left int64 }

func (m *shared) Take(n int64) bool {
	if m.left < n {
		return false
	}
	m.left -= n
	return true
}

func (m *shared) Give(n int64) { m.left += n }

// begin writes n bytes of a file to an inspector that works within b.
func begin(t *testing.T, b *inspect.Budget, n int) {
	t.Helper()
	var text inspect.Text
	text.Within(b)
	_, err := text.Write([]byte(strings.Repeat("a", n)))
	require.NoError(t, err)
}

func TestBudgetOfSteps(t *testing.T) {
	const base, perByte = 50_000_000, 200
	var b inspect.Budget
	begin(t, &b, 1000)
	spent := 0
	for b.Spend(1000) == nil {
		spent += 1000
	}
	require.LessOrEqual(t, spent, base+1000*perByte)
	require.Greater(t, spent, (base+1000*perByte)*9/10)
	require.Equal(t, finding{"too_complex", "takes more work to inspect than a file of its size may"}, found(b.Spend(1)))
}

func TestBudgetEndsWithItsContext(t *testing.T) {
	gone := errors.New("the client has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	b := inspect.Budget{Context: ctx}
	begin(t, &b, 1)
	require.NoError(t, b.Spend(1_000_000))
	cancel(gone)
	require.ErrorIs(t, b.Spend(1_000_000), gone)

	for name, fresh := range map[string]func() inspector{
		"a format read in pieces": func() inspector { return &inspect.PNG{} },
		"a format read as a stream": func() inspector {
			return &inspect.Zip{}
		},
		"text":    func() inspector { return &inspect.Text{} },
		"a PDF":   func() inspector { return &inspect.PDF{} },
		"a table": func() inspector { return &inspect.CSV{} },
	} {
		w := fresh()
		w.(interface{ Within(*inspect.Budget) }).Within(&inspect.Budget{Context: ctx})
		_, err := w.Write([]byte("x"))
		require.ErrorIs(t, err, gone, name)
		require.Equal(t, finding{"no fault", gone.Error()}, found(err), name)
	}
}

// TestFaultOutlastsTheContext checks that later calls return the first fault, and not the end of the
// context.
func TestFaultOutlastsTheContext(t *testing.T) {
	for name, row := range map[string]struct {
		fresh func() inspector
		bad   string
	}{
		"a format read in pieces":   {func() inspector { return &inspect.PNG{} }, "this is not a PNG"},
		"a format read as a stream": {func() inspector { return &inspect.Zip{} }, "this is not a ZIP archive"},
		"text":                      {func() inspector { return &inspect.Text{} }, "\x00"},
		"JSON":                      {func() inspector { return &inspect.JSON{} }, "[}"},
		"a PDF":                     {func() inspector { return &inspect.PDF{} }, strings.Repeat("no header ", 200)},
		"a table":                   {func() inspector { return &inspect.CSV{} }, "\x00"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		w := row.fresh()
		w.(interface{ Within(*inspect.Budget) }).Within(&inspect.Budget{Context: ctx})
		_, first := w.Write([]byte(row.bad))
		var fault *inspect.Error
		require.ErrorAs(t, first, &fault, name)
		cancel()
		_, again := w.Write([]byte("x"))
		require.Equal(t, first, again, name)
		require.Equal(t, first, w.Verdict(), name)
	}
}

func TestBudgetOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inspect.Budget{Timeout: time.Second}
		begin(t, &b, 1)
		time.Sleep(time.Second)
		require.NoError(t, b.Spend(1_000_000))
		time.Sleep(time.Nanosecond)
		require.ErrorIs(t, b.Spend(1_000_000), inspect.ErrTimeout)
		begin(t, &b, 1) // the next call has its own time
		require.NoError(t, b.Spend(1_000_000))
	})
}

func TestBudgetOfMemory(t *testing.T) {
	memory := &shared{left: 9 << 20}
	one, two := inspect.Budget{Memory: memory}, inspect.Budget{Memory: memory}
	require.NoError(t, one.Hold(1))
	require.Equal(t, int64(9<<20-64<<10), memory.left, "memory is taken in pieces of 64 KiB")
	require.NoError(t, one.Hold(64<<10-1))
	require.Equal(t, int64(9<<20-64<<10), memory.left)
	require.NoError(t, one.Hold(8<<20-64<<10))
	require.Equal(t, finding{"too_complex", "takes more memory to inspect than a file may"}, found(one.Hold(1)))
	require.NoError(t, two.Hold(1<<20))
	require.Equal(t, finding{"busy", "cannot be inspected while others use the shared memory"}, found(two.Hold(1)))
	one.Close()
	two.Close()
	require.Equal(t, int64(9<<20), memory.left)
	two.Close()
	require.Equal(t, int64(9<<20), memory.left, "memory is given back once")
}
