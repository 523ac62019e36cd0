package inspect

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// No program takes a character at which calm text may end for a blank, a separator, or a sign.
func TestCalmTextEndsInCells(t *testing.T) {
	for r := range unicode.MaxRune {
		p := utf8.AppendRune(nil, r)
		if inCellUpTo(p) != len(p) || !utf8.ValidRune(r) {
			continue
		}
		kind := cellCharOf(r)
		require.True(t, kind > cellASCII['\t'] && kind != cellNoWidth, "%U", r)
		require.Equal(t, r, fold(r))
		require.True(t, r >= utf8.RuneSelf || separating[r] == 0, "%U", r)
	}
}

// Each character at each place of calm text does what the rules say.
func TestCalmText(t *testing.T) {
	for _, before := range []string{"a", "a,", "a ", ",", "\u00a0", "\u200b", "名", "é,", "1;", "x\t", "x|", "\n", ""} {
		for _, c := range "=+-@\",;|\t \r\naé名＝﹢‐\u200b" {
			for shift := range 9 {
				text := strings.Repeat("x", shift) + before + string(c) + strings.Repeat("y", 17-shift) + ",z"
				with, without := &cells{}, &cells{}
				_, _ = with.scan([]byte("a,b\nabc,"))
				_, _ = stepped(without, []byte("a,b\nabc,"))
				n, found := with.scan([]byte(text))
				wantN, want := stepped(without, []byte(text))
				with.restore()
				require.Equal(t, []any{wantN, want, without.at, without.ended()}, []any{n, found, with.at, with.ended()}, "%q", text)
			}
		}
	}
}
