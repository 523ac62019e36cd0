package inspect

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkedQuiet returns what quiet returns, and requires that no word begins in those bytes.
func checkedQuiet(t *testing.T, p []byte) int {
	t.Helper()
	n := quiet(p)
	for _, word := range []string{endstream, hiddenWord, tableWord} {
		if k := bytes.Index(p, []byte(word)); k >= 0 {
			require.LessOrEqual(t, n, k, "%q in %q", word, p)
		}
	}
	return n
}

// TestPDFQuiet: quiet ends before a word at each place after some fillings, and passes over all of
// some random bytes.
func TestPDFQuiet(t *testing.T) {
	random := make([]byte, 64<<10)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(random)
	require.Equal(t, len(random), checkedQuiet(t, random))
	for _, filling := range []string{"\x00", "b", "j", "re", "ob", "tre", "xre", "\xe2\xea"} {
		for before := range 2 * quietBlock {
			for _, word := range []string{endstream, hiddenWord, tableWord, "ob", "xre", "endstre"} {
				for _, after := range []string{"", "\x00", strings.Repeat(filling, 40)} {
					checkedQuiet(t, []byte(strings.Repeat(filling, before)[:before]+word+after))
				}
			}
		}
	}
	// A word may lie across a place where the search changes from one method to another.
	for _, like := range []string{"re", "ob", "xr", "bj"} {
		for before := range 4 {
			for at := 8; at < 3*quietBlock; at++ {
				for _, word := range []string{endstream, hiddenWord, tableWord} {
					p := make([]byte, 500)
					copy(p[before:], like)
					copy(p[at:], word)
					checkedQuiet(t, p)
				}
			}
		}
	}
	for at := range 200 {
		p := bytes.Clone(random)
		copy(p[at*300:], hiddenWord)
		require.LessOrEqual(t, at*300-8, checkedQuiet(t, p))
	}
}

// TestPDFPairs: withoutPairs passes over the blocks of 64 bytes before the one in which the first
// pair begins.
func TestPDFPairs(t *testing.T) {
	if withoutPairs(make([]byte, 65)) == 0 {
		t.Log("not used on this architecture")
		return
	}
	for size := range 300 {
		without := bytes.Repeat([]byte("bra.jrb.ebbr"), 26)[:size]
		require.Equal(t, max(0, size-1)/64*64, withoutPairs(without), size)
		for at := range max(0, size-1) {
			for _, pair := range []string{"bj", "re"} {
				p := bytes.Clone(without)
				copy(p[at:], pair)
				require.Equal(t, min(at, size-1)/64*64, withoutPairs(p[:size:size]), "%d of %d", at, size)
			}
		}
	}
}

// FuzzPDFQuiet: quiet ends before the words in any bytes.
func FuzzPDFQuiet(f *testing.F) {
	f.Add([]byte("12 0 obj endstream xref"), 40)
	f.Fuzz(func(t *testing.T, p []byte, zeros int) {
		checkedQuiet(t, append(make([]byte, zeros&0xff), p...))
	})
}
