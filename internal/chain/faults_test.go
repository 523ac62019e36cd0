package chain_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/storage"
)

// TestCosts pins the calls. State takes one list, and one read of a marker if there is one. Append
// takes one Stage for each piece, and one Stat.
func TestCosts(t *testing.T) {
	store := &faulty{}
	c := chain.New(store, prefix, 300, 10)
	_, err := c.Append(t.Context(), chain.State{}, chain.Template{}, bytes.NewReader(content(35)))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"Stage": 4, "Stat": 1}, store.calls)
	store = &faulty{}
	c = chain.New(store, prefix, 300, 10)
	for range 30 {
		add(t, c, content(10))
	}
	store.calls = nil
	require.EqualValues(t, 300, state(t, c).Offset)
	require.Equal(t, map[string]int{"List": 1}, store.calls)
	_, err = c.End(t.Context(), []byte("accepted"))
	require.NoError(t, err)
	store.calls = nil
	require.Equal(t, "accepted", string(state(t, c).End.Data))
	require.Equal(t, map[string]int{"List": 1, "OpenAt": 1}, store.calls)
}

// TestAppendFaults checks what is stored of a piece that the store did not confirm.
func TestAppendFaults(t *testing.T) {
	const cell, size = 10, 30
	whole := content(size)
	for _, row := range []struct {
		name   string
		commit func(do func() error) error // of the second piece
		offset int64                       // that State returns afterwards
	}{
		{"lost answer", func(do func() error) error { return errors.Join(do(), storage.ErrUnknownOutcome) }, 20},
		{"refused", func(func() error) error { return errStore }, 10},
		{"not known, and not there", func(func() error) error { return storage.ErrUnknownOutcome }, 10},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &faulty{}
			commits := 0
			store.commit = func(_ context.Context, _ string, do func() error) error {
				if commits++; commits == 2 {
					return row.commit(do)
				}
				return do()
			}
			c := chain.New(store, prefix, size, cell)
			n, err := c.Append(t.Context(), state(t, c), chain.Template{}, bytes.NewReader(whole))
			require.Error(t, err)
			require.EqualValues(t, 10, n)
			require.Empty(t, store.discarded, "another instance may have stored the next piece after it")
			offset := state(t, c).Offset
			require.Equal(t, row.offset, offset)
			add(t, c, whole[offset:])
			requireHolds(t, c, whole)
		})
	}
}

// TestFailedList checks that State, Open, Sources and Remove return the error of a list.
func TestFailedList(t *testing.T) {
	store := &faulty{list: func(*storage.ListPage[storage.ListedObject]) error { return errStore }}
	c := chain.New(store, prefix, 30, 10)
	_, err := c.State(t.Context())
	require.ErrorIs(t, err, errStore)
	_, err = c.Open(t.Context())
	require.ErrorIs(t, err, errStore)
	_, err = c.Sources(t.Context(), chain.Template{})
	require.ErrorIs(t, err, errStore)
	require.ErrorIs(t, c.Remove(t.Context(), false), errStore)
}

// TestAppendLeft checks that the end of the context is a cut. The bytes that came are stored, and
// at most those of one cell more.
func TestAppendLeft(t *testing.T) {
	const cell, size = 10, 30
	whole := content(size)
	for _, row := range []struct {
		name   string
		after  int // bytes
		stored int64
	}{
		{"before the first byte", 0, 0},
		{"in the first cell", 5, 5},
		{"at the end of a cell", cell, cell},
		{"in a later cell", 25, 25},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &faulty{}
			c := chain.New(store, prefix, size, cell)
			left := errors.New("the client left")
			ctx, cancel := context.WithCancelCause(t.Context())
			s := state(t, c)
			if row.after == 0 {
				cancel(left)
			}
			r := io.MultiReader(bytes.NewReader(whole[:row.after]), reading(func() { cancel(left) }), bytes.NewReader(whole[row.after:]))
			n, err := c.Append(ctx, s, chain.Template{}, r)
			require.ErrorIs(t, err, left)
			require.GreaterOrEqual(t, n, row.stored)
			require.LessOrEqual(t, n, row.stored+cell)
			requireHolds(t, c, whole[:n])
		})
	}
}

