package chain_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestGap checks that Open reports a missing piece. On stores that merge, Sources and State do, too.
// On a disk, the search for the newest piece would take the gap of the third piece for the end of
// the chain, so the third is not missing here: see Pieces. A missing newest piece cannot be noticed.
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

// TestGapOfOneList checks that a gap is believed only if a second list has the same one.
func TestGapOfOneList(t *testing.T) {
	for _, row := range []struct {
		name string
		lags func(list int) int // how many of the pieces before the newest a list lacks, by its number from 1
		err  error
	}{
		{"only the first list", func(list int) int { return max(2-list, 0) }, nil},
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

// TestReadChanged checks that a reader fails with ErrChanged at a source of another size or ETag, and
// with ErrGap at one that is gone.
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
	put(t, store, pieces[2].Key, "0123456789")
	require.ErrorIs(t, read(), storage.ErrChanged)
}

// TestIncomplete checks that nothing is merged before the upload is complete.
func TestIncomplete(t *testing.T) {
	store := &memstore.Store{}
	c := chain.New(store, prefix, 50, 10)
	body := content(49)
	add(t, c, body[:4])
	add(t, c, body[4:]) // the first cell has two pieces, which Sources would merge
	before := store.Keys()
	_, err := c.Sources(context.Background(), chain.Template{})
	require.ErrorIs(t, err, chain.ErrIncomplete)
	require.Equal(t, before, store.Keys())
}
