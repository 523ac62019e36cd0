package inspect

import "bytes"

// pdfHiddenTable looks for tables of cross references in places where none belongs, and reads them
// like the tables of the file. The end of the file, or another table, may lead a reader there.
type pdfHiddenTable struct {
	refs    pdfReferences
	matched int  // bytes of the word that came last
	active  bool // a table is being read
	lex     pdfLexer
}

const tableWord = "xref"

// scan reads bytes of a string, a comment or a stream. still is as for pdfHidden.scan.
func (h *pdfHiddenTable) scan(p []byte, still int) {
	for len(p) > 0 && h.refs.rules.err == nil {
		n, found := h.find(p, still)
		h.read(p[:n])
		if found {
			h.active = true
			h.lex.restart()
			h.refs.beginTable()
		}
		p, still = p[n:], still-n
	}
}

// find returns the number of bytes up to the end of the word, and whether there is one.
func (h *pdfHiddenTable) find(p []byte, still int) (n int, found bool) {
	for h.matched > 0 && n < len(p) {
		if p[n] != tableWord[h.matched] {
			h.matched = 0
			break
		}
		n++
		if h.matched++; h.matched == len(tableWord) {
			h.matched = 0
			return n, true
		}
	}
	from := min(max(n, still), len(p))
	if k := bytes.Index(p[from:], []byte(tableWord)); k >= 0 {
		return from + k + len(tableWord), true
	}
	if n < len(p) {
		h.matched = partial(p[n:], tableWord)
	}
	return len(p), false
}

// outside reads bytes of the walk.
func (h *pdfHiddenTable) outside(p []byte) {
	h.matched = 0
	h.read(p)
}

// read reads bytes of a table, if there is one.
func (h *pdfHiddenTable) read(p []byte) {
	var t pdfToken
	for h.active && len(p) > 0 && h.refs.rules.err == nil {
		n, complete := h.lex.next(p, &t)
		p = p[n:]
		if !complete || t.kind == pdfComment {
			continue
		}
		if err := h.refs.rules.budget.Spend(tokenSteps); err != nil {
			h.refs.rules.fail(err)
			return
		}
		h.active = t.kind == pdfWord && h.refs.word(&t)
	}
}
