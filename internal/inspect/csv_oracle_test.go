package inspect_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
)

// isFormula reports whether a spreadsheet takes a cell for a formula that does something. It is
// independent of the inspector: it parses the cell by the grammar of formulas (MS-XLSX 2.2.2,
// ECMA-376 part 1, 18.17), with the decimal and list separators of all countries.
//
// After = every formula does something, except a single text. After other signs it does something
// if it calls a function, refers to a cell, to another sheet, to a document or to a table, or asks
// a program. Numbers, texts and names alone do nothing, since a table defines no names. Whole rows
// and columns count as nothing: to people they are times and words (-12:30, - to: Bob), and at most
// they show the table itself. After @ cells count as nothing, too: there it means the = of
// functions, as in Lotus 1-2-3, and precedes a name for a person (@jane A1).
//
// Characters without a width are blanks to some programs, and nothing to others.
func isFormula(cell string) bool {
	return computes(strings.Map(plainRune(-1), cell)) || computes(strings.Map(plainRune(' '), cell))
}

// plainRune returns a function that turns the wide and small forms of ASCII into ASCII, and
// characters without a width into noWidth.
func plainRune(noWidth rune) func(rune) rune {
	return func(r rune) rune {
		switch {
		case 0xff01 <= r && r <= 0xff5e, 0xfe50 <= r && r <= 0xfe6b:
			return []rune(norm.NFKC.String(string(r)))[0]
		case unicode.Is(unicode.Cf, r):
			return noWidth
		}
		return r
	}
}

func computes(cell string) bool {
	p := &formulaParser{rest: strings.TrimLeftFunc(cell, unicode.IsSpace)}
	sign := p.next("=+-@")
	switch sign {
	case "":
		return false
	case "=":
		p.acts = !loneText.MatchString(strings.TrimFunc(p.rest, unicode.IsSpace))
	default:
		p.handle = sign == "@"
		p.rest = sign + p.rest // it belongs to the expression
	}
	p.expression()
	return !p.wrong && p.rest == "" && p.acts
}

// formulaParser parses the rest of a formula.
type formulaParser struct {
	rest   string
	wrong  bool // it is not a formula
	acts   bool // something in it does something
	handle bool // it begins with @
	listed bool // in a list, in which commas and semicolons separate
}

// blanks passes over white space and reports whether there was some.
func (p *formulaParser) blanks() bool {
	rest := strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	found := len(rest) < len(p.rest)
	p.rest = rest
	return found
}

// next takes one of the characters, if it is next.
func (p *formulaParser) next(chars string) (taken string) {
	if p.rest != "" && strings.ContainsRune(chars, rune(p.rest[0])) {
		taken, p.rest = p.rest[:1], p.rest[1:]
	}
	return taken
}

// match takes what the expression matches, if that is next.
func (p *formulaParser) match(e *regexp.Regexp) (taken string) {
	taken = e.FindString(p.rest)
	p.rest = p.rest[len(taken):]
	return taken
}

var (
	loneText   = regexp.MustCompile(`^"([^"]|"")*("|$)$`)
	infixes    = regexp.MustCompile(`^(<>|<=|>=|[-+*/^&=<>])`)
	numbers    = regexp.MustCompile(`^(\d+([.,'\x{a0}\x{202f} ]\d+)*\.?|\.\d+)([eE][-+]?\d+)?`)
	quotations = regexp.MustCompile(`^"([^"]|"")*("|$)`)
	errorNames = regexp.MustCompile(`^#[\pL/0]+[!?]?\d*`)
	cellNames  = regexp.MustCompile(`^(\$?[A-Za-z]{1,3}\$?\d+|[Rr]\d+[Cc]\d+)$`)
	words      = regexp.MustCompile(`^(\$?[A-Za-z]{1,3}\$\d+|\$?[\pL_\\][\pL\pM\p{Nd}_.?\\]*)`)
	rows       = regexp.MustCompile(`^\$?\d+`)
	sheets     = regexp.MustCompile(`^'([^']|'')*'`)
	brackets   = regexp.MustCompile(`^(\[[^\]]*\])+`)
	topics     = regexp.MustCompile(`^\|.*`)
)

// expression parses operands and the operators between them. It reports whether the result is one
// reference.
func (p *formulaParser) expression() (isReference bool) {
	for alone := true; !p.wrong; alone = false {
		for p.blanks(); p.next("+-@") != ""; {
			alone = false
			p.blanks()
		}
		isReference = p.operand() && alone
		for p.blanks(); p.next("%#") != ""; {
			isReference = false
			p.blanks()
		}
		if p.match(infixes) == "" {
			return isReference
		}
	}
	return false
}

