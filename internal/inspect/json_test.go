package inspect_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

func TestJSON(t *testing.T) {
	for _, c := range []struct{ name, in, code, reason string }{
		{"an object", `{"a": [1, 2, "é"]}`, "", ""},
		{"HTML in strings", `{"a": "<p onclick=alert(1)>", "<script>": "<!-- <?php"}`, "", ""},
		{"a bare number", "42\n", "", ""},
		{"a bare string", `"x"`, "", ""},
		{"lines", "{\"a\": 1}\n{\"a\": 2}\n", "", ""},
		{"a mark", "\xef\xbb\xbf[]", "", ""},
		{"UTF-16", le(`{"a": "馬<b>"}`), "", ""},
		{"nothing", "", "truncated", "ends within JSON at byte 0"},
		{"cut off", `{"a": 1`, "truncated", "ends within JSON at byte 7"},
		{"HTML after it", `{"a": 1}<script>alert(1)</script>`, codeDamaged, "is not JSON at byte 8"},
		{"HTML before it", `<b>{"a": 1}`, codeDamaged, "is not JSON at byte 0"},
		{"HTML between values", `{"a": <script>1}`, codeDamaged, "is not JSON at byte 6"},
		{"a comment", `{} // <script>`, codeDamaged, "is not JSON at byte 3"},
		{"text", "hello", codeDamaged, "is not JSON at byte 0"},
		{"HTML after a mark and a value", "\xef\xbb\xbf[]<b>", codeDamaged, "is not JSON at byte 5"},
		{"a NUL", "[\"\x00\"]", codeDamaged, "contains a control character at byte 2"},
		{"Windows-1252", "[\"caf\xe9\"]", "unsupported_variant encoding", "is not valid UTF-8 at byte 5"},
		{"depth", strings.Repeat("[", 513), "too_complex", "has JSON arrays and objects nested too deeply"},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			var j inspect.JSON
			_, _ = io.Copy(&j, struct{ io.Reader }{r})
			require.Equal(t, finding{c.code, c.reason}, found(j.Verdict()), c.name)
		}
	}
}
