package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNextElementNeedsASize checks that an element without a known size is not cut off, since its
// size of all ones is not a number of bytes.
func TestNextElementNeedsASize(t *testing.T) {
	content := make([]byte, 1<<14)
	for _, size := range []string{"\xff", "\x7f\xff"} {
		_, _, _, ok := nextElement(append([]byte("\xec"+size), content...))
		require.False(t, ok, "%x", size)
	}
	id, got, rest, ok := nextElement(append([]byte("\xec\xfe"), content...))
	require.True(t, ok)
	require.EqualValues(t, ebmlVoid, id)
	require.Len(t, got, 126)
	require.Len(t, rest, len(content)-126)
}
