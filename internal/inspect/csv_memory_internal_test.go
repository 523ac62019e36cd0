package inspect

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// stepped reads p by the rules alone, without the memory.
func stepped(s *cells, p []byte) (n int, found bool) {
	if !s.begun {
		s.begin()
	}
	for n < len(p) && !found {
		r, size := s.character(p[n:])
		found = s.step(r)
		s.off += s.width(p[n : n+size])
		n += size
	}
	return n, found
}

// FuzzCellsRemember: the memory gives the results of the rules.
func FuzzCellsRemember(f *testing.F) {
	for _, s := range []string{
		"a,b\r\n-1,\"x;y\"\r\n", "-1,-2;+3\t", "\"\",", "名,＝1,é", "- tea (2 l),-a|b\n", "=\"00\",=\"1\n", "sep=^\n-1^a^\"b^\n", "x\r-y\r\r\n", "\u200b-1,@a b\n",
	} {
		for flags := range byte(4) {
			f.Add(strings.Repeat(s, 3), flags, byte(5))
		}
	}
	f.Fuzz(func(t *testing.T, in string, flags, cut byte) {
		bytewise := flags&2 != 0
		if in = strings.ToValidUTF8(in, ""); bytewise {
			in += "\xa3\xbd\xa1\xe1\x80\xa3"
		}
		with, without := &cells{tabs: flags&1 != 0, bytes: bytewise}, &cells{tabs: flags&1 != 0, bytes: bytewise}
		for rest := []byte(strings.Repeat(in, 3)); len(rest) > 0; {
			piece := rest[:min(len(rest), int(cut)+4)]
			if !bytewise {
				piece = wholeCharacters(piece)
			}
			n, found := with.scan(piece)
			wantN, want := stepped(without, piece)
			require.Equal(t, want, found)
			require.Equal(t, wantN, n)
			require.Equal(t, without.off, with.off)
			require.Equal(t, without.at, with.at)
			require.Equal(t, without.ended() != 0, with.ended() != 0)
			if found {
				return
			}
			rest = rest[n:]
		}
	})
}

// wholeCharacters returns the text at the front of p, or all of p if it does not begin with text.
func wholeCharacters(p []byte) []byte {
	n, _, _ := checkUTF8(p)
	if n == 0 {
		return p
	}
	return p[:n]
}

// TestCellsForget: the memory drops its states when more come than fit, and the results stay those
// of the rules.
func TestCellsForget(t *testing.T) {
	var table strings.Builder
	for _, a := range []string{"", "-", "-1", "- a", "@b", "\"-\"", "\"x"} {
		for _, b := range []string{",", ";", "\t", "|", "\n", "\r\n", "\"", " "} {
			for _, c := range []string{"", "-2", "+a ", "\"\"", "\"-b", "@c"} {
				table.WriteString(a + b + c)
			}
		}
	}
	with, without := &cells{}, &cells{}
	known, forgot := 0, false
	for i := range table.Len() {
		n, found := with.scan([]byte{table.String()[i]})
		wantN, want := stepped(without, []byte{table.String()[i]})
		require.Equal(t, []any{wantN, want}, []any{n, found}, "%q", table.String()[:i+1])
		forgot = forgot || with.memory.known < known
		known = with.memory.known
	}
	require.True(t, forgot)
}

func TestCommonLetters(t *testing.T) {
	for r := range unicode.MaxRune {
		require.True(t, !isCommonLetter(r) || unicode.IsLetter(r), "%U", r)
	}
}
