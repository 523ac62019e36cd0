package inspect

import "strings"

// nameTable finds the lists of names in which a name is, without a hash of the whole name. The zero
// value is empty.
type nameTable struct {
	slots [2048]struct {
		name  string
		lists uint8
	}
}

// add adds names, separated by white space, to a list. The number of a list is a power of two.
func (t *nameTable) add(list uint8, names string) {
	for name := range strings.FieldsSeq(names) {
		at := t.slot([]byte(name))
		t.slots[at].name = name
		t.slots[at].lists |= list
	}
}

// lists returns the sum of the numbers of the lists that have the name.
func (t *nameTable) lists(name []byte) uint8 {
	if len(name) == 0 {
		return 0
	}
	return t.slots[t.slot(name)].lists
}

// slot returns the place of a name, or the empty one where it would be.
func (t *nameTable) slot(name []byte) int {
	n := len(name)
	sum := uint32(name[0]) | uint32(name[n-1])<<8 | uint32(name[n/2])<<16 | uint32(n&0xff)<<24
	at := int(sum * 0x9e3779b1 >> 21)
	for t.slots[at].name != "" && t.slots[at].name != string(name) {
		at = (at + 1) % len(t.slots)
	}
	return at
}
