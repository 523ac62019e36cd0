package inspect_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
)

// csvVerdict returns the verdict on a table, whole and byte by byte.
func csvVerdict(t *testing.T, c inspect.CSV, in string) error {
	t.Helper()
	whole, bytewise := c, c
	_, _ = whole.Write([]byte(in))
	for i := range len(in) {
		_, _ = bytewise.Write([]byte{in[i]})
	}
	require.Equal(t, whole.Verdict(), bytewise.Verdict(), "%q", in)
	return whole.Verdict()
}

func TestCSVAccepts(t *testing.T) {
	for _, in := range []string{
		"", "a,b\n1,2\n", "a;b\r\n1;2\r\n", "a\tb\n1\t2\n", "\xef\xbb\xbfa,b\n", le("a,b\r\n1,-2\r\n"),
		"1-2,a=b,a@b.example,1+1", "\"a=b\",\"he said \"\"=1\"\"\"", "\"\"\"=1\",x", "x\"=1\"", "'=1,_=1",
		"-122.4,37.77,\"San Francisco (CA)\"\n", "\"-122.4\",\"37.77\",\"x|y (z)\"\n", "-1;\"a|b\";f(x)\n", "-5\tParis (France)\n", "-\tb\t-1\n", "-|a|b (c)\n",
		"a;\"-US$1,234\"\n", "\"-\",\"Paris (France)\"\n", "\"-1.5\",b\n", "+49 30 1234,Jane (home)\n",
		"-73.9,40.7,32E-PM-1017-14,POINT (-1 2)\n",
		"a\t\tb\n", "\ta\n", "a,\tx", "\"x,=1\",z", "\"x;=1\nb\";z", "名前,値=1", "a\rb\rc\r", "\"a\"\r\"b\"\r",
	} {
		require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in), "%q", in)
	}
	require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, "a;\"- oil (0,5 l)\"\n"), "a decimal comma")
	for _, in := range []string{"=\"00123\",Jane (x)\n", "\"=\"\"00123\"\"\",\"Jane (x)\"\n", "=,b\n", "=\n"} {
		require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in), "%q", in)
	}
	for _, in := range []string{"a,=1\tb", "a;@x\n-1\t\t+2", "yes,-no\tx", "a|=1"} {
		require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true, Tabs: true}, in), "%q", in)
	}
	require.NoError(t, csvVerdict(t, inspect.CSV{}, "=1+1,@x,-a\n"), "the option is off")
}

// calmCells begin like a formula, but do nothing.
var calmCells = []string{
	"-1.5", "+49", "-1,5", "-1.5e-3", "+1E5", "-.5", "-5%", "-1,234.50", "+49 (0)30/123-45", "-12:30", "-", "--", "+-", "---",
	"-$45.00", "+$15.00", "-12,34 €", "-€12.34", "-12.34 EUR", "- $20.00", "-£5.00", "-¥500", "-1\u00a0234,56 €", "-1\u202f234,56",
	"-1\u2009234", "-5°C", "-5 °C", "-1.2k", "-R$ 45,00", "-US$45.00", "-EUR 12.34", "-(12.50)", "-12.50 (net)", "-1'234.50", "-10kg",
	"-12½", "-₹1,00,000", "+1-555-0100 ext. 5", "+49 30 1234", "-1/2", "-30 to -20", "-5 – -3", "-٣٤",
	"- milk", "- milk, eggs & bread", "- don't", "-none-", "--help", "+é", "- what?", "- Wow!", "- Note: two 2nd", "-1ex",
	"- milk (2 l)", "- Milk (2l)", "- beans (400 g, sweet)", "- tea ( 2-3 cups )", "- oil (1.5 litres) x", "- flour (1 000 g)", "-none (2 eggs)", "- none (2eggs)", "- Käse (250 g)", "- x (2 l)", "- ab (1/2 l)", "- oil (2 EL)", "- tea (2\u00a0l)",
	"@handle", "@jane_doe1", "@jane thanks! https://example.com/x #tag", "@", "@ home", "＠handle", "－１２．５",
	"-5 apples (green)", "-12.34 EUR, net (20)", "-5, Paris (France)", "-,Paris (France)", "-5;a|b",
	"-> O(2D)", "->", "--> see (a)", "- > x", "=> done (2)", "==> b", "-> a -> b", "-5 kg -> -3 kg",
	"-1E-PM (x)", "- Ku\u00adchen (2\u00a0l)", "- ab\u00adc", "- \U0001f468\u200d\U0001f469 2",
	"====", "= =", `="00123"`, `="0-306-40615-2"`, `="a b" `,
}

