package inspect_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// isFormula is written apart from the code under test: what begins like a formula and has a call, a string, a reference to
// a cell or to elsewhere, or a pipe, unless a number comes first and makes no expression with what follows.
func isFormula(cell string) bool {
	cell = strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	switch {
	case cell == "" || !strings.ContainsAny(cell[:1], "=+-@"):
		return false
	case arrow.MatchString(cell), textAndWord.MatchString(cell):
		return false
	case cell[0] == '=':
		return !harmlessEquals.MatchString(cell)
	case cell[0] == '@':
		return acts.MatchString(cell)
	}
	numbers := pipedNumbers.FindString(cell) // a pipe after a number separates cells, and calls no program
	if cell = strings.ReplaceAll(numbers, "|", ",") + cell[len(numbers):]; noExpression.MatchString(cell) {
		return false
	}
	cell = strings.Join(regexp.MustCompile(`"[^"]*("|$)`).Split(cell, -1), " ")
	if call := noCall.FindStringIndex(cell); call != nil {
		cell = cell[:call[0]] // no formula, unless what comes first acts or separates
	}
	return acts.MatchString(cell) || refers.MatchString(cell)
}

var (
	harmlessEquals = regexp.MustCompile(`^=\s*$|^=\s*=[=\s]*($|"|[,;\t|])|^=\s*"([^"=|]|"")*"\s*($|[,;\t|\pL\d_])|^=\s*[,;\t|]`)
	acts           = regexp.MustCompile(`[|{}\[\]\\<>*^]|[\pL_][\pL\d_.]*\s*\(|![\pL\d_$'(]`)
	refers         = regexp.MustCompile(`(^|[^\pL\d_.$'])\$?[A-Za-z]{1,3}\$?\d+($|[^\d.,])|#`)

	// It has nothing to compare, and neither a reference to another document nor a program comes then.
	arrow = regexp.MustCompile(`^(=[=\s]*|[-+/&\s]*)>[^|\[\]{}\\<^*=]*([,;\t"]|$)`)

	textAndWord = regexp.MustCompile(`^[-+/&\s]*("([^"]|"")*"[-+/&(%\s]*)*"([^"]|"")*"\s*([\pL\d_][^|\[\]{}\\<^*=]*([,;\t"]|$)|[,;\t|])`)

	// A word, and in parentheses numbers of which the last is followed by a word.
	noCall = regexp.MustCompile(`[\pL_][\pL\d_.]*[\s\pZ\p{Cf}]*\([\s\pZ\p{Cf}]*\d[\d.\s\pZ\p{Cf}]*([-+/&,;][\s\pZ\p{Cf}]*\d[\d.\s\pZ\p{Cf}]*)*([eE][\pL_]|[a-df-zA-DF-Z_]|[^\x00-\x7f\PL])`)

	pipedNumbers = regexp.MustCompile(`^[^\pL_"=<>{}\[\]\\^*!$#:']*`)

	// A number, or none, and a separator or a text; or a number and a word.
	noExpression = regexp.MustCompile(`^[-+\s]*(?:[-+/&.,;%()$\d\s?~@\x60]|[^\x00-\x7f\pL])*([,;\t|]\s*["\pL]|\d[\d.,\s]*"|[,;\t|]+($|[^-+(\d]))|^[-+](?:[^"=<>|:!$\pL]|\$\.?\d)*\$?\d[^-+/&(!,;:|"\pL]*[\pL_][^|\[\]{}\\<^*]*$`)
)

// FuzzCSV holds the inspector against encoding/csv: whatever is accepted has no formula in any cell, with each separator
// and each rule for quotation marks that encoding/csv has.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,-2\n", "\"a\"\"b\",=1", le("a;@x"), "+49 (0)30\t\t-1e5", "a,<script>,=1", "x;\"\n=cmd|x", "sep=;\na;-1\n", "a, \"b\"c\",=1",
		"-A1|@x(1)", "\"a\"b,\",=1\",", "x,\r\",=1,\"\n", "=\"00\"\"1\"", "-$A$1;-1 (x)", "\"-a\n(b)\"", "+$0A#",
	} {
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
		table := string(in)
		if strings.HasPrefix(table, "\xff\xfe") || strings.HasPrefix(table, "\xfe\xff") {
			return
		}
		table = strings.TrimPrefix(table, "\ufeff")
		separators := ",;\t|"
		if tabs {
			separators = "\t"
		}
		if name := named.FindStringSubmatch(table); name != nil {
			separators += name[1]
		}
		for _, separator := range separators {
			for _, cell := range cellsOf(table, separator) {
				require.False(t, isFormula(cell), "%q by %q", cell, separator)
			}
		}
	})
}

var named = regexp.MustCompile(`(?i)^"?sep=([!#-/:-@\[-` + "`" + `{-~])`)

// cellsOf returns the cells of a table as encoding/csv reads them, strictly and lazily, up to the first fault.
func cellsOf(table string, separator rune) (cells []string) {
	for _, lazy := range []bool{false, true} {
		for _, trim := range []bool{false, true} {
			r := csv.NewReader(strings.NewReader(table))
			r.Comma, r.LazyQuotes, r.TrimLeadingSpace, r.FieldsPerRecord = separator, lazy, trim, -1
			for {
				record, err := r.Read()
				if err != nil {
					break
				}
				cells = append(cells, record...)
			}
		}
	}
	return cells
}

// Tables of the pieces that readers disagree about, in every order.
func TestCSVReadersAgree(t *testing.T) {
	pieces := []string{",", ";", "\"", "\n", "\r", "x", " ", "=1"}
	var in [5]string
	accepted := 0
	for n := range pow(len(pieces), 5) {
		table := in[:0]
		for range 5 {
			table = append(table, pieces[n%len(pieces)])
			n /= len(pieces)
		}
		joined := strings.Join(table, "")
		c := inspect.CSV{RefuseFormulas: true}
		_, _ = c.Write([]byte(joined))
		if c.Verdict() != nil {
			continue
		}
		accepted++
		for _, separator := range ",;\t|" {
			for _, cell := range cellsOf(joined, separator) {
				require.False(t, isFormula(cell), "%q of %q by %q", cell, joined, separator)
			}
		}
	}
	require.Greater(t, accepted, 5000)
}

func pow(base, exponent int) int {
	n := 1
	for range exponent {
		n *= base
	}
	return n
}
