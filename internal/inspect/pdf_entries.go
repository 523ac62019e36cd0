package inspect

// pdfDictionary is the outermost dictionary of an object: its entries about the object's stream, or
// about the file if it is linearised.
type pdfDictionary struct {
	seen, twice pdfKeySet

	length    int64 // declared, -1 if it is unknown
	first     int64
	count     int64
	size      int64
	whole     int64 // length of a linearised file
	filters   int
	other     bool // a filter or parameters that are not read, or that readers may read otherwise
	parms     pdfParms
	parmKeys  pdfKeySet // that were set
	elsewhere bool      // an entry F that may name a file
	reference bool      // an entry Ref that may name a file
	widths    []int64   // of cross references: the values of W
	index     []int64   // and of Index
	long      bool      // there are more values of W or Index than are kept
}

// pdfParms are the parameters of a Flate filter.
type pdfParms struct{ predictor, colors, bits, columns int64 }

// The largest numbers of values of W and Index that are kept. Index has two for each run of objects
// that an update changed.
const (
	maxWidths = 8
	maxIndex  = 4096
)

func (d *pdfDictionary) begin() {
	if d.parms.bits > 0 && !d.seen.has(storedKeys) { // nothing was stored
		d.seen, d.twice = 0, 0
		return
	}
	*d = pdfDictionary{length: -1, first: -1, count: -1, size: -1, parms: pdfParms{1, 1, 8, 1}, widths: d.widths[:0], index: d.index[:0]}
}

// key records the key that l has read.
func (d *pdfDictionary) key(l *pdfLevel) {
	if l.array || l.key == keyOther {
		return
	}
	d.twice |= d.seen & l.key.set()
	d.seen |= l.key.set()
}

// opened records a container that is the value of an entry.
func (d *pdfDictionary) opened(l *pdfLevel, array bool) {
	switch {
	case l.array:
	case l.key == keyF:
		d.elsewhere = true
	case l.key == keyRef:
		d.reference = !array
	case l.key == keyShortParms, l.key == keyFilter && !array:
		d.other = true
	}
}

// item records a value in l, at the given depth; outer is the outermost dictionary.
func (d *pdfDictionary) item(outer, l *pdfLevel, depth int, i *pdfItem) {
	switch {
	case outer.array || i.null():
	case depth == 1:
		d.entry(l.key, i)
	case depth == 2 && l.array:
		d.element(l.key, i)
	case outer.key == keyParms && !l.array:
		d.parameter(l.key, i)
	case outer.key == keyFilter || outer.key == keyParms:
		d.other = true
	}
}

func (d *pdfDictionary) entry(key pdfKey, i *pdfItem) {
	integer := int64(-1)
	if i.kind == itemNumber {
		integer = i.num
	}
	switch key {
	case keyLength:
		d.length = integer
	case keyFirst:
		d.first = integer
	case keyN:
		d.count = integer
	case keySize:
		d.size = integer
	case keyL:
		d.whole = integer
	case keyFilter:
		d.filter(i)
	case keyParms, keyShortParms:
		d.other = true
	case keyF:
		d.elsewhere = i.kind == itemString || i.kind == itemReference
		d.other = true
	case keyRef:
		d.reference = i.kind == itemReference
	}
}

func (d *pdfDictionary) element(key pdfKey, i *pdfItem) {
	integer := int64(-1)
	if i.kind == itemNumber {
		integer = i.num
	}
	switch {
	case key == keyFilter:
		d.filter(i)
	case key == keyParms:
		d.other = true
	case key == keyW && len(d.widths) < maxWidths:
		d.widths = append(d.widths, integer)
	case key == keyIndex && len(d.index) < maxIndex:
		d.index = append(d.index, integer)
	case key == keyIndex, key == keyW:
		d.long = true
	}
}

func (d *pdfDictionary) filter(i *pdfItem) {
	d.filters++
	flate := i.kind == itemName && (string(i.text) == "FlateDecode" || string(i.text) == "Fl")
	d.other = d.other || !flate
}

func (d *pdfDictionary) parameter(key pdfKey, i *pdfItem) {
	if i.kind != itemNumber || key != keyOther && key.in(d.parmKeys) {
		d.other = true
		return
	}
	d.parmKeys |= key.set()
	switch key {
	case keyPredictor:
		d.parms.predictor = i.num
	case keyColors:
		d.parms.colors = i.num
	case keyBits:
		d.parms.bits = i.num
	case keyColumns:
		d.parms.columns = i.num
	}
}

// storedKeys are the keys of the outermost dictionary whose values are stored.
var storedKeys = streamKeys | keySet(keyL, keyRef)

// streamKeys are those on which readers of streams must agree.
var streamKeys = keySet(keyLength, keyFilter, keyParms, keyShortParms, keyF, keyN, keyFirst, keyW, keyIndex, keySize)

// plain reports whether the data is stored, or deflated once, and no reader can see it otherwise.
func (d *pdfDictionary) plain() bool {
	return !d.other && d.filters <= 1 && !d.twice.has(streamKeys)
}
