package jsontext_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/jsontext"
)

// scan returns the verdict of a scanner on a text. It requires the same if the text comes byte by
// byte.
func scan(t *testing.T, in []byte) (jsontext.Fault, bool) {
	t.Helper()
	var whole, bytewise jsontext.Scanner
	fault := whole.Scan(in)
	for i := range in {
		bytewise.Scan(in[i : i+1])
	}
	require.Equal(t, whole, bytewise, "%q", in)
	return fault, whole.Whole()
}

func TestScan(t *testing.T) {
	deep := strings.Repeat("[", jsontext.MaxDepth)
	for _, c := range []struct {
		name, in string
		fault    jsontext.Fault
		whole    bool
		at       int64
	}{
		{"nothing", "", jsontext.None, false, 0},
		{"white space", " \t\r\n", jsontext.None, false, 4},
		{"object", `{"a": [1, -2.5e+3, true, false, null, "x\u00e9\n\\\""], "b": {}, "c": []}`, jsontext.None, true, 73},
		{"bare number", "42", jsontext.None, true, 2},
		{"bare zero", "0", jsontext.None, true, 1},
		{"bare string", `"x"`, jsontext.None, true, 3},
		{"bare literal", "null\n", jsontext.None, true, 5},
		{"markup in a string", `["<script>alert(1)</script>"]`, jsontext.None, true, 29},
		{"lines", "{}\n[]\n1\n", jsontext.None, true, 8},
		{"deepest", deep + strings.Repeat("]", jsontext.MaxDepth), jsontext.None, true, 2 * jsontext.MaxDepth},
		{"too deep", deep + "[", jsontext.Depth, false, jsontext.MaxDepth},
		{"deep objects", strings.Repeat(`{"a":`, jsontext.MaxDepth+1), jsontext.Depth, false, 5 * jsontext.MaxDepth},
		{"markup outside", `{"a": 1}<script>`, jsontext.Grammar, false, 8},
		{"markup after white space", `{"a": 1} <script>`, jsontext.Grammar, false, 9},
		{"markup inside", `[<script>]`, jsontext.Grammar, false, 1},
		{"comment", `{/* x */}`, jsontext.Grammar, false, 1},
		{"trailing comma", `[1,]`, jsontext.Grammar, false, 3},
		{"trailing comma in an object", `{"a":1,}`, jsontext.Grammar, false, 7},
		{"key without quotes", `{a:1}`, jsontext.Grammar, false, 1},
		{"single quotes", `['a']`, jsontext.Grammar, false, 1},
		{"wrong bracket", `[}`, jsontext.Grammar, false, 1},
		{"wrong end", `{"a":1]`, jsontext.Grammar, false, 6},
		{"closed twice", `[]]`, jsontext.Grammar, false, 2},
		{"two values without white space", `{}{}`, jsontext.Grammar, false, 2},
		{"a date", `2024-05-01`, jsontext.Grammar, false, 4},
		{"leading zero", `[01]`, jsontext.Grammar, false, 2},
		{"line break in a string", "[\"a\nb\"]", jsontext.Grammar, false, 3},
		{"unknown escape", `["\x"]`, jsontext.Grammar, false, 3},
		{"no digit in an escape", `["\u00g0"]`, jsontext.Grammar, false, 6},
		{"misspelt literal", `[nul]`, jsontext.Grammar, false, 4},
		{"cut off in an array", `[1`, jsontext.None, false, 2},
		{"cut off in a string", `"a`, jsontext.None, false, 2},
		{"cut off in a number", `-`, jsontext.None, false, 1},
		{"cut off in a literal", `tru`, jsontext.None, false, 3},
	} {
		fault, whole := scan(t, []byte(c.in))
		require.Equal(t, c.fault, fault, c.name)
		require.Equal(t, c.whole, whole, c.name)
		var s jsontext.Scanner
		s.Scan([]byte(c.in))
		require.Equal(t, c.at, s.Offset(), c.name)
	}
}

// FuzzScan compares the scanner with encoding/json: valid JSON is accepted unless it is too deep,
// and accepted text consists of values.
func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"a": [1, -2.5e+3, true, null, "x\u00e9"]}`, "1 2\n[]", `["<b>"]`, `{"a":1}<b>`, "0.5E-1", `[[[{}]]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		fault, whole := scan(t, in)
		if json.Valid(in) && fault != jsontext.Depth {
			require.True(t, whole, "%q", in)
		}
		if !whole {
			return
		}
		d := json.NewDecoder(bytes.NewReader(in))
		for {
			var v any
			err := d.Decode(&v)
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.As(err, new(*json.UnmarshalTypeError)) {
				continue // 1e999
			}
			require.NoError(t, err, "%q", in)
		}
	})
}
