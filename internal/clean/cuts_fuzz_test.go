package clean_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/corpus"
)

// pieceSizes are sizes of pieces, around those at which a walk changes how it holds bytes.
var pieceSizes = []int{1, 1, 2, 3, 4, 7, 8, 9, 64, 500, 4095, 4096, 4097, 32 << 10, 64 << 10}

// anyPieces is a reader that hands out pieces of random sizes.
type anyPieces struct {
	io.Reader
	chance *rand.Rand
}

func (r anyPieces) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:min(len(p), pieceSizes[r.chance.IntN(len(pieceSizes))])])
}

// cleanedByChance is cleaned with pieces of random sizes.
func cleanedByChance(mediaType string, file []byte, chance *rand.Rand, o clean.Options) (r result) {
	reader := clean.NewReader(anyPieces{bytes.NewReader(file), chance}, mediaType, o)
	defer reader.Close()
	for r.Err == nil {
		var n int
		buf := make([]byte, pieceSizes[chance.IntN(len(pieceSizes))])
		n, r.Err = reader.Read(buf)
		r.Content = append(r.Content, buf[:n]...)
		clear(buf)
	}
	if r.Err == io.EOF {
		r.Err = nil
	}
	r.Facts, r.Changed, r.Patches = reader.Facts(), reader.Changed(), reader.Patches()
	return r
}

// FuzzCuts checks that the cuts of a file make no difference to its fault or, without one, to its
// result. After a fault the file goes on as it was, and with Keep it stays as it is. All memory is
// given back.
func FuzzCuts(f *testing.F) {
	types := slices.Sorted(maps.Keys(inspectors))
	for i, mediaType := range types {
		for _, file := range slices.Concat(corpus.Images(), corpus.MotionPhotos(), corpus.Media()) {
			if file.Type == mediaType && len(file.Content) < 20_000 {
				f.Add(file.Content, uint8(i), uint64(len(file.Content)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, kind uint8, seed uint64) {
		mediaType, chance := types[int(kind)%len(types)], rand.New(rand.NewPCG(seed, 1))
		o := clean.Options{Record: seed&1 == 0, Late: true}
		want := cleaned(mediaType, file, len(file)+1, len(file)+1, o)
		got := cleanedByChance(mediaType, file, chance, o)
		require.Equal(t, want.Err, got.Err)
		var fault *clean.Error
		if errors.As(want.Err, &fault) {
			require.NotEqual(t, clean.CodePanic, fault.Code)
			require.LessOrEqual(t, len(got.Content), len(file))
			from := min(int(fault.Offset), len(got.Content))
			require.True(t, bytes.Equal(file[from:len(got.Content)], got.Content[from:]))
		} else {
			require.True(t, bytes.Equal(apply(want.Content, want.Patches), apply(got.Content, got.Patches)))
			require.Equal(t, want.Facts, got.Facts)
			require.Equal(t, want.Changed, got.Changed)
		}
		kept := cleanedByChance(mediaType, file, chance, clean.Options{Keep: true, Record: o.Record})
		require.NoError(t, kept.Err)
		require.True(t, bytes.Equal(file, kept.Content))
		require.Empty(t, kept.Patches)

		little := purse(chance.IntN(1 << 20))
		all := little
		o.Memory = &little
		poor := cleanedByChance(mediaType, file, chance, o)
		require.Equal(t, all, little)
		if !errors.As(poor.Err, &fault) || fault.Code != clean.CodeBusy {
			require.Equal(t, want.Err, poor.Err)
		}
	})
}
