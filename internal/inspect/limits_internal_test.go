package inspect

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFramesShareSixteenTimesMaxPixels checks that the limit of the pixels of all frames is exact,
// and that no number of frames passes it by overflow.
func TestFramesShareSixteenTimesMaxPixels(t *testing.T) {
	f := frames{}
	for range 16 {
		require.Nil(t, f.paint(Limits{MaxPixels: 1}, 1, 1))
	}
	fault := f.paint(Limits{MaxPixels: 1}, 1, 1)
	require.Equal(t, beyond(CodePixels, 16, "has frames of more than 16 pixels in all"), fault)

	l := Limits{MaxFrames: math.MaxInt}
	for _, n := range []int64{5, 1 << 35, math.MaxInt64} {
		require.NotNil(t, new(frames).paintAll(l, n, DefaultMaxSide, DefaultMaxSide), "%d frames", n)
	}
	require.Nil(t, new(frames).paintAll(l, 4, DefaultMaxSide, DefaultMaxSide))

	l.MaxPixels = math.MaxInt64
	require.Nil(t, new(frames).paintAll(l, 1<<33, DefaultMaxSide, DefaultMaxSide))
	require.Nil(t, new(frames).paintAll(Limits{}, math.MaxInt64, 0, 0), "a track without pictures")
}
