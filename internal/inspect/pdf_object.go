package inspect

// pdfObject follows one indirect object: how deep its containers are, and the entries of its outermost dictionary that
// tell where its stream ends and what is in it.
type pdfObject struct {
	num   int64
	depth int
	kind  pdfKind // of the object's first token
	empty bool    // no token yet

	key     pdfKey // whose value comes next, or keyNone
	last    pdfKey // whose value came last
	value   int64  // of the object, if it is an integer
	length  pdfLength
	filters int // named in the Filter entry
	flate   bool
	params  bool // there is a DecodeParms entry
	objStm  bool // the type is ObjStm
	first   int64
	count   int64
	goTo    bool // an action that only goes to a page
	linear  bool // there is a Linearized entry
	size    int64
}

// pdfLength is the Length entry of a stream.
type pdfLength struct {
	known bool
	ref   bool // value is the number of the object that holds it
	twice bool
	value int64
}

type pdfKey uint8

const (
	keyNone pdfKey = iota
	keyOther
	keyLength
	keyFilter
	keyParams
	keyType
	keyFirst
	keyCount
	keyAction
	keyLinearized
	keySize
)

func keyOf(name []byte) pdfKey {
	switch string(name) {
	case "Length":
		return keyLength
	case "Filter":
		return keyFilter
	case "DecodeParms":
		return keyParams
	case "Type":
		return keyType
	case "First":
		return keyFirst
	case "N":
		return keyCount
	case "S":
		return keyAction
	case "Linearized":
		return keyLinearized
	case "L":
		return keySize
	}
	return keyOther
}

func newPDFObject(num int64) pdfObject { return pdfObject{num: num, empty: true, first: -1, count: -1} }

// maxPDFDepth bounds the nesting of containers; documents have five or ten levels.
const maxPDFDepth = 100

// token reads one token of the object and reports false if it closes more than was opened, or nests too deep.
func (o *pdfObject) token(t pdfToken) bool {
	if o.empty {
		o.empty, o.kind = false, t.kind
		if t.kind == pdfWord {
			o.value = pdfInt(t.text)
		}
	}
	switch t.kind {
	case pdfDictEnd, pdfArrayEnd:
		o.depth--
		return o.depth >= 0
	case pdfComment:
		return true
	}
	if o.kind == pdfDict {
		o.entry(t)
	}
	if t.kind == pdfDict || t.kind == pdfArray {
		o.depth++
	}
	return o.depth <= maxPDFDepth
}

// entry reads a key or the beginning of a value.
func (o *pdfObject) entry(t pdfToken) {
	switch {
	case o.depth == 2 && o.last == keyFilter && t.kind == pdfName:
		o.filter(t)
	case o.depth != 1:
	case o.key != keyNone:
		o.last, o.key = o.key, keyNone
		o.firstOfValue(t)
	case t.kind == pdfName:
		o.key = keyOf(t.text)
	case o.last == keyLength && string(t.text) == "R":
		o.length.ref = true
	}
}

func (o *pdfObject) firstOfValue(t pdfToken) {
	switch o.last {
	case keyLength:
		o.length = pdfLength{known: pdfInt(t.text) >= 0 && t.kind == pdfWord, twice: o.length.known, value: pdfInt(t.text)}
	case keyFilter:
		if t.kind != pdfArray {
			o.filter(t)
		}
	case keyParams:
		o.params = string(t.text) != "null"
	case keyType:
		o.objStm = t.kind == pdfName && string(t.text) == "ObjStm"
	case keyFirst:
		o.first = pdfInt(t.text)
	case keyCount:
		o.count = pdfInt(t.text)
	case keyAction:
		o.goTo = t.kind == pdfName && string(t.text) == "GoTo"
	case keyLinearized:
		o.linear = true
	case keySize:
		o.size = pdfInt(t.text)
	}
}

func (o *pdfObject) filter(t pdfToken) {
	o.filters++
	o.flate = string(t.text) == "FlateDecode"
}

// pdfInt returns the value of a number that is not negative, and -1 for all other words.
func pdfInt(word []byte) int64 {
	if len(word) == 0 || len(word) > 18 {
		return -1
	}
	n := int64(0)
	for _, c := range word {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}
