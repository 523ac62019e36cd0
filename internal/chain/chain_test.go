package chain_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestAppend checks that bytes come back as they went in, however they are cut.
func TestAppend(t *testing.T) {
	const cell = 64
	for _, size := range []int{1, cell - 1, cell, cell + 1, 3*cell + 7} {
		for _, chunk := range []int{7, cell, cell + 1, size} {
			t.Run(fmt.Sprintf("%d bytes in chunks of %d", size, chunk), func(t *testing.T) {
				everywhere(t, func(t *testing.T, store chain.Store, merges bool) {
					c := chain.New(store, prefix, int64(size), cell)
					whole := content(size)
					for part := range slices.Chunk(whole, chunk) {
						add(t, c, part)
					}
					requireHolds(t, c, whole)
					if !merges {
						return
					}
					sources, err := c.Sources(t.Context(), chain.Template{})
					require.NoError(t, err)
					require.Len(t, sources, (size+cell-1)/cell)
					for _, s := range sources[:len(sources)-1] {
						require.EqualValues(t, cell, s.Size)
					}
					requireBytes(t, whole, c.Read(t.Context(), sources))
					requireHolds(t, c, whole)
					again, err := c.Sources(t.Context(), chain.Template{})
					require.NoError(t, err)
					require.Equal(t, sources, again)
				})
			})
		}
	}
}

// TestAppendReaders checks how many bytes of readers that end in different ways are stored.
func TestAppendReaders(t *testing.T) {
	const cell, size = 64, 200
	whole := content(size)
	broken := errors.New("broken")
	for _, row := range []struct {
		name   string
		r      io.Reader
		stored int64
		err    error
	}{
		{"one byte at a time", iotest.OneByteReader(bytes.NewReader(whole)), size, nil},
		{"the last bytes with io.EOF", iotest.DataErrReader(bytes.NewReader(whole)), size, nil},
		{"nothing", bytes.NewReader(nil), 0, nil},
		{"cut in the first cell", bytes.NewReader(whole[:5]), 5, nil},
		{"cut at the end of a cell", bytes.NewReader(whole[:cell]), cell, nil},
		{"cut in a later cell", bytes.NewReader(whole[:150]), 150, nil},
		{"an error at once", iotest.ErrReader(broken), 0, broken},
		{"an error in the first cell", io.MultiReader(bytes.NewReader(whole[:5]), iotest.ErrReader(broken)), 0, broken},
		{"an error at the end of a cell", io.MultiReader(bytes.NewReader(whole[:cell]), iotest.ErrReader(broken)), cell, broken},
		{"an error in a later cell", io.MultiReader(bytes.NewReader(whole[:150]), iotest.ErrReader(broken)), 128, broken},
		{"an error in the place of io.EOF", io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(broken)), size, broken},
		{"a wrapped io.EOF", io.MultiReader(bytes.NewReader(whole[:5]), iotest.ErrReader(fmt.Errorf("lost: %w", io.EOF))), 0, io.EOF},
		{"a byte too much", io.MultiReader(bytes.NewReader(whole), bytes.NewReader(whole[:1])), size, chain.ErrTooLong},
		{"no progress", idle{}, 0, io.ErrNoProgress},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := chain.New(&memstore.Store{}, prefix, size, cell)
			n, err := c.Append(t.Context(), state(t, c), chain.Template{}, row.r)
			require.ErrorIs(t, err, row.err)
			require.Equal(t, row.stored, n)
			requireHolds(t, c, whole[:n])
		})
	}
}

// TestAppendReserves checks the MaxSize of pieces, for which a store reserves memory.
func TestAppendReserves(t *testing.T) {
	const cell, size = 64, 150
	for _, row := range []struct {
		name   string
		bytes  int
		length int64
		sizes  []int64 // as the store gets them
	}{
		{"not known", 70, 0, []int64{64, 64}},
		{"less than a cell", 5, 5, []int64{5}},
		{"a cell", 64, 64, []int64{64}},
		{"a cell and more", 70, 70, []int64{64, 6}},
		{"more than comes", 5, 150, []int64{64}},
		{"beyond the end", 150, 1000, []int64{64, 64, 22}},
		{"less than comes", 70, 5, []int64{5, 59, 64}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var sizes []int64
			store := &faulty{stage: func(obj storage.Object) {
				require.Equal(t, "ann", obj.Subject)
				sizes = append(sizes, obj.MaxSize)
			}}
			c := chain.New(store, prefix, size, cell)
			n, err := c.Append(t.Context(), state(t, c), chain.Template{Subject: "ann", Length: row.length}, bytes.NewReader(content(row.bytes)))
			require.NoError(t, err)
			require.EqualValues(t, row.bytes, n)
			require.Equal(t, row.sizes, sizes)
			requireHolds(t, c, content(row.bytes))
		})
	}
}

// TestLargeCells checks cells that are larger than PieceSize, so that the store sends them in parts.
func TestLargeCells(t *testing.T) {
	const cell = 6 << 20
	fake := s3fake.New("bucket")
	c := chain.New(inBucket(t, fake, nil), prefix, 2*cell+1, cell)
	whole := content(2*cell + 1)
	add(t, c, whole[:cell-1])
	n, err := c.Append(t.Context(), chain.State{}, chain.Template{}, bytes.NewReader(whole))
	require.ErrorIs(t, err, chain.ErrTaken)
	require.Zero(t, n)
	require.Zero(t, fake.OpenUploads())
	add(t, c, whole[cell-1:])
	sources, err := c.Sources(t.Context(), chain.Template{})
	require.NoError(t, err)
	require.Len(t, sources, 3)
	requireBytes(t, whole, c.Read(t.Context(), sources))
	require.Zero(t, fake.OpenUploads())
}

// idle is a reader that returns neither bytes nor an error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }
