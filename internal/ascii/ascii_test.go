package ascii_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/ascii"
)

// TestText checks that each byte ends the run at every place, unless it is one of the accepted
// ones.
func TestText(t *testing.T) {
	sizes := []int{1, 2, 7, 8, 9, 15, 16, 17, 19, 64, 65, 135} // steps are of 1, 8 and 64 bytes
	for c := range 256 {
		accepted := ' ' <= c && c <= '~' || strings.ContainsRune("\t\n\r", rune(c))
		for _, size := range sizes {
			for at := range size {
				for _, around := range []byte("a\n ~") {
					p := bytes.Repeat([]byte{around}, size)
					p[at] = byte(c)
					want := at
					if accepted {
						want = size
					}
					require.Equal(t, want, ascii.Text(p), "%q", p)
				}
			}
		}
	}
	for n := range 200 {
		require.Equal(t, n, ascii.Text([]byte(strings.Repeat("x", n))))
	}
}

// TestTextOfPairs checks that neighbouring bytes do not change the verdict on each other.
func TestTextOfPairs(t *testing.T) {
	for c := range 1 << 16 {
		p := []byte{'a', 'b', byte(c >> 8), byte(c), 'c', 'd', 'e', 'f'}
		want := 0
		for want < len(p) && ascii.Text(p[want:want+1]) == 1 {
			want++
		}
		require.Equal(t, want, ascii.Text(p), "%q", p)
	}
}
