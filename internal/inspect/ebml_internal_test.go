package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNextElementNeedsASize checks that nextElement returns no element whose size has only ones:
// they mean an unknown size, not a number of bytes.
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
