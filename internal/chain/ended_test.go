package chain_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestTooMany checks the limit of the pieces of a cell.
func TestTooMany(t *testing.T) {
	for _, row := range []struct {
		name       string
		size, cell int64
		most       int
	}{
		{"a small upload", 1000, 1000, 64},
		{"a cell of 128 KiB", 1 << 20, 128 << 10, 66},
		{"a large cell", 1 << 40, 1 << 30, 864},
		{"the second cell", 1 << 20, 128 << 10, 66},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &memstore.Store{}
			c := chain.New(store, prefix, row.size, row.cell)
			if row.name == "the second cell" {
				add(t, c, content(int(row.cell)))
			}
			first := state(t, c).Offset
			for i := range row.most - 1 { // not by add, which would list for each
				put(t, store, fmt.Sprintf("%s%016x", prefix, math.MaxInt64-first-int64(i)), "x")
			}
			add(t, c, []byte("x"))
			before := state(t, c).Offset
			n, err := c.Append(t.Context(), state(t, c), chain.Template{}, strings.NewReader("x"))
			require.ErrorIs(t, err, chain.ErrTooMany)
			require.Zero(t, n)
			require.Equal(t, before, state(t, c).Offset)
		})
	}
}

// TestEnded checks that Append refuses after the end.
func TestEnded(t *testing.T) {
	everywhere(t, func(t *testing.T, store chain.Store, _ bool) {
		c := chain.New(store, prefix, 100, 10)
		add(t, c, content(15))
		_, err := c.End(t.Context(), []byte("terminated"))
		require.NoError(t, err)
		n, err := c.Append(t.Context(), state(t, c), chain.Template{}, strings.NewReader("x"))
		require.ErrorIs(t, err, chain.ErrEnded)
		require.Zero(t, n)
	})
}

// TestEndedMeanwhile checks that a piece is not acknowledged if it is stored after the upload has
// ended and its pieces were removed, so that the key is free again.
func TestEndedMeanwhile(t *testing.T) {
	everywhere(t, func(t *testing.T, store chain.Store, _ bool) {
		other := chain.New(store, prefix, 30, 10)
		add(t, other, content(5))
		c := chain.New(store, prefix, 30, 10)
		s := state(t, c)
		ends := reading(func() {
			_, err := other.End(t.Context(), []byte("terminated"))
			require.NoError(t, err)
			require.NoError(t, other.Remove(t.Context(), true))
		})
		n, err := c.Append(t.Context(), s, chain.Template{}, io.MultiReader(ends, strings.NewReader("0123456789")))
		require.ErrorIs(t, err, chain.ErrEnded)
		require.Zero(t, n)
		require.NotNil(t, state(t, c).End)
		require.NoError(t, c.Remove(t.Context(), true))
		if _, listed := store.(storage.DirectStorage); listed {
			require.Equal(t, []string{prefix + "0-end"}, keys(t, store, prefix))
		}
	})
}

// walkedStore is a store that the chain cannot list. It calls looks before each Stat.
type walkedStore struct {
	chain.Store
	looks func()
}

func (s walkedStore) Stat(ctx context.Context, key string) (storage.Stored, error) {
	s.looks()
	return s.Store.Stat(ctx, key)
}

// TestEndedWhileAsked checks an upload that ends, and whose pieces are removed, while State walks
// over them. State does not return a smaller offset as if the upload were open.
func TestEndedWhileAsked(t *testing.T) {
	for at := range 8 {
		store := &memstore.Store{}
		other := chain.New(store, prefix, 30, 10)
		add(t, other, content(25))
		looks := 0
		c := chain.New(walkedStore{store, func() {
			if looks++; looks == at {
				_, err := other.End(t.Context(), []byte("terminated"))
				require.NoError(t, err)
				require.NoError(t, other.Remove(t.Context(), true))
			}
		}}, prefix, 30, 10)
		if s := state(t, c); s.End == nil {
			require.EqualValues(t, 25, s.Offset, "look %d", at)
		}
	}
}

// TestEndedWhileListed checks that State sees the end if the upload ends, and its pieces are removed,
// while the store makes the list.
func TestEndedWhileListed(t *testing.T) {
	store := &faulty{}
	c := chain.New(store, prefix, 30, 10)
	add(t, c, content(25))
	store.list = func(page *storage.ListPage[storage.ListedObject]) error {
		store.list = nil
		page.Items = page.Items[:len(page.Items)-1]
		_, err := c.End(t.Context(), []byte("terminated"))
		return errors.Join(err, c.Remove(t.Context(), true))
	}
	require.NotNil(t, state(t, c).End)
}

// reading is an empty reader that calls a function when it is read.
type reading func()

func (r reading) Read([]byte) (int, error) {
	r()
	return 0, io.EOF
}

// TestRemove checks that removal leaves the markers, or nothing, and touches no other upload.
func TestRemove(t *testing.T) {
	everywhere(t, func(t *testing.T, store chain.Store, merges bool) {
		other := chain.New(store, strings.Replace(prefix, "/id/", "/id2/", 1), 25, 10)
		add(t, other, content(25))
		c := chain.New(store, prefix, 25, 10)
		for range 5 {
			add(t, c, content(5))
		}
		if merges {
			_, err := c.Sources(t.Context(), chain.Template{})
			require.NoError(t, err)
		}
		_, err := c.End(t.Context(), []byte("accepted"))
		require.NoError(t, err)
		_, err = c.Done(t.Context(), []byte("key"))
		require.NoError(t, err)

		require.NoError(t, c.Remove(t.Context(), true))
		s := state(t, c)
		require.Equal(t, "accepted", string(s.End.Data))
		require.Equal(t, "key", string(s.Done))
		require.Equal(t, []string{prefix + "0-done", prefix + "0-end"}, keys(t, store, prefix))

		require.NoError(t, c.Remove(t.Context(), false))
		require.NoError(t, c.Remove(t.Context(), false), "again")
		require.Empty(t, keys(t, store, prefix))
		requireHolds(t, other, content(25))
	})
}
