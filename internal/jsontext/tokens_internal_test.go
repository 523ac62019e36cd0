package jsontext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzTokens checks that Scan, which reads tokens, agrees with reading each byte by step.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		`{"a": [1, -2.50e+3, 0, 01, 1., .5, 1e, -], "b\n\u00e9": true, "c": null}`, `[true,false,nul,"\x"]`, `{"a":{}}[]` + "\n[[],{}]", `["é` + "\x01\"]",
		`{"a" "b"}`, `{,}`, `[1,]`, `[1 2]`, `{"a":1,}`, `{"long key with many bytes \\ \" \/": "and a long value \u12g4"}`, `["a"]]`, `[}`, `{]`, `{"a"]`,
		strings.Repeat(`[{"a":`, 300), `[10 00]`, `[-1 ,1e ]`, `["\ n"]`, `{"a" : 1 }`,
	} {
		f.Add([]byte(s), byte(2))
		f.Add([]byte(s), byte(3))
		f.Add([]byte("["+s), byte(200))
	}
	f.Fuzz(func(t *testing.T, in []byte, cut byte) {
		var fast, slow Scanner
		for rest := in; len(rest) > 0 && slow.fault == None; {
			piece := rest[:min(len(rest), int(cut)+1)]
			rest = rest[len(piece):]
			fast.Scan(piece)
			for i := 0; i < len(piece) && slow.fault == None; i++ {
				if slow.fault = slow.step(piece[i]); slow.fault == None {
					slow.off++
				}
			}
			require.Equal(t, slow.fault, fast.fault)
			require.Equal(t, slow.off, fast.off)
			require.Equal(t, slow.Whole(), fast.Whole())
			require.Equal(t, slow.depth, fast.depth)
			if slow.fault == None {
				require.Equal(t, slow.state, fast.state)
			}
		}
	})
}
