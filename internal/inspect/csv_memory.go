package inspect

import (
	"math/bits"
	"unicode/utf8"
)

// tableMemory remembers the states in which the readers of a table were, and how characters lead
// from one to another. Tables repeat themselves, so nearly every character is remembered: then it
// costs a look-up, and a run of characters that change nothing costs less. cells.step has all
// rules, and calmText repeats a few. A step from a state depends on the class of the character and
// on nothing else.
//
// When there are more states than fit, it forgets all of them.
type tableMemory struct {
	states [maxTableStates]tableState // from 1 on
	known  int
	next   [maxTableStates][maxTableClasses]uint8 // by class, the state that follows, 0 if it is not known
	idle   [maxTableStates]uint32                 // classes that change nothing, one bit for each
	calm   uint64                                 // states from which calmText leads on, one bit for each
	slots  [2 * maxTableStates]uint8              // states by their sums
	at     uint8                                  // the current state, 0 if it is not remembered
}

const (
	maxTableStates = 64
	launches       = 0x80 // the character begins a cell like a formula
)

// tableState is the state of all readers, between two characters.
type tableState struct {
	quoted, closing, fresh, lead uint64
	active                       uint64
	inState                      [4]uint64 // of the active states, the lowest first
	cr                           bool
}

// The classes of characters: the kinds of cellChar, and those below, for characters that differ
// from others of their kind.
const (
	classSemicolon = uint8(cellNoWidth) + 1 + iota
	classSign
	classAt
	classLineFeed
	classReturn
	classNamed      // the separator that the first line names
	classOther      // its steps are not remembered; idle may have it
	maxTableClasses = 32
)

// tableClass holds the classes of bytes.
var tableClass = func() (table [256]uint8) {
	for c := range table {
		table[c] = classOther
		if c < utf8.RuneSelf {
			table[c] = uint8(cellASCII[c])
		}
	}
	table[';'], table['+'], table['-'], table['@'] = classSemicolon, classSign, classSign, classAt
	table['\n'], table['\r'] = classLineFeed, classReturn
	return table
}()

// place returns the number of a state, which it remembers if it is new, or 0 if no more states fit.
func (m *tableMemory) place(state tableState) uint8 {
	if m.known == 0 && state != (tableState{}) {
		m.place(tableState{}) // calmState
	}
	slot := state.sum() % uint64(len(m.slots))
	for m.slots[slot] != 0 {
		if at := m.slots[slot]; m.states[at] == state {
			return at
		}
		slot = (slot + 1) % uint64(len(m.slots))
	}
	if m.known == maxTableStates-1 {
		return 0
	}
	m.known++
	at := uint8(m.known) //nolint:gosec // below maxTableStates
	m.slots[slot], m.states[at] = at, state
	if state.closing|state.active == 0 && !state.cr {
		if state.lead == 0 {
			m.idle[at] = 1 << classOther // all characters outside of ASCII are content
		}
		if state.quoted|state.fresh&^state.lead == 0 {
			m.calm |= 1 << at
		}
	}
	return at
}

// sum returns a hash of the fields except cr.
func (t *tableState) sum() uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := t.quoted
	for _, field := range [...]uint64{t.closing, t.fresh, t.lead, t.active, t.inState[0], t.inState[1], t.inState[2], t.inState[3]} {
		h = bits.RotateLeft64(h*odd, 31) + field
	}
	return h * odd >> 32
}
