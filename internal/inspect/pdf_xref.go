package inspect

// pdfReferences reads all cross references in tables and in streams (ISO 32000-2, 7.5.4 and 7.5.8),
// whichever of them a reader begins with and whichever it follows.
//
// An offset that leads nowhere is not a fault: readers then search for the object, and all bodies
// are judged. The table gets the references that lead to a body in the file or in a stream, and
// finds those that lead to the body of another object.
type pdfReferences struct {
	rules *pdfRules

	// These fields are for a table.
	words [2]int64 // the last numbers
	count int      // how many of words are set
	next  int64    // number of the next entry

	// These fields are for a stream.
	widths [3]int
	index  []int64 // the runs of entries that are still to come, as pairs of first number and count
	left   int64   // entries left of the current run
	row    [3 * maxField]byte
	have   int // bytes in the row
}

const maxField = 8 // bytes of one field of a cross-reference stream

// beginTable begins a table.
func (x *pdfReferences) beginTable() { x.count, x.next = 0, 0 }

// word reads a word of a table, and reports false if it ends the table.
func (x *pdfReferences) word(t *pdfToken) bool {
	if t.num >= 0 {
		if x.count == 2 { // the first two were the head of a section
			x.next, x.count = x.words[0], 0
		}
		x.words[x.count] = t.num
		x.count++
		return true
	}
	word := t.text
	if len(word) != 1 || word[0] != 'n' && word[0] != 'f' {
		return false
	}
	if x.count == 2 {
		if word[0] == 'n' {
			x.atOffset(x.next, x.words[0])
		}
		x.next++
	}
	x.count = 0
	return true
}

// whole reads a whole entry of a table. One number alone must not stand before it.
func (x *pdfReferences) whole(offset int64, used bool) {
	if x.count == 2 {
		x.next = x.words[0]
	}
	if x.count = 0; used {
		x.atOffset(x.next, offset)
	}
	x.next++
}

// atOffset follows an entry of an object that stands in the file.
func (x *pdfReferences) atOffset(num, offset int64) {
	if x.rules == nil || offset == 0 {
		return
	}
	t := &x.rules.table
	if err := t.lead(num, placeAt(offset), offset+t.origin >= t.here, x.rules.budget); err != nil {
		x.rules.fail(err)
	}
}

// inStream follows an entry of an object that stands in a stream of objects.
func (x *pdfReferences) inStream(num, stream, index int64) {
	t, b := &x.rules.table, x.rules.budget
	err := t.mark(stream, asObjects, b)
	if err == nil {
		err = t.lead(num, placePacked(stream, index), t.flags(objectKey(stream))&isExamined == 0, b)
	}
	if err != nil {
		x.rules.fail(err)
	}
}

// beginStream begins the data of a stream, and reports false for a dictionary that it cannot read.
func (x *pdfReferences) beginStream(d *pdfDictionary) bool {
	if len(d.widths) != len(x.widths) || d.long || d.size < 0 && len(d.index) == 0 || len(d.index)%2 != 0 {
		return false
	}
	for i, w := range d.widths {
		if w < 0 || w > maxField {
			return false
		}
		x.widths[i] = int(w)
	}
	for _, n := range d.index {
		if n < 0 {
			return false
		}
	}
	x.index = d.index
	if len(x.index) == 0 {
		x.index = []int64{0, d.size}
	}
	x.have, x.left = 0, 0
	return x.widths[0]+x.widths[1]+x.widths[2] > 0
}

// read reads decoded data. Data after the last entry of the index has no meaning.
func (x *pdfReferences) read(p []byte) {
	size := x.widths[0] + x.widths[1] + x.widths[2]
	for len(p) > 0 && x.rules.err == nil {
		for x.left == 0 {
			if len(x.index) < 2 {
				return
			}
			x.next, x.left, x.index = x.index[0], x.index[1], x.index[2:]
		}
		n := copy(x.row[x.have:size], p)
		p = p[n:]
		if x.have += n; x.have == size {
			x.have = 0
			x.entry()
			x.next++
			x.left--
		}
	}
}

func (x *pdfReferences) entry() {
	var fields [3]int64
	at := 0
	for i, w := range x.widths {
		for range w {
			fields[i] = fields[i]<<8&(1<<62-1) | int64(x.row[at])
			at++
		}
	}
	if x.widths[0] == 0 {
		fields[0] = 1
	}
	switch fields[0] {
	case 1:
		x.atOffset(x.next, fields[1])
	case 2:
		x.inStream(x.next, fields[1], fields[2])
	}
	if err := x.rules.budget.Spend(lookUpSteps); err != nil {
		x.rules.fail(err)
	}
}