// operand parses a value, or references joined by a colon, a blank, a tilde, an exclamation mark,
// or, outside of lists, a comma or a semicolon.
func (p *formulaParser) operand() (isReference bool) {
	isReference = p.value()
	for !p.wrong {
		blank := p.blanks()
		rows := false
		switch {
		case p.next(":") != "":
			rows = true // rows are numbers
		case !isReference:
			return false
		case p.next("~!") != "", !p.listed && p.next(",;") != "":
		case blank && p.rest != "" && !strings.ContainsRune("+-*/^&=<>%#),;}", rune(p.rest[0])):
		default:
			return true
		}
		p.blanks()
		isReference = p.value() || rows
		p.wrong = p.wrong || !isReference
	}
	return isReference
}

// value parses one value and reports whether it may be a reference.
func (p *formulaParser) value() (isReference bool) {
	switch {
	case p.match(numbers) != "", p.match(quotations) != "", p.match(errorNames) != "":
		return false
	case p.next("(") != "":
		listed := p.listed
		p.listed = false
		isReference = p.expression()
		p.wrong = p.wrong || p.rest != "" && p.next(")") == ""
		p.listed = listed
		return isReference
	case p.next("{") != "":
		p.list("}", ",;|\\.")
		return false
	}
	p.reference()
	return true
}

// list parses the content of parentheses or braces. The closing one may be missing: programs add
// it.
func (p *formulaParser) list(end, separators string) {
	listed := p.listed
	p.listed = true
	for !p.wrong {
		p.blanks()
		if p.rest == "" || p.next(end) != "" {
			break
		}
		if p.next(separators) == "" {
			p.expression()
			p.wrong = p.wrong || p.rest != "" && !strings.ContainsRune(separators+end, rune(p.rest[0]))
		}
	}
	p.listed = listed
}

// reference parses a name with its document, its sheet, the arguments of a call, or a topic of
// another program.
func (p *formulaParser) reference() {
	document, sheet := p.match(brackets), p.match(sheets)
	name := p.match(words)
	table, topic := p.match(brackets), p.match(topics)
	if sheet+name != "" && p.next("!") != "" || sheet != "" && p.next("#") != "" {
		p.acts = true
		if p.match(rows) == "" && p.match(errorNames) == "" {
			p.reference()
		}
		return
	}
	p.wrong = p.wrong || sheet != "" && topic == "" || document+name == ""
	p.acts = p.acts || document+table+topic != "" || cellNames.MatchString(name) && !p.handle
	after := p.rest
	if p.blanks(); name == "" || strings.Contains(name, "$") || p.next("(") == "" {
		p.rest = after
		return
	}
	p.acts = true
	p.list(")", ",;")
}

// inDoubt are the cells of actingCells that isFormula does not take for formulas: they fit no
// grammar, or do nothing. The inspector still refuses them, because programs that correct typing
// errors might make formulas of them.
var inDoubt = []string{
	"-{1}", `-\\host\x`, "-x^2", "==1+1", `="a`, "+A$1;", "-5 <= x", "-P1D", "- see #tag", "-><", "->a|x", "=>[x]", "->=A1",
	"-SUM(2 e3)", "-SUM(2 e)", "-SUM(٣ l)", "-SUM(2 ٣ l)", "-SUM($2 l)", "-SUM(A1 2 l)", "-SUM('2 l')", "@SUM(2 l)", "-2*SUM(2 l)", "-SUM(2 l|x)",
	"-½>SUM(A1)", "-€>SUM(A1)", "@>SUM(A1)", "-1E->SUM(A1)", "-1E- 5+SUM(A1)", "-.>A1", "-(>A1",
}

func TestFormulasOfSpreadsheets(t *testing.T) {
	for _, cell := range calmCells {
		require.False(t, isFormula(cell), "%q", cell)
	}
	for _, cell := range actingCells {
		cell = strings.ReplaceAll(cell, `""`, `"`)
		require.Equal(t, !slices.Contains(inDoubt, cell), isFormula(cell), "%q", cell)
	}
}

// TestCSVFormulas tries cells of the pieces of formulas, in every order: an accepted cell is not a
// formula.
func TestCSVFormulas(t *testing.T) {
	pieces := strings.Split("A1~a~(~)~1~ ~,~\"~:~!~|~+~$~\u200b", "~")
	length, accepted := rounds.Of(3, 4), 0
	total := 4 * pow(len(pieces), length)
	for n := range total {
		parts := []string{string("=+-@"[n%4])}
		n /= 4
		for range length {
			parts = append(parts, pieces[n%len(pieces)])
			n /= len(pieces)
		}
		cell := strings.Join(parts, "")
		c := inspect.CSV{RefuseFormulas: true}
		_, _ = c.Write([]byte(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`))
		if c.Verdict() == nil {
			accepted++
			require.False(t, isFormula(cell), "%q", cell)
		}
	}
	require.Greater(t, accepted, total/10)
}
