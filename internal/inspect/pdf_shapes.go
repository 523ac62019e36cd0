package inspect

// shapes reads usual sequences of tokens at the beginning of p, with the same effect as token by
// token, and returns the number of their bytes. All others are left to the lexer. No hidden object
// may be open, since pdfHidden does not see the bytes.
func (f *pdfWalk) shapes(p []byte) (n int) {
	for f.goesOn() {
		took, tokens := 0, 0
		switch {
		case f.place == inObject:
			if took, tokens = f.body.shapes(p[n:]); f.ends(p[n+took:], f.lex.off+int64(n+took)) {
				took, tokens = took+blanks(p[n+took:])+len(endobj), tokens+1
			}
		case f.place == between:
			took, tokens = f.begun(p[n:], f.lex.off+int64(n)), 3
		case f.place == inTable && f.exam != nil:
			took, tokens = f.exam.refs.shapes(p[n:])
		}
		if took == 0 {
			break
		}
		n += took
		f.owe(tokens)
	}
	return n
}

// manyTokens is the number of tokens that are read, and paid for, at a time.
const manyTokens = 100

// owe takes the steps of tokens from the budget, soon.
func (f *pdfWalk) owe(tokens int) {
	if f.owed += tokens; f.owed >= manyTokens {
		f.pay()
	}
}

// pay takes the steps of tokens from the budget, unless the file is refused already.
func (f *pdfWalk) pay() {
	if f.goesOn() {
		f.spend(tokenSteps * f.owed)
	}
	f.owed = 0
}

// blanks returns the number of white space bytes at the beginning of p.
func blanks(p []byte) (n int) {
	for n < len(p) && spaceTable[p[n]] {
		n++
	}
	return n
}

// ends ends the object if p, which is at that offset, begins with its last word.
func (f *pdfWalk) ends(p []byte, at int64) bool {
	from := blanks(p)
	if to := from + len(endobj); to >= len(p) || string(p[from:to]) != endobj || isRegular[p[to]] {
		return false
	}
	if f.body.settle(); f.body.depth > 0 {
		return false
	}
	f.endObject(at + int64(from))
	return true
}

// begun begins an object if p, which is at that offset, begins with its head in the usual form. It
// returns the length of the head.
func (f *pdfWalk) begun(p []byte, at int64) int {
	from := blanks(p)
	end, num := from, int64(0)
	for end < len(p) && digitTable[p[end]] {
		num = 10*num + int64(p[end]-'0')
		end++
	}
	rest := p[end:]
	if end == from || end-from > maxPDFDigits || len(rest) <= headLength || rest[0] != ' ' || !digitTable[rest[1]] ||
		string(rest[2:headLength]) != " obj" || isRegular[rest[headLength]] {
		return 0
	}
	f.begins(&pdfToken{kind: pdfWord, at: at + int64(from), text: p[from:end], num: num})
	f.beginObject()
	return end + headLength
}

const headLength = len(" 0 obj") // after the number

// shapes reads white space, names, numbers, references, and the beginnings and ends of containers.
func (b *pdfBody) shapes(p []byte) (n, tokens int) {
	for tokens < manyTokens && n+1 < len(p) && (b.rules == nil || b.rules.err == nil) {
		took := 0
		switch c := p[n]; {
		case c == '/':
			took = b.plainName(p[n+1:])
		case digitTable[c]:
			var refers bool
			if took, refers = b.plainNumber(p[n:]); refers {
				tokens += 2
			}
		case spaceTable[c]:
			n++
			continue
		case c == '<' && p[n+1] == '<', c == '>' && p[n+1] == '>':
			took = b.bracket(c == '<', false, 2)
		case c == '[', c == ']':
			took = b.bracket(c == '[', true, 1)
		}
		if took == 0 {
			break
		}
		n += took
		tokens++
	}
	return n, tokens
}

// bracket reads a token of that length that begins or ends a container, if it may stand here.
func (b *pdfBody) bracket(opens, array bool, length int) int {
	kind := pdfDict
	if array {
		kind = pdfArray
	}
	if b.empty && !opens {
		return 0
	}
	b.begun(kind)
	b.settle()
	if opens && b.open(array) || !opens && b.close(array) {
		return length
	}
	return 0
}

// plainName reads a name after its slash, and returns the length with the slash. It returns 0 for
// names that are long, have escapes, or may go on after p.
func (b *pdfBody) plainName(p []byte) int {
	n := 0
	for n < len(p) && isPlainName[p[n]] {
		n++
	}
	if n == len(p) || p[n] == '#' || n > maxPDFToken {
		return 0
	}
	b.begun(pdfName)
	b.settle()
	b.name(p[:n:len(p)])
	return n + 1
}

// plainNumber reads a number of digits alone, or a reference, and returns its length. It returns 0
// for one of more than maxPDFDigits, one that is part of a longer word, and one that may go on
// after p.
func (b *pdfBody) plainNumber(p []byte) (n int, refers bool) {
	num := int64(0)
	for n < len(p) && digitTable[p[n]] {
		num = 10*num + int64(p[n]-'0')
		n++
	}
	if n == len(p) || n > maxPDFDigits || isRegular[p[n]] {
		return 0, false
	}
	b.begun(pdfWord)
	if b.held == 0 && isReference(p[n:]) {
		b.item(&pdfItem{kind: itemReference, num: num})
		return n + referenceLength, true
	}
	b.add(pdfNumber{num, num})
	return n, false
}

// isPlainName is true for the bytes of names, except for the one that begins an escape.
var isPlainName = func() [256]bool {
	table := isRegular
	table['#'] = false
	return table
}()

const referenceLength = len(" 0 R") // after the number

// isReference reports whether the rest of a reference in its usual form is at the beginning of p.
func isReference(p []byte) bool {
	return len(p) > referenceLength && p[3] == 'R' && p[0] == ' ' && p[1]-'0' <= 9 && p[2] == ' ' && !isRegular[p[4]]
}