// TestSlowStore checks that Append waits for a slow answer after the client has left, but at most
// two minutes.
func TestSlowStore(t *testing.T) {
	for name, takes := range map[string]time.Duration{"slow": time.Minute, "silent": 1000 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				store := &faulty{commit: func(ctx context.Context, _ string, do func() error) error {
					cancel()
					select {
					case <-time.After(takes):
						return do()
					case <-ctx.Done():
						return errors.Join(storage.ErrUnknownOutcome, ctx.Err())
					}
				}}
				c := chain.New(store, prefix, 10, 10)
				began := time.Now()
				n, err := c.Append(ctx, state(t, c), chain.Template{}, strings.NewReader("0123456789"))
				require.Error(t, err)
				require.LessOrEqual(t, time.Since(began), 2*time.Minute)
				require.Equal(t, map[string]int64{"slow": 10, "silent": 0}[name], n)
			})
		})
	}
}

// TestDecide checks that the first decision is final, and is read if an answer was lost.
func TestDecide(t *testing.T) {
	for _, row := range []struct {
		name    string
		before  string // decided by another instance
		commit  func(do func() error) error
		open    error
		decided string // "" for an error
	}{
		{name: "the first", decided: "mine"},
		{name: "the second", before: "another's", decided: "another's"},
		{name: "the answer is lost", commit: func(do func() error) error { return errors.Join(do(), storage.ErrUnknownOutcome) }, decided: "mine"},
		{name: "the answer is lost, and another was first", before: "another's", commit: func(do func() error) error {
			_ = do()
			return storage.ErrUnknownOutcome
		}, decided: "another's"},
		{name: "refused", commit: func(func() error) error { return errStore }},
		{name: "not known, and not there", commit: func(func() error) error { return storage.ErrUnknownOutcome }},
		{name: "the answer and that to the question are lost", commit: func(do func() error) error {
			return errors.Join(do(), storage.ErrUnknownOutcome)
		}, open: errStore},
	} {
		for _, marker := range []string{"end", "done"} {
			t.Run(row.name+"/"+marker, func(t *testing.T) {
				store := &faulty{}
				c := chain.New(store, prefix, 10, 10)
				decide := map[string]func(context.Context, []byte) ([]byte, error){"end": c.End, "done": c.Done}[marker]
				if row.before != "" {
					_, err := decide(t.Context(), []byte(row.before))
					require.NoError(t, err)
				}
				if row.commit != nil {
					store.commit = func(_ context.Context, _ string, do func() error) error { return row.commit(do) }
				}
				store.open = func(string) error { return row.open }
				got, err := decide(t.Context(), []byte("mine"))
				require.Equal(t, row.decided, string(got))
				require.Equal(t, row.decided == "", err != nil, "%v", err)
				if row.decided == "" {
					return
				}
				s := state(t, c)
				data := s.Done
				if marker == "end" {
					data = s.End.Data
				}
				require.Equal(t, row.decided, string(data))
			})
		}
	}
}

// TestMarkerSizes checks that a marker may be empty, and has a limit.
func TestMarkerSizes(t *testing.T) {
	everywhere(t, func(t *testing.T, store chain.Store, _ bool) {
		for size, fits := range map[int]bool{0: true, 1: true, chain.MaxMarker: true, chain.MaxMarker + 1: false} {
			c := chain.New(store, prefix+"of "+string(rune('a'+size%26))+"/", 10, 10)
			decided, err := c.Done(t.Context(), content(size))
			require.Equal(t, fits, err == nil, "%v", err)
			if fits {
				require.Equal(t, content(size), decided)
				require.NotNil(t, state(t, c).Done)
				require.Equal(t, content(size), state(t, c).Done)
			}
		}
	})
}
