package inspect

import (
	"math/bits"
	"math/rand/v2"
)

// pdfMarks stores the facts about objects that matter: an entry of 16 bytes for each such object,
// and another for its body in a stream of objects. It is a hash table with open addressing, at most
// three quarters full. The budget pays for its memory once it has more than firstEntries.
type pdfMarks struct {
	entries []pdfEntry
	used    int
	shift   int    // of a hash, to an index
	odd     uint64 // multiplies keys; random for each file, so that no file can choose keys that collide
}

type pdfEntry struct {
	key   uint64 // an object number plus one, or a place
	num   uint32 // of a place: the number of the object there
	flags pdfFlag
}

const (
	firstEntries = 256
	entrySize    = 16
	lookUpSteps  = 30
)

// at returns the entry with that key. It is new if it has no flags.
func (t *pdfMarks) at(key uint64, b *Budget) (*pdfEntry, error) {
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

// find returns the entry with that key, or the empty one in its slot.
func (t *pdfMarks) find(key uint64) *pdfEntry {
	for i := key * t.odd >> t.shift; ; i++ {
		e := &t.entries[i&uint64(len(t.entries)-1)] //nolint:gosec // it has entries
		if e.key == 0 || e.key == key {
			return e
		}
	}
}

// flags returns the known flags of a key.
func (t *pdfMarks) flags(key uint64) pdfFlag {
	if t.used == 0 {
		return 0
	}
	return t.find(key).flags
}

func (t *pdfMarks) grow(b *Budget) error {
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
		t.odd = rand.Uint64() | 1 //nolint:gosec // spreads keys; not a secret
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
func (t *pdfMarks) mark(num int64, flags pdfFlag, b *Budget) error {
	if flags == 0 {
		return nil
	}
	e, err := t.at(objectKey(num), b)
	if err == nil {
		e.flags |= flags
	}
	return err
}

// objectKey returns the key of an object. The numbers of objects end at 8,388,607 (ISO 32000-1,
// annex C), and only those beyond 31 bits share keys with others.
func objectKey(num int64) uint64 { return uint64(num)&0x7fffffff + 1 } //nolint:gosec // not negative
