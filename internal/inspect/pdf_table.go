package inspect

import (
	"math/bits"
	"math/rand/v2"
)

// pdfFlag is what matters of an object to those that refer to it, and what they ask of it. What neither is asked nor
// matters is not remembered.
type pdfFlag uint32

const (
	// What one of the bodies of the object is.
	isOpening   pdfFlag = 1 << iota // an action that may not run by itself
	isUnknown                       // a dictionary of an unknown type of action
	isAttribute                     // one that says whose attribute it is
	isTriggers                      // a dictionary of events that do something
	isTree                          // a node of a tree of names that is not empty
	isFiles                         // the files of a file specification
	isLink                          // a string that is a link of a kind that is not accepted
	isScript                        // a string that is a link to a script
	isName                          // a name alone
	isOther                         // a reference alone
	isExamined                      // a stream of objects that was examined
	isBare                          // a stream that a reader could take for one, and that was not

	// What others take it for.
	asOpening
	asAction
	asTriggers
	asScripts // names of scripts
	asAttachments
	asFiles
	asLink
	asName // the value of an entry that is judged by name
	asObjects
)

const asAnything = asOpening | asAction | asTriggers | asScripts | asAttachments | asFiles | asLink | asName | asObjects

// pdfConflicts are what an object may not be, by what others take it for.
var pdfConflicts = [...]struct {
	as, is       pdfFlag
	kind, detail string
}{
	{as: asOpening, is: isOpening | isUnknown | isAttribute, kind: KindAction, detail: opensSomething},
	{as: asAction, is: isUnknown, kind: KindAction, detail: unknownAction},
	{as: asTriggers, is: isTriggers, kind: KindAction, detail: actsByItself},
	{as: asScripts, is: isTree, kind: KindScript, detail: "contains JavaScript"},
	{as: asAttachments, is: isTree, kind: KindAttachment, detail: carriesFiles},
	{as: asFiles, is: isFiles, kind: KindAttachment, detail: carriesFiles},
	{as: asLink, is: isLink, kind: KindLink, detail: leadsElsewhere},
	{as: asLink, is: isScript, kind: KindScript, detail: leadsElsewhere},
	{as: asName, is: isName, kind: KindAction, detail: "has a type that is written elsewhere"},
	{as: asAnything, is: isOther, kind: KindAction, detail: "has a reference to a reference where it matters"},
}

// pdfTable remembers of the objects what matters: 16 bytes for each object of which something does, and as many for its body
// in a stream of objects; see pdfPlaces for the others. It is a hash table with open addressing, at most three quarters full,
// in memory of the budget.
type pdfTable struct {
	pdfPlaces
	entries []pdfEntry
	used    int
	shift   int    // of a hash, to an index
	odd     uint64 // multiplies keys: drawn for each file, so that no file can choose keys that collide
}

type pdfEntry struct {
	key   uint64 // an object number plus one, or a place
	num   uint32 // of a place: the object there
	flags pdfFlag
}

const (
	firstEntries = 256
	entrySize    = 16
	lookUpSteps  = 30
)

// at returns the entry with that key, which is new if it has no flags.
func (t *pdfTable) at(key uint64, b *Budget) (*pdfEntry, error) {
	if 4*t.used >= 3*len(t.entries) {
		if err := t.grow(b); err != nil {
			return nil, err
		}
	}
	if err := b.Spend(lookUpSteps); err != nil {
		return nil, err
	}
	e := t.find(key)
	if e.key == 0 {
		e.key = key
		t.used++
	}
	return e, nil
}

// find returns the entry with that key, or the empty one where it belongs.
func (t *pdfTable) find(key uint64) *pdfEntry {
	for i := key * t.odd >> t.shift; ; i++ {
		e := &t.entries[i&uint64(len(t.entries)-1)] //nolint:gosec // it has entries
		if e.key == 0 || e.key == key {
			return e
		}
	}
}

// flags returns what is known of a key.
func (t *pdfTable) flags(key uint64) pdfFlag {
	if t.used == 0 {
		return 0
	}
	return t.find(key).flags
}

func (t *pdfTable) grow(b *Budget) error {
	size := max(firstEntries, 2*len(t.entries))
	if size > firstEntries {
		if err := b.Hold(entrySize * size); err != nil {
			return err
		}
	}
	if err := b.Spend(lookUpSteps * size); err != nil {
		return err
	}
	if t.odd == 0 {
		t.odd = rand.Uint64() | 1 //nolint:gosec // spreads keys, and keeps no secret
	}
	old := t.entries
	t.entries, t.shift = make([]pdfEntry, size), 65-bits.Len(uint(size))
	for _, e := range old {
		if e.key != 0 {
			*t.find(e.key) = e
		}
	}
	return nil
}

// mark adds flags to an object.
func (t *pdfTable) mark(num int64, flags pdfFlag, b *Budget) error {
	if flags == 0 {
		return nil
	}
	e, err := t.at(objectKey(num), b)
	if err == nil {
		e.flags |= flags
	}
	return err
}

// verdict holds what objects are against what others take them for.
func (t *pdfTable) verdict(refuse func(kind, detail string)) *Error {
	for _, e := range t.entries {
		if e.key == 0 || e.key >= uint64(placePacked(0, 0)) {
			continue
		}
		for _, c := range pdfConflicts {
			if e.flags&c.as != 0 && e.flags&c.is != 0 {
				refuse(c.kind, c.detail)
			}
		}
		if e.flags&asObjects != 0 && e.flags&isBare != 0 {
			return fault(CodeDamaged, "has cross references to objects in a stream that does not say where they are")
		}
	}
	return nil
}

// objectKey is the key of an object. No file has that many: numbers end at 8,388,607 (annex C), and those beyond share keys.
func objectKey(num int64) uint64 { return uint64(num)&0x7fffffff + 1 } //nolint:gosec // not negative
