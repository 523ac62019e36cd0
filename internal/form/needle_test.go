package form

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNeedle checks that a needle finds what bytes.Index finds, in content that resembles the
// delimiter, with the delimiter at each place, whole or cut off.
func TestNeedle(t *testing.T) {
	for _, boundary := range []string{"a", "aaaa", "aaaaa", "ab-ab-ab-ab", "BOUNDARY", "----WebKitFormBoundary7MA4YWxkTrZu0gW", strings.Repeat("-", 70)} {
		for _, whole := range []string{"\r\n--" + boundary, "\n--" + boundary} {
			n := newNeedle([]byte(whole))
			for _, filling := range []string{"x", "\r", "-", "\r\n", whole[:len(whole)-1], whole[1:]} {
				for at := range 3 * len(whole) {
					content := strings.Repeat(filling, at)[:at]
					for cut := range len(whole) + 1 {
						w := []byte(content + whole[:cut])
						require.Equal(t, bytes.Index(w, []byte(whole)), n.index(w), "%q", w)
						w = append(append(w, filling...), whole...)
						require.Equal(t, bytes.Index(w, []byte(whole)), n.index(w), "%q", w)
					}
				}
			}
		}
	}
}

// FuzzNeedle checks that a needle finds what bytes.Index finds.
func FuzzNeedle(f *testing.F) {
	f.Add([]byte("\r\n--boundar\r\n--boundary\r\n"), "boundary")
	f.Add([]byte("\r\n---------\r\n-\n--------------"), "---------")
	f.Fuzz(func(t *testing.T, w []byte, boundary string) {
		whole := []byte("\r\n--" + boundary)
		n := newNeedle(whole)
		require.Equal(t, bytes.Index(w, whole), n.index(w))
	})
}
