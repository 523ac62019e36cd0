package inspect_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
)

// FuzzCSV compares the inspector with encoding/csv: an accepted table in UTF-8 has no formula in
// any cell, with each usual separator and each rule of encoding/csv for quotation marks.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,-2\n", "\"a\"\"b\",=1", le("a;@x"), "+49 (0)30\t\t-1e5", "a,<script>,=1", "x;\"\n=cmd|x", "sep=;\na;-1\n", "a, \"b\"c\",=1",
		"-A1|@x(1)", "\"a\"b,\",=1\",", "x,\r\",=1,\"\n", "=\"00\"\"1\"", "-$A$1;-1 (x)", "\"-a\n(b)\"", "+$0A#", "-a\u200b1", "\"-\tb(c)\"",
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

// cellsOf returns the cells of a table as encoding/csv reads them, strictly and lazily, with blanks
// before cells and without them, up to the first fault.
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

// TestCSVAcceptedTablesHaveNoFormula tries tables of the pieces on which readers disagree.
func TestCSVAcceptedTablesHaveNoFormula(t *testing.T) {
	pieces := []string{",", ";", "\"", "\n", "\r", "x", " ", "=1"}
	var in [5]string
	accepted := 0
	every := rounds.Of(3, 1) // every third table still has each piece at each place
	for n := 0; n < pow(len(pieces), 5); n += every {
		table := in[:0]
		for digits := n; len(table) < len(in); digits /= len(pieces) {
			table = append(table, pieces[digits%len(pieces)])
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
	require.Greater(t, accepted, 5000/every)
}

func pow(base, exponent int) int {
	n := 1
	for range exponent {
		n *= base
	}
	return n
}
