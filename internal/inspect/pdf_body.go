package inspect

// maxPDFDepth bounds the nesting of containers.
const maxPDFDepth = 100

// pdfBody follows the value of one object, or the dictionary of one trailer.
type pdfBody struct {
	rules *pdfRules // nil if only the structure is checked
	kind  pdfKind   // of the first token
	empty bool      // no token yet

	depth  int
	levels [maxPDFDepth + 1]pdfLevel
	nums   [2]pdfNumber // the last numbers, which may begin a reference
	held   int          // how many of nums are set

	flags pdfFlag // for the objects that refer to this one
	dict  pdfDictionary
}

// pdfNumber is an integer as strict and as lenient readers read it. It is -1 for readers that do
// not take the word for a non-negative one.
type pdfNumber struct{ strict, lenient int64 }

func numberOf(word []byte) pdfNumber {
	if n := pdfInt(word); n >= 0 {
		return pdfNumber{n, n}
	}
	return pdfNumber{-1, lenientInt(word)}
}

// begin resets the body for a new object.
func (b *pdfBody) begin(rules *pdfRules) {
	b.rules, b.kind, b.empty, b.depth, b.held, b.flags = rules, pdfWord, true, 0, 0, 0
	b.dict.begin()
	b.levels[0] = pdfLevel{array: true}
}

// ended reports whether a complete value has been read. A number may still turn out to begin a
// reference.
func (b *pdfBody) ended() bool { return !b.empty && b.depth == 0 }

// token reads a token and returns false if it cannot stand here.
func (b *pdfBody) token(t *pdfToken) bool {
	if t.kind == pdfComment {
		return true
	}
	b.begun(t.kind)
	if t.kind == pdfWord {
		b.word(t)
		return true
	}
	b.settle()
	switch t.kind {
	case pdfDict, pdfArray:
		return b.open(t.kind == pdfArray)
	case pdfDictEnd, pdfArrayEnd:
		return b.close(t.kind == pdfArrayEnd)
	case pdfName:
		b.name(t.text)
	case pdfString:
		b.item(&pdfItem{kind: itemString, text: t.text, cut: t.cut})
	}
	return t.kind != pdfStray
}

// begun records the kind of the first token.
func (b *pdfBody) begun(kind pdfKind) {
	if b.empty {
		b.empty, b.kind = false, kind
	}
}

// word reads a number, the R of a reference, or another word.
func (b *pdfBody) word(t *pdfToken) {
	if t.num >= 0 {
		b.add(pdfNumber{t.num, t.num})
		return
	}
	text := t.text
	if n := len(text) - 1; n > 0 && text[n] == 'R' && b.number(text[:n]) {
		text = text[n:] // readers that end a number at the first other byte see a reference
	}
	if b.held == 2 && string(text) == "R" {
		b.held = 0
		b.item(&pdfItem{kind: itemReference, num: b.nums[0].lenient})
	} else if !b.number(text) {
		b.settle()
		b.item(&pdfItem{kind: itemWord, text: text})
	}
}

// number reads a word that is a number to lenient readers, and reports false for other words.
func (b *pdfBody) number(text []byte) bool {
	n := numberOf(text)
	if n.lenient < 0 {
		return false
	}
	b.add(n)
	return true
}

// add adds a number to those that may begin a reference.
func (b *pdfBody) add(n pdfNumber) {
	if b.held == 2 {
		b.item(&pdfItem{kind: itemNumber, num: b.nums[0].strict})
		b.nums[0], b.held = b.nums[1], 1
	}
	b.nums[b.held] = n
	b.held++
}

// settle makes values of the numbers that are not part of a reference.
func (b *pdfBody) settle() {
	for i := range b.held {
		b.item(&pdfItem{kind: itemNumber, num: b.nums[i].strict})
	}
	b.held = 0
}

func (b *pdfBody) open(array bool) bool {
	l := &b.levels[b.depth]
	if !l.array && !l.want || b.depth == maxPDFDepth {
		return false
	}
	child := &b.levels[b.depth+1]
	*child = pdfLevel{array: array, key: l.key}
	if b.depth == 1 {
		b.dict.opened(l, array)
	}
	if b.rules != nil {
		child.role = l.roleOf(l.key, array)
		b.rules.opened(l, l.key, array)
	}
	l.want = false
	b.depth++
	return true
}

func (b *pdfBody) close(array bool) bool {
	l := &b.levels[b.depth]
	if b.depth == 0 || l.array != array {
		return false
	}
	b.depth--
	if b.rules == nil {
		return true
	}
	parent := &b.levels[b.depth]
	switch {
	case array:
		parent.tree = parent.tree || l.tree
		parent.file.far = parent.file.far || parent.key.in(fileKeys)
	case b.depth == 0:
		b.flags |= b.rules.closed(l)
	default:
		flags := b.rules.closed(l)
		parent.file.far = parent.file.far || parent.key.in(fileKeys) && !l.specifiesBeside()
		parent.triggered = parent.triggered || parent.key.in(triggers) && flags&(isActing|isUnknown|isAttribute) != 0
	}
	return true
}

// name reads a key, or a name that is a value.
func (b *pdfBody) name(text []byte) {
	l := &b.levels[b.depth]
	if l.array || l.want {
		b.item(&pdfItem{kind: itemName, text: text})
		return
	}
	l.key, l.want = keyOf(text), true
	if b.depth == 1 {
		b.dict.key(l)
	}
	l.keys |= l.key.set()
	l.more = l.more || l.key <= keyTrigger
}

// item reads a value. In place of a key it has no meaning.
func (b *pdfBody) item(i *pdfItem) {
	l := &b.levels[b.depth]
	if b.depth == 0 {
		b.bare(i)
		return
	}
	if !l.array && !l.want {
		return
	}
	l.want = false
	if b.dict.seen.has(storedKeys) {
		b.dict.item(&b.levels[1], l, b.depth, i)
	}
	if b.rules != nil && (l.role != roleNone || l.key.in(judgedKeys)) {
		b.rules.item(l, i)
	}
}

// bare records an object that is not a container.
func (b *pdfBody) bare(i *pdfItem) {
	switch i.kind {
	case itemName:
		b.flags |= isName
	case itemReference:
		b.flags |= isOther
	case itemString:
		if !isBeside(i.text, i.cut) {
			b.flags |= isFar
		}
		switch linkKind(i.text, i.cut) {
		case KindLink:
			b.flags |= isLink
		case KindScript:
			b.flags |= isScript
		}
	}
}

// typ returns the type that the outermost dictionary declares.
func (b *pdfBody) typ() pdfType { return b.levels[1].typ }
