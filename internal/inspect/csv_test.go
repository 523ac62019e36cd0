package inspect_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// csvVerdict returns what the inspector says of a table, whole and byte by byte.
func csvVerdict(t *testing.T, c inspect.CSV, in string) error {
	t.Helper()
	whole, bytewise := c, c
	_, _ = whole.Write([]byte(in))
	for i := range len(in) {
		_, _ = bytewise.Write([]byte{in[i]})
	}
	require.Equal(t, whole.Verdict(), bytewise.Verdict(), in)
	return whole.Verdict()
}

func TestCSVAccepts(t *testing.T) {
	for _, in := range []string{
		"", "a,b\n1,2\n", "a;b\r\n1;2\r\n", "a\tb\n1\t2\n", "\xef\xbb\xbfa,b\n", le("a,b\r\n1,-2\r\n"),
		"-1.5,+49,-1,5\n", "-1.5e-3,+1E5,-.5,-5%,\"-1,234.50\"", "+49 (0)30/123-45;-12:30;-;--;+-", "-1.5", "\"-1.5\"\n",
		"1-2,a=b,a@b.example,1+1", "\"a=b\",\"he said \"\"=1\"\"\"", "\"\"\"=1\",x", " =1+1, -a", "x\"=1\"", "'=1,_=1",
		"a\t\tb\n", "a,\"\n=1\"", "\"x,=1\n@y\",z", "名前,値=1",
	} {
		require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in), in)
	}
	for _, in := range []string{"a,=1\tb", "a;@x\n-1\t\t+2", "yes,-no\tx"} {
		require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true, Tabs: true}, in), in)
	}
	require.NoError(t, csvVerdict(t, inspect.CSV{}, "=1+1,@x,-a\n"), "the option is off")
}

func TestCSVRefuses(t *testing.T) {
	const formula = "has a cell that a spreadsheet may compute at byte "
	for _, c := range []struct {
		in, want string
		tabs     bool
	}{
		{"=1+1", formula + "0", false},
		{"a,=HYPERLINK(\"http://example.com\")", formula + "2", false},
		{"a\n@SUM(1)", formula + "2", false},
		{"a\r\n+cmd|' /C calc'!A0", formula + "3", false},
		{"a,-cmd|x", formula + "2", false},
		{"a;=1", formula + "2", false},
		{"a\t=1", formula + "2", false},
		{"a\t\t=1", formula + "3", false},
		{"a\r=1", formula + "2", false},
		{"a,\tx", formula + "2", false},
		{"\ta", formula + "0", false},
		{"\"=1\"", formula + "1", false},
		{"a,\"\t=1\"", formula + "3", false},
		{"a,\"\r=1\"", formula + "3", false},
		{"\"\"=1", formula + "2", false},
		{"\"-1\"\"a\"", formula + "1", false},
		{"\"a\"\"b\",=1", formula + "7", false},
		{"\"a\nb\";@x", formula + "6", false},
		{"-1ex", formula + "0", false},
		{"-2+3+cmd|x", formula + "0", false},
		{"-A1", formula + "0", false},
		{"+é", formula + "0", false},
		{"\xef\xbb\xbf=1", formula + "3", false},
		{le("a,=1"), formula + "6", false},
		{be("é;@x"), formula + "6", false},
		{strings.Repeat("a,", 5000) + "=1", formula + "10000", false},
		{"a\t=1", formula + "2", true},
		{"a\n@x", formula + "2", true},
		{"=1,<script>", formula + "0", false},
		{"a,<script>,=1", "contains HTML markup at byte 2", false},
	} {
		err := csvVerdict(t, inspect.CSV{RefuseFormulas: true, Tabs: c.tabs}, c.in)
		want := finding{"active_content formula", c.want}
		if strings.HasPrefix(c.want, "contains HTML") {
			want.code = "active_content markup"
		}
		require.Equal(t, want, found(err), c.in)
	}
	require.Equal(t, finding{codeDamaged, "contains a control character at byte 2"}, found(csvVerdict(t, inspect.CSV{}, "a,\x00")))
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,-2\n", "\"a\"\"b\",=1", le("a;@x"), "+49 (0)30\t\t-1e5", "a,<script>,=1"} {
		f.Add([]byte(s), byte(1), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, step byte, tabs bool) {
		whole, cut, text := inspect.CSV{RefuseFormulas: true, Tabs: tabs}, inspect.CSV{RefuseFormulas: true, Tabs: tabs}, inspect.Text{}
		_, _ = whole.Write(in)
		_, _ = text.Write(in)
		for rest := in; len(rest) > 0; {
			n := min(len(rest), int(step)%7+1)
			_, _ = cut.Write(rest[:n])
			rest = rest[n:]
		}
		require.Equal(t, whole.Verdict(), cut.Verdict())
		if whole.Verdict() != nil {
			return
		}
		require.NoError(t, text.Verdict(), "the option only adds refusals")
		if !bytes.ContainsAny(in, "\"\xfe\xff") {
			require.NotRegexp(t, `(^|[\r\n])[=@]`, string(in))
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	p := []byte(strings.Repeat("2024-05-01,\"Jane, Doe\",-12.50,jane@example.com,+49 30 1234\n", 1000))
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		c := inspect.CSV{RefuseFormulas: true}
		if _, err := c.Write(p); err != nil {
			b.Fatal(err)
		}
	}
}
