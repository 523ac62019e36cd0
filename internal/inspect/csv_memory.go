package inspect

import (
	"math/bits"
	"unicode/utf8"
)

// tableMemory remembers the states in which the readers of a table were, and how characters lead
// from one to another. Tables repeat themselves, so nearly every character is remembered: then it
// costs a look-up, and a run of characters that change nothing costs less. Only cells.step knows
// the rules. What it does from a state depends on the class of the character and on nothing else.
//
// When there are more states than fit, it forgets all of them.
type tableMemory struct {
	states [maxTableStates]tableState // from 1 on
	known  int
	next   [maxTableStates][tableClasses]uint8 // the state that follows, 0 if it is not known
	idle   [maxTableStates]uint32              // classes that change nothing, one bit for each
	slots  [2 * maxTableStates]uint8           // states by their sums
	at     uint8                               // the current state, 0 if it is not remembered
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

// The classes of characters: the kinds of cellChar, and those below, which act alone.
const (
	classSemicolon = uint8(cellNoWidth) + 1 + iota
	classSign
	classAt
	classLineFeed
	classReturn
	classNamed // the separator that the first line names
	classOther // not remembered
	tableClasses
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

// class returns the class of a character. One outside of ASCII is like its kind within ASCII.
func (s *cells) class(r rune) uint8 {
	switch {
	case r < utf8.RuneSelf:
		return s.classes[r]
	case s.bytes || fold(r) != r:
		return classOther
	}
	return uint8(cellCharOf(r))
}

// recall reads on as far as everything is remembered, and returns the number of bytes that it read.
func (s *cells) recall(p []byte) (n int) {
	m, classes, seen, looks := &s.memory, s.classes, 0, 0
	for m.at != 0 {
		idle := m.idle[m.at]
		for n < len(p) && idle>>(classes[p[n]]&31)&1 != 0 {
			n++
		}
		if n == len(p) {
			break
		}
		class, size := classes[p[n]], 1
		if class == classOther {
			var r rune
			r, size = s.character(p[n:])
			class = s.class(r)
		}
		looks++
		to := m.next[m.at][class]
		if to == 0 {
			break
		}
		if to&launches != 0 {
			s.off += s.width(p[seen:n])
			s.at, seen = s.off, n
		}
		m.at = to &^ launches
		n += size
	}
	s.off += s.width(p[seen:n])
	s.steps += lookSteps * looks
	return n
}

// learn remembers that a character of the class led from a state to the current one. What ends in
// a formula is not remembered.
func (s *cells) learn(from, class uint8, found bool) {
	m := &s.memory
	state, fits := s.state()
	if !fits || found {
		m.at = 0
		return
	}
	if m.at = m.place(state); m.at == 0 {
		*m, from = tableMemory{}, 0
		m.at = m.place(state)
	}
	if from == 0 || class == classOther {
		return
	}
	m.next[from][class] = m.at
	switch {
	case s.launched:
		m.next[from][class] |= launches
	case from == m.at:
		m.idle[from] |= 1 << class
	}
}

// state returns the current state. It does not fit while the first line may name a separator, and
// if cells that begin like a formula are in many states.
func (s *cells) state() (state tableState, fits bool) {
	if s.naming >= 0 || s.maybe != 0 || bits.OnesCount64(s.active) > len(state.inState) {
		return state, false
	}
	state = tableState{quoted: s.quoted, closing: s.closing, fresh: s.fresh, lead: s.lead, active: s.active, cr: s.cr}
	for i, a := 0, s.active; a != 0; a &= a - 1 {
		state.inState[i] = s.inState[bits.TrailingZeros64(a)]
		i++
	}
	return state, true
}

// restore makes the remembered state the current one, if there is one.
func (s *cells) restore() {
	if s.memory.at == 0 {
		return
	}
	state := &s.memory.states[s.memory.at]
	s.quoted, s.closing, s.fresh, s.lead, s.cr = state.quoted, state.closing, state.fresh, state.lead, state.cr
	for a := s.active; a != 0; a &= a - 1 {
		s.inState[bits.TrailingZeros64(a)] = 0
	}
	s.active = state.active
	for i, a := 0, s.active; a != 0; a &= a - 1 {
		s.inState[bits.TrailingZeros64(a)] = state.inState[i]
		i++
	}
}

// place returns the number of a state, 0 if no more states fit.
func (m *tableMemory) place(state tableState) uint8 {
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
	if state.lead|state.closing|state.active == 0 && !state.cr {
		m.idle[at] = 1 << classOther // all characters outside of ASCII are content
	}
	return at
}

// sum returns an even mixture of the fields.
func (t *tableState) sum() uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := t.quoted
	for _, field := range [...]uint64{t.closing, t.fresh, t.lead, t.active, t.inState[0], t.inState[1], t.inState[2], t.inState[3]} {
		h = bits.RotateLeft64(h*odd, 31) + field
	}
	return h * odd >> 32
}