func TestCSVCalmCells(t *testing.T) {
	for _, cell := range calmCells {
		quoted := `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		for _, in := range []string{
			"a;" + quoted, quoted, "a," + quoted + ",b\n", "x\t" + quoted + "\n", "sep=;\r\nx;" + quoted + "\r\n", le("a|" + quoted + "\r\n"),
			"\"notes\n" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n",
		} {
			require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in), "%q", in)
		}
		if !strings.ContainsAny(cell, ",;|") {
			for _, in := range []string{cell, "a," + cell, "a;" + cell + ";b\n", "a," + cell + "\r\n"} {
				require.NoError(t, csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in), "%q", in)
			}
		}
	}
}

// actingCells are cells that act, in the spellings of formulas that spreadsheets accept, and those
// of inDoubt. Their quotation marks are doubled.
var actingCells = []string{
	"=1+1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
	"=HYPERLINK(A1)", "+HYPERLINK(A1)", "-HYPERLINK(A1)", "@HYPERLINK(A1)", "-1+WEBSERVICE(A1)", "+ WEBSERVICE (A1)", "-_xlfn.WEBSERVICE(A1)",
	"＝1+1", "＋cmd|x", "－cmd|x", "＠SUM(1)", "﹦1+1", "﹢cmd|x", "﹣cmd|x", "﹫SUM(1)", "-SUM（1）", "=ＨＹＰＥＲＬＩＮＫ(A1)",
	" =1+1", "\u00a0=1+1", "\u2003=1+1", "\u3000=1+1", "\ufeff=1+1", "\u200b=1+1", "\u200e=1+1", " @SUM(1)", " +cmd|x",
	"-A1", "+A1", "-$A$1", "-A$1", "-$A1", "-US$45", "- A1", "-R1C1", "+AB12:AC14", "-1+A1", "--A1", "-(A1)",
	"-Book1.xlsx!Name", "-'C:/x/[b.xlsx]Sheet1'!A1", "-[b.xlsx]Sheet1!A1", "-Sheet1!1:1", "-{1}", "-\\\\host\\x", "-x^2",
	"='file:///etc/passwd'#$Sheet1.A1", "-'file:///etc/passwd'#$Sheet1.A1", "=DDE(A1)", "=Sheet1!A1", "==1+1", "= 1", "=-1", "=(1)", "=A1",
	`=""a"" & B1`, `=""a`, "-1e5+HYPERLINK(A1)", "-5=HYPERLINK(A1)", "-\"\"x\"\"&WEBSERVICE(A1)", "-1+2/cmd|x", "-\"\"a\"\"\"\"b\"\"&WEBSERVICE(A1)",
	"-A$1,x", "+A$1;", "-US$1, x",
	"-milk (2)", "- milk (organic)", "-SUM(2", "-SUM(", "-SUM( 2 ", "-SUM(2 3)", "-SUM(2,l)", "-SUM(2, l)", "-SUM(2;A1)", "-SUM(2+A1)", "-SUM(2/x)", "-SUM(1:1 A:A)",
	"-SUM(2e3)", "-SUM(2 e3)", "-SUM(2\u200be3)", "-SUM(2 e)", "-SUM(٣ l)", "-SUM(2 ٣ l)", "-SUM(2%)", "-SUM(\"\"2 l\"\")", "-SUM($2 l)", "-SUM('2 l')", "-SUM(A1 2 l)", "-SUM(-2)", "-a b (A1)", "@SUM(2 l)", "-2*SUM(2 l)", "-cmd|x(2 l)", "-SUM(2 l|x)",
	"-5>SUM(A1)", "=A1>2", "-½>SUM(A1)", "-€>SUM(A1)", "-a>SUM(A1)", "-\"\"a\"\">SUM(A1)", "-><", "->a|x", "=>[x]", "->=A1", "=\"\"a\"\">SUM(A1)", "@>SUM(A1)", "-1E->SUM(A1)", "-1E- 5+SUM(A1)", "-.>A1", "-(>A1",
	"-P1D", "- see #tag", "-5 <= x", "- rice (organic)", "- Roma (RM)", "-many people (10, 15)",
	"-a\u200b1", "-RTD\u200b.x(1)", "@SUM\u200b1(1)", "+US\u00ad45", "-A$\u200b1", "-A\u200b$1", "-IMLOG\u200b10(5)", "-abcd\u200bA1", "-Book1.xlsx!\u200bName", "@Book1.xlsx!\ufeffName",
	"-1e\u200b5+SUM(A1)", "-1e-\u200b5+SUM(A1)", "-\"\"a\"\"\u200b\"\"b\"\"&WEBSERVICE(A1)",
	"-\tcmd|' /C calc'!A0", "=\tA1", "-\tx (y)", "-5\t+SUM(A1)", "-\"\"a\"\"\t&SUM(A1)", "+\t\u200d\tA1",
	"-12:30+HYPERLINK(A1)", "-5%+SUM(A1)", "-(5)+cmd|x", "-none,IF(1)", "@jane,cmd|x",
}

func TestCSVActingCells(t *testing.T) {
	for _, cell := range actingCells {
		plain := strings.ReplaceAll(cell, `""`, `"`)
		for _, in := range []string{
			`"` + cell + `"`, "a,\"" + cell + "\",b\n", "a;\"" + cell + "\"\n", "a\t\"" + cell + "\"\n", "a|\"" + cell + "\"\n",
			"a\n\"" + cell + "\"\n", "a\r\"" + cell + "\"\r", "\"a\n" + plain + "\n", "\"a\r\n" + plain + "\r\nb\n", "sep=^\na^\"" + cell + "\"\n",
			"\"sep=:\"\na:\"" + cell + "\"\n", le("a,\"" + cell + "\"\r\n"), be("a;\"" + cell + "\"\r\n"),
			"\"\"" + plain, "x;\"\n" + plain, "x\t\"\n" + plain, "x|\"\n" + plain, "x,\"\n" + plain,
		} {
			require.Equal(t, "active_content formula", found(csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in)).code, "%q", in)
		}
		if !strings.ContainsAny(cell, ",;|\"\t") {
			for _, in := range []string{cell, "a," + cell, "a;" + cell + ";b\n", "a\t" + cell + "\n", "a|" + cell + "\r\n", "a\t\t" + cell} {
				require.Equal(t, "active_content formula", found(csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in)).code, "%q", in)
			}
		}
	}
}

