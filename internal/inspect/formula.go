package inspect

import (
	"bytes"
	"slices"
	"strings"
)

// formula reads one spreadsheet formula, in pieces of any size, and looks for what it fetches or
// starts (ECMA-376 part 1, 18.17; ODF 1.3 part 4). It does not judge whether the formula is valid.
type formula struct {
	excel    bool // by the rules of Excel, else by those of OpenDocument
	quote    byte // the open quotation mark, 0 if there is none
	brackets int  // open [ and {, of names of columns and of arrays
	escaped  bool // the next byte is escaped, in the name of a column of Excel
	word     [32]byte
	n        int  // bytes of the current word; those that do not fit are only counted
	ended    bool // white space came after it
	err      error
}

// formulaSteps is the cost of one byte of a formula.
const formulaSteps = 4

// fetching lists functions that ask another program or computer.
var fetching = []string{
	"dde", "webservice", "rtd", "image", "call", "register", "register.id", "sql.request", "exec", "stockhistory", "py",
}

// read reads more of the formula.
func (f *formula) read(text []byte) {
	for _, c := range text {
		f.step(c)
	}
}

func (f *formula) step(c byte) {
	switch {
	case f.quote != 0:
		if c == f.quote {
			f.quote = 0
		}
		return
	case f.escaped:
		f.escaped = false
		return
	case f.excel && f.brackets > 0 && c == '\'':
		f.escaped = true
		return
	case f.excel && f.brackets > 0 && c == '"':
		return
	case c == '"', c == '\'':
		f.quote = c
	case c == '[', c == '{':
		f.brackets++
	case c == ']', c == '}':
		f.brackets = max(0, f.brackets-1)
	case c == '|' && f.brackets == 0:
		f.err = active(KindConnection, "has a formula that asks another program (DDE)")
	case c == '(':
		f.call()
	case c == '.', c == '_', c >= 0x80, isLetterOrDigit(c):
		if f.ended {
			f.n, f.ended = 0, false
		}
		if f.n < len(f.word) {
			f.word[f.n] = c
		}
		f.n++
		return
	case c == ' ', c == '\n', c == '\t', c == '\r':
		f.ended = true
		return
	}
	f.n, f.ended = 0, false
}

// call judges the name of a function.
func (f *formula) call() {
	name := strings.ToLower(string(f.word[:min(f.n, len(f.word))]))
	if strings.Contains(name, "_xll.") {
		f.err = active(KindProgram, "has a formula that calls an add-in")
		return
	}
	for more := true; more; _, name, more = strings.Cut(name, ".") { // _xlfn. and com.microsoft. stand before names
		if slices.Contains(fetching, name) {
			f.err = active(KindConnection, "has a formula that fetches from elsewhere")
		}
	}
}

// judgeFormula judges a whole formula.
func judgeFormula(text string) error {
	var f formula
	f.read(bytes.TrimLeft([]byte(text), " \t\r\n"))
	return f.err
}
