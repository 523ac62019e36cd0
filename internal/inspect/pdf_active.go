package inspect

const (
	maxLengths = 1 << 16 // lengths of streams that are remembered
	maxOpens   = 16      // references from OpenAction entries
	maxNumber  = 1 << 23 // of an object, by ISO 32000-1, annex C
)

// pdfActive examines the objects of a PDF for what RefuseActive refuses.
type pdfActive struct {
	hidden  hiddenObject
	opening bool      // the value of an OpenAction comes next
	files   int       // tokens of an empty tree behind an EmbeddedFiles name that have been seen, 0 for none
	opens   []int64   // objects that are values of an OpenAction
	pages   bitSet    // objects that choose a page: destinations, and actions that only go to one
	sizes   pdfSizes  // of streams
	packed  []byte    // data of the object stream that is being read
	unpack  pdfUnpack // object streams
}

const carriesFiles = "carries other files"

// activeName returns why a name is refused, "" if it is not.
func activeName(name []byte) string {
	switch string(name) {
	case "JavaScript", "JS":
		return "contains JavaScript"
	case "Launch":
		return "contains an action that starts a program"
	case "AA":
		return "contains actions that run by themselves"
	case "EmbeddedFile", "EF":
		return carriesFiles
	case "RichMedia":
		return "contains rich media"
	case "XFA":
		return "contains an XFA form"
	case "SubmitForm", "ImportData":
		return "contains a form that sends or reads data"
	case "GoToE":
		return "contains an action that opens an embedded file"
	case "Encrypt":
		return "is encrypted and cannot be examined"
	}
	return ""
}

// token judges a token of an object, wherever it stands in it.
func (a *pdfActive) token(t pdfToken) string {
	if t.kind == pdfComment {
		return ""
	}
	if a.files > 0 && !a.emptyTree(t) {
		return carriesFiles
	}
	if a.opening {
		a.opening = false
		if reason := a.openAction(t); reason != "" {
			return reason
		}
	}
	if t.kind != pdfName {
		return ""
	}
	switch string(t.text) {
	case "EmbeddedFiles":
		a.files = 1
	case "OpenAction":
		a.opening = true
	}
	return activeName(t.text)
}

// emptyTree reads the value of EmbeddedFiles and reports whether it still can be << /Names [] >>, which some libraries
// write into every document.
func (a *pdfActive) emptyTree(t pdfToken) bool {
	kinds := [...]pdfKind{pdfDict, pdfName, pdfArray, pdfArrayEnd, pdfDictEnd}
	if t.kind != kinds[a.files-1] || t.kind == pdfName && string(t.text) != "Names" {
		return false
	}
	a.files = (a.files + 1) % (len(kinds) + 1)
	return true
}

// openAction judges the first token of an OpenAction's value: a destination, or a reference that is resolved at the end.
func (a *pdfActive) openAction(t pdfToken) string {
	n := pdfInt(t.text)
	switch {
	case t.kind == pdfArray, t.kind == pdfWord && string(t.text) == "null":
		return ""
	case t.kind == pdfWord && n >= 0 && len(a.opens) < maxOpens:
		a.opens = append(a.opens, n)
		return ""
	}
	return opensSomething
}

const opensSomething = "contains an action that runs when it is opened"

// object takes note of an object that is complete.
func (a *pdfActive) object(o *pdfObject) *Error {
	if o.kind == pdfArray || o.kind == pdfDict && o.goTo {
		a.pages.set(o.num)
	} else {
		a.pages.clear(o.num)
	}
	if o.kind == pdfWord && o.value >= 0 {
		return a.sizes.declare(o.num, o.value)
	}
	return nil
}

// stream judges a stream whose data has been read.
func (a *pdfActive) stream(o *pdfObject, d *pdfData) *Error {
	if err := a.sizes.check(o.length, d); err != nil {
		return err
	}
	if !o.objStm {
		return nil
	}
	data := a.packed[:len(a.packed)-len(endstream)]
	return a.unpack.examine(o, data, a)
}

// pack keeps the data of an object stream.
func (a *pdfActive) pack(p []byte) *Error {
	if len(a.packed)+len(p) > maxPacked {
		return fault(CodeBomb, "has an object stream that is too large to be examined")
	}
	a.packed = append(a.packed, p...)
	return nil
}

// ended judges what could not be judged before everything was seen.
func (a *pdfActive) ended() *Error {
	for _, n := range a.opens {
		if !a.pages.has(n) {
			return active(KindAction, opensSomething)
		}
	}
	if len(a.sizes.awaited) > 0 {
		return fault(CodeDamaged, wrongLength)
	}
	return nil
}

// bitSet is a set of object numbers. It grows with the largest, up to 1 MiB.
type bitSet []uint64

func (s *bitSet) set(n int64) {
	if n < 0 || n >= maxNumber {
		return
	}
	if need := int(n/64) + 1; need > len(*s) {
		*s = append(*s, make([]uint64, need-len(*s))...)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

func (s bitSet) clear(n int64) {
	if n >= 0 && n/64 < int64(len(s)) {
		s[n/64] &^= 1 << (n % 64)
	}
}

func (s bitSet) has(n int64) bool {
	return n >= 0 && n/64 < int64(len(s)) && s[n/64]>>(n%64)&1 == 1
}

const wrongLength = "has a stream that is not as long as it says"

// pdfSizes holds streams against lengths that are objects of their own, which may come before or after them. If a stream
// could be longer than it seems, its end would not be where the walk goes on.
type pdfSizes struct {
	declared map[int64]int64
	awaited  map[int64]pdfData
}

func (s *pdfSizes) check(l pdfLength, d *pdfData) *Error {
	switch {
	case !l.known || l.twice:
		return fault(CodeDamaged, wrongLength)
	case !l.ref && d.fits(l.value):
		return nil
	case !l.ref:
		return fault(CodeDamaged, wrongLength)
	}
	if n, ok := s.declared[l.value]; ok && d.fits(n) {
		return nil
	}
	if s.awaited == nil {
		s.awaited = make(map[int64]pdfData)
	}
	if _, ok := s.awaited[l.value]; ok {
		return fault(CodeDamaged, wrongLength)
	}
	if s.awaited[l.value] = *d; len(s.awaited) > maxLengths {
		return fault(CodeComplex, "has too many streams to be examined")
	}
	return nil
}

// declare takes note of an integer object, which may be the length of a stream.
func (s *pdfSizes) declare(object, n int64) *Error {
	if d, ok := s.awaited[object]; ok {
		if !d.fits(n) {
			return fault(CodeDamaged, wrongLength)
		}
		delete(s.awaited, object)
	}
	if s.declared == nil {
		s.declared = make(map[int64]int64)
	}
	if len(s.declared) < maxLengths {
		s.declared[object] = n
	}
	return nil
}