// TestCSVReadersThatDisagree checks tables in which the named reader finds a formula and others
// find none, since they differ in separators, quotation marks or line ends.
func TestCSVReadersThatDisagree(t *testing.T) {
	for _, c := range []struct{ reader, in string }{
		{"commas", "x;\"\n=cmd|' /C calc'!A0"},
		{"semicolons", "x,\"\n=cmd|' /C calc'!A0"},
		{"commas, after a tab", "x\t\"\n@SUM(1)"},
		{"commas, with a tab in a formula", "x,-\tcmd|' /C calc'!A0"},
		{"commas, with a tab after the sign", "=\tA1\ty"},
		{"semicolons, with a tab between operands", "x;-5\t+SUM(A1)\n"},
		{"tabs", "x,\"\ta\t=1"},
		{"tabs, within quotation marks", "x,\"a\t=1\""},
		{"pipes", "x,\"a|=1\""},
		{"semicolons, within quotation marks", "x,\"a;=1\""},
		{"commas and semicolons", "x,\"y;\"z;=1"},
		{"commas, semicolons and tabs", "x\t\"y;\"z;=1"},
		{"a named separator", "sep=^\nx,\"\nb^=1"},
		{"a named separator, in quotation marks", "\"sep=~\"\r\n\"a,\";~\"\nb~=1"},
		{"the separator is named in capitals", "SEP=:\nx:=1"},
		{"quotations may open after blanks", "a, \"x,\",=1"},
		{"quotations do not open after blanks", "a, \"x,=1\""},
		{"quotations go on after their end", "\"a\"b,\",=1\","},
		{"quotations end at their end", "\"a\"b,=1"},
		{"carriage returns end lines", "a,b\r=1"},
		{"carriage returns do not end lines", "x,\r\",=1,\"\n"},
		{"lines before quotations", "\"a\n=1\""},
		{"lines before quotations, after a semicolon", "\"x;\n-A1;y\""},
	} {
		require.Equal(t, "active_content formula", found(csvVerdict(t, inspect.CSV{RefuseFormulas: true}, c.in)).code, "%s: %q", c.reader, c.in)
	}
}

