package inspect

// pdfHidden looks for "12 0 obj" where no object begins: in the data of a stream, in a string, in a
// comment. A reader takes it for an object if a cross reference leads there, or if it searches a
// damaged file for objects. So the bytes after it are also judged as an object, as far as it goes,
// beyond the end of the string if necessary. A book about PDF may contain such text and still pass.
//
// White space and comments may stand between the three words. As a comment may end there, a line
// break before "obj" is enough. In compressed data that occurs by chance once in about 30 GiB, with
// nothing meaningful after it.
type pdfHidden struct {
	rules   *pdfRules
	table   pdfHiddenTable
	matched int              // bytes of the word that came last
	recent  [maxHeading]byte // the last bytes that were read
	have    int              // how many of recent are set

	maybe   []byte              // digits of the number before the word, if that is known
	maybeAt int64               // their offset
	kept    [2][maxHeading]byte // the bytes of maybe and of digits

	active bool   // an object is being read
	digits []byte // of its number
	start  int64  // their offset
	from   int64  // offset after the beginning of the object that hides this one, or after the end of the last one
	lex    pdfLexer
	body   pdfBody
}

const (
	hiddenWord = "obj"
	maxHeading = 32 // bytes of the numbers before the word, including white space
)

// scan reads bytes of a string, a comment or a stream. at is their offset. still is what quiet
// returns for them and perhaps bytes after them, or 0.
func (h *pdfHidden) scan(p []byte, at int64, still int) {
	h.table.scan(p, still)
	for len(p) > 0 && h.rules.err == nil {
		n, heading := h.find(p, at, still)
		h.read(p[:n])
		if heading {
			h.begin()
		}
		h.remember(p[:n])
		p, at, still = p[n:], at+int64(n), still-n
	}
}

// find returns the number of bytes up to the end of a heading, and whether there is one.
func (h *pdfHidden) find(p []byte, at int64, still int) (n int, heading bool) {
	for n < len(p) {
		if h.matched == len(hiddenWord) {
			h.matched = 0
			if !isRegular[p[n]] {
				return n, true
			}
		}
		if h.matched > 0 {
			if p[n] == hiddenWord[h.matched] {
				h.matched++
				n++
				continue
			}
			h.matched = 0
		}
		k := indexByLast(p[n:], hiddenWord, still-n)
		if k < 0 {
			h.matched = partial(p[n:], hiddenWord)
			n = len(p) - h.matched
		} else {
			h.matched = len(hiddenWord)
			n += k
		}
		if h.matched > 0 && !h.numbered(p[:n], at+int64(n)) {
			h.matched = 0
			n++
			continue
		}
		n += h.matched
	}
	return n, false
}

// numbered reports whether the end of p can stand before the word, which is at that offset, and
// records the number.
func (h *pdfHidden) numbered(p []byte, at int64) bool {
	if n := len(p); n > 0 && !isPDFSpace(p[n-1]) && !digitTable[p[n-1]] { // most are the end of a word
		h.maybe = nil
		return false
	}
	var joined [2 * maxHeading]byte
	before := append(append(joined[:0], h.recent[:h.have]...), p[max(0, len(p)-maxHeading):]...)
	before = before[max(0, len(before)-maxHeading):]
	gap := trimEnd(before, &spaceTable)
	generation := trimEnd(gap, &digitTable)
	number := trimEnd(generation, &spaceTable)
	digits := number[len(trimEnd(number, &digitTable)):]
	h.maybe = nil
	more := len(before) == maxHeading // the numbers may begin further to the front
	switch {
	case len(gap) == 0 || len(generation) == 0:
		return more
	case len(generation) == len(gap): // no number, unless a comment stands between
		return hasEOL(before[len(gap):])
	case len(number) == len(generation): // no white space
		return false
	case len(number) == 0:
		return more
	case len(digits) == 0:
		return hasEOL(generation[len(number):])
	}
	h.maybe = append(h.kept[0][:0], digits...)
	h.maybeAt = at - int64(len(before)-len(number)+len(digits))
	return true
}

func (h *pdfHidden) remember(p []byte) {
	if len(p) >= maxHeading {
		h.have = copy(h.recent[:], p[len(p)-maxHeading:])
		return
	}
	if drop := h.have + len(p) - maxHeading; drop > 0 {
		h.have = copy(h.recent[:], h.recent[drop:h.have])
	}
	h.have += copy(h.recent[h.have:], p)
}

// outside reads bytes that the walk reads as tokens, not those of strings, comments or data. They
// matter only directly after the latter, and while a hidden object or table is open.
func (h *pdfHidden) outside(p []byte) {
	if h.reads() {
		h.leave(p)
	}
}

// reads reports whether bytes of the walk matter to hidden objects and tables.
func (h *pdfHidden) reads() bool { return h.active || h.table.active || h.have > 0 }

func (h *pdfHidden) leave(p []byte) {
	h.table.outside(p)
	if h.matched == len(hiddenWord) && len(p) > 0 && !isRegular[p[0]] {
		h.begin()
	}
	h.matched, h.have = 0, 0
	h.read(p)
}

func (h *pdfHidden) begin() {
	if h.active && !h.body.ended() {
		h.refuse()
		return
	}
	if h.active { // it may be the dictionary of a stream whose word follows after the comment with this object
		h.rules.hiddenStream(&h.body)
		h.finish()
	}
	h.active, h.digits, h.start = true, append(h.kept[1][:0], h.maybe...), h.maybeAt
	h.from = h.rules.table.here + 1
	h.lex.restart()
	h.body.begin(h.rules)
}

// object records that the walk comes to an object. A hidden object that continues past that point
// hides it.
func (h *pdfHidden) object() {
	if h.active && h.lex.state == lexWord {
		h.read([]byte("\n"))
	}
	if h.active {
		h.refuse()
	}
}

func (h *pdfHidden) refuse() { h.rules.fail(active(KindAction, hidesObject)) }

// read reads bytes of a hidden object, if there is one.
func (h *pdfHidden) read(p []byte) {
	var t pdfToken
	for h.active && len(p) > 0 && h.rules.err == nil {
		n, complete := h.lex.next(p, &t)
		p = p[n:]
		if !complete || t.kind == pdfComment || t.kind == pdfStray {
			continue
		}
		if err := h.rules.budget.Spend(tokenSteps); err != nil {
			h.rules.fail(err)
			return
		}
		h.token(&t)
	}
}

func (h *pdfHidden) token(t *pdfToken) {
	number := t.kind == pdfWord && (lenientInt(t.text) >= 0 || string(t.text) == "R")
	switch {
	case t.kind == pdfWord && structural(t.text):
		if string(t.text) == "stream" {
			h.rules.hiddenStream(&h.body)
		}
		h.finish()
	case h.body.ended() && (h.body.held == 0 || !number), h.body.depth == 0 && (t.kind == pdfDictEnd || t.kind == pdfArrayEnd):
		h.finish()
	case !h.body.token(t):
		h.refuse()
	}
}

// finish ends a hidden object. It closes open containers, as readers do.
func (h *pdfHidden) finish() {
	h.active = false
	h.body.settle()
	for h.body.depth > 0 {
		h.body.close(h.body.levels[h.body.depth].array)
	}
	if h.body.flags == 0 {
		return
	}
	if len(h.digits) == 0 || len(h.digits) > 10 { // its number is not known
		h.refuse()
		return
	}
	h.rules.placed(h.digits, h.from, h.start, h.body.flags)
}
