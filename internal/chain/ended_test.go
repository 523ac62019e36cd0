package chain_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestTooMany checks the limit of a cell's pieces.
func TestTooMany(t *testing.T) {
	for _, row := range []struct {
		name       string
		size, cell int64
		most       int
	}{
		{"a small upload", 1000, 1000, 64},
		{"a cell of 128 KiB", 1 << 20, 128 << 10, 66},
		{"the second cell", 1 << 20, 128 << 10, 66},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := chain.New(&memstore.Store{}, prefix, row.size, row.cell)
			if row.name == "the second cell" {
				add(t, c, content(int(row.cell)))
			}
			for range row.most {
				add(t, c, []byte("x"))
			}
			before := state(t, c).Offset
			n, err := c.Append(t.Context(), state(t, c), chain.Template{}, strings.NewReader("x"))
			require.ErrorIs(t, err, chain.ErrTooMany)
			require.Zero(t, n)
			require.Equal(t, before, state(t, c).Offset)
		})
	}
}

// TestEnded checks that nothing comes after the end.
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

// TestEndedMeanwhile checks that nothing is acknowledged of a piece that is stored after the upload
// ended, or after all was removed and every key is free again.
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

// keys lists the objects of an upload.
func keys(t testing.TB, store chain.Store, prefix string) (keys []string) {
	t.Helper()
	after := ""
	for {
		page, err := store.(storage.Lister).ListObjects(t.Context(), prefix, after)
		require.NoError(t, err)
		for _, o := range page.Items {
			keys = append(keys, o.Key)
		}
		if after = page.Next; after == "" {
			return keys
		}
	}
}

// TestGap checks that a missing piece is found, by whatever asks for all bytes.
func TestGap(t *testing.T) {
	everywhere(t, func(t *testing.T, store chain.Store, merges bool) {
		for _, missing := range []int{0, 1, 3} {
			at := strings.Replace(prefix, "/id/", "/id"+string(rune('0'+missing))+"/", 1)
			c := chain.New(store, at, 50, 10)
			for part := range 5 {
				add(t, c, content(50)[10*part:][:10])
			}
			pieces, err := c.Pieces(t.Context())
			require.NoError(t, err)
			require.NoError(t, store.Delete(t.Context(), pieces[missing].Key))
			_, err = c.Open(t.Context())
			require.ErrorIs(t, err, chain.ErrGap)
			if merges {
				_, err = c.Sources(t.Context(), chain.Template{})
				require.ErrorIs(t, err, chain.ErrGap)
				_, err = c.State(t.Context())
				require.ErrorIs(t, err, chain.ErrGap)
			}
			require.NoError(t, c.Remove(t.Context(), false))
		}
	})
}

// TestGapOfOneList checks that a list that lags behind is not believed.
func TestGapOfOneList(t *testing.T) {
	for _, row := range []struct {
		name string
		lags func(list int) int // how many pieces the list lacks after its first
		err  error
	}{
		{"the first list", func(list int) int { return max(2-list, 0) }, nil},
		{"each list, differently", func(list int) int { return 3 - list }, chain.ErrUnsettled},
		{"each list, equally", func(int) int { return 1 }, chain.ErrGap},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &faulty{}
			c := chain.New(store, prefix, 50, 10)
			add(t, c, content(50))
			lists := 0
			store.list = func(page *storage.ListPage[storage.ListedObject]) error {
				lists++
				page.Items = append(page.Items[:1], page.Items[1+row.lags(lists):]...)
				return nil
			}
			_, err := c.Open(t.Context())
			require.ErrorIs(t, err, row.err)
		})
	}
}

// TestReadChanged checks that Read returns only bytes of the sources.
func TestReadChanged(t *testing.T) {
	store := &memstore.Store{}
	c := chain.New(store, prefix, 50, 10)
	add(t, c, content(50))
	pieces, err := c.Pieces(t.Context())
	require.NoError(t, err)
	read := func() error {
		r := c.Read(t.Context(), pieces)
		_, err := new(bytes.Buffer).ReadFrom(r)
		require.NoError(t, r.Close())
		return err
	}
	require.NoError(t, read())
	pieces[2].Size--
	require.ErrorIs(t, read(), storage.ErrChanged)
	pieces[2].Size += 2
	require.ErrorIs(t, read(), storage.ErrChanged)
	pieces[2].Size--
	require.NoError(t, store.Delete(t.Context(), pieces[2].Key))
	require.ErrorIs(t, read(), chain.ErrGap)
	staged, err := store.Stage(t.Context(), storage.Object{Key: pieces[2].Key, MaxSize: 10}, strings.NewReader("0123456789"))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	require.ErrorIs(t, read(), storage.ErrChanged)
}

// TestIncomplete checks that nothing is merged before the last byte.
func TestIncomplete(t *testing.T) {
	store := &memstore.Store{}
	c := chain.New(store, prefix, 50, 10)
	add(t, c, content(49))
	_, err := c.Sources(context.Background(), chain.Template{})
	require.ErrorIs(t, err, chain.ErrIncomplete)
}