func TestCSVPlaces(t *testing.T) {
	const formula = "has a cell that a spreadsheet may compute at byte "
	for _, c := range []struct {
		in, code, text string
		tabs           bool
	}{
		{"=1+1", "active_content formula", formula + "0", false},
		{"a,=HYPERLINK(\"http://example.com\")", "active_content formula", formula + "2", false},
		{"a\r\n+cmd|' /C calc'!A0", "active_content formula", formula + "3", false},
		{"\"-1+\"\"a\"\"+A1\"", "active_content formula", formula + "1", false},
		{"\xef\xbb\xbf=1", "active_content formula", formula + "3", false},
		{le("a,=1"), "active_content formula", formula + "6", false},
		{be("é🐎;-A1"), "active_content formula", formula + "10", false},
		{strings.Repeat("a,", 5000) + "=1", "active_content formula", formula + "10000", false},
		{"a\t=1", "active_content formula", formula + "2", true},
		{"=1,<script>", "active_content formula", formula + "0", false},
		{"a,<script>,=1", "active_content markup", "contains markup that a browser or a server runs or renders at byte 2", false},
		{"a,=\"00123", "active_content formula", formula + "2", false},
		{"sep=\"\na", "unsupported_variant", "names an invalid separator of cells at byte 4", false},
		{"sep=§\na", "unsupported_variant", "names an invalid separator of cells at byte 4", false},
		{"a,\x00", "damaged", "contains a control character at byte 2", false},
	} {
		err := csvVerdict(t, inspect.CSV{RefuseFormulas: true, Tabs: c.tabs}, c.in)
		require.Equal(t, finding{c.code, c.text}, found(err), "%q", c.in)
	}
}

// TestCSVEightBit: a table that is not Unicode is judged by its bytes. Signs in full width begin
// formulas there, too, in the encodings of East Asia.
func TestCSVEightBit(t *testing.T) {
	table := inspect.CSV{RefuseFormulas: true, EightBit: true}
	for _, in := range []string{
		"Name;Stra\xdfe\r\nM\xfcller;K\xf6ln\r\n", "a;\xa35.00;-\x805,00;-\xa35;-5\xb0C\n", "caf\xe9", "\xe9t\xe9;\x93x\x94\n", "-1\xa0234,56 \x80\n",
	} {
		require.NoError(t, csvVerdict(t, table, in), "%q", in)
		require.Equal(t, "unsupported_variant encoding", found(csvVerdict(t, inspect.CSV{RefuseFormulas: true}, in)).code, "%q", in)
	}
	for _, c := range []struct{ in, code string }{
		{"\xfc;=1", "active_content formula"},
		{"\xfc;\xa0=1", "active_content formula"},
		{"\xa3\xbd1+1", "active_content formula"},
		{"x,\xa1\xe1cmd|x", "active_content formula"},
		{"x,\"\xa1\xd0cmd|x\"", "active_content formula"},
		{"x;\xa2\x49SUM(1)", "active_content formula"},
		{"\x81\x81cmd|x", "unsupported_variant encoding"},
		{"\xfc,\xef\xbc\x9d1", "unsupported_variant encoding"},
		{"\xfc,\xef\xbc\x8bA1", "damaged"},
		{"\xfc,\xc0\xbd1", "damaged"},
		{"\xfc,\xe0\x80\xbd1", "damaged"},
		{"\xfc,\xf0\x80\x80\xbd1", "damaged"},
		{"é,\xfc", "damaged"},
		{"\xef\xbb\xbfa,\xfc", "damaged"},
		{"\xfc,\x00", "damaged"},
		{"\xfc<script>", "active_content markup"},
	} {
		require.Equal(t, c.code, found(csvVerdict(t, table, c.in)).code, "%q", c.in)
	}
}

// TestCSVWork: the work for a table of costly cells stays within the budget.
func TestCSVWork(t *testing.T) {
	for _, unit := range []string{"-1,", "\"\",", "\"", "\"\",\"\"\"", "a,b\n", "-a b\n", "@x;-1,", "\r", " "} {
		var c inspect.CSV
		c.RefuseFormulas = true
		in := bytes.Repeat([]byte(unit), rounds.Of(1, 4)<<20/len(unit))
		_, err := c.Write(in)
		require.NoError(t, err, "%q", unit)
	}
}

func BenchmarkCSV(b *testing.B) {
	for _, line := range []string{
		"2024-05-01,\"Jane, Doe\",-12.50,jane@example.com,+49 30 1234\n", "-1,", "\"a\"\"b\",", "one long line of words in a cell without end and without any sign ",
	} {
		b.Run(fmt.Sprintf("%.10q", line), func(b *testing.B) {
			p := []byte(strings.Repeat(line, 100_000/len(line)))
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				c := inspect.CSV{RefuseFormulas: true}
				if _, err := c.Write(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
