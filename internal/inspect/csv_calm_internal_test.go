package inspect

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestCalmTextEndsInCells: a character at which calm text may end is not a blank or a separator. It
// has a width, and does not fold.
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

// TestCalmText: signs and letters at each place of calm text give the results of the rules.
func TestCalmText(t *testing.T) {
	for _, before := range []string{"a", "a,", "a ", ",", "\u00a0", "\u200b", "名", "é,", "1;", "x\t", "x|", "\n", ""} {
		for _, c := range "=+-@\",;|\t \r\naé名＝﹢‐\u200b" {
			for shift := range signBlock + 2 {
				text := strings.Repeat("x", shift) + before + string(c) + strings.Repeat("y", 2*signBlock-shift) + ",z"
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

// TestAmountsAreCalm: a cell that begins with + or - and continues like an amount is not a formula,
// wherever it ends.
func TestAmountsAreCalm(t *testing.T) {
	reached := []cellState{cellDash}
	for i := 0; i < len(reached); i++ {
		for c := range byte(utf8.RuneSelf) {
			if amount([]byte{c, '"', '"', '"', '"', '"', '"', '"'}) == 0 {
				continue
			}
			if to := calm[reached[i]][cellCharOf(rune(c))]; !slices.Contains(reached, to) {
				reached = append(reached, to)
			}
		}
	}
	require.NotContains(t, reached, cellFormula)
	for _, state := range reached {
		var s suspects
		s.enter(1, state)
		require.Zero(t, s.unfinished(), state)
	}
}

// TestCalmCells: cells that calmCell accepts, and cells like them, give the results of the rules
// between all separators.
func TestCalmCells(t *testing.T) {
	samples := []string{`"ab"`, `"a long text, of words"`, `"a; long text of words"`, `"é"`, `"a long text, of wörds"`, "\"a\t\"", "\"a\nb\"", "-1/2-3:4", "-:", "+ 1-./:", "+49 (0)30", "-1\u00a0", `"a,b"`, `"a;b"`, `"-a"`, `"a""b"`, "-1", "+49 30", "-1.5", "-1-2", "-", "+a", `"a" `, ` "a"`, "-1;2", "1", "@a", "=1", `"a`, "-1\t"}
	more := strings.Repeat(",wwwwwww", signBlock/4)
	for _, tabs := range []bool{false, true} {
		for _, before := range []string{"x", "\n", "x\r\n", `"q"`, strings.Repeat("w", 42)} {
			for _, first := range []string{",", ";", "|", "\t", "\n"} {
				for _, cell := range samples {
					for _, second := range []string{",", ";", "|", "\t", "\n", "\r\n", "\r", ""} {
						for _, after := range []string{"", "-2,a", "y;=1|z" + more, "\"z\",-3" + more} {
							text := "a,b\nabcdefghi" + before + first + cell + second + after
							with, without := &cells{tabs: tabs}, &cells{tabs: tabs}
							n, found := with.scan([]byte(text))
							wantN, want := stepped(without, []byte(text))
							require.Equal(t, []any{wantN, want, without.at, without.off, without.ended()}, []any{n, found, with.at, with.off, with.ended()}, "%q", text)
						}
					}
				}
			}
		}
	}
}
