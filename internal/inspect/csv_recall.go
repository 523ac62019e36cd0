package inspect

import (
	"math/bits"
	"unicode/utf8"
)

// scan reads on. It reports whether it found a formula, and how many bytes it took. p holds whole
// characters.
func (s *cells) scan(p []byte) (n int, found bool) {
	if !s.begun {
		s.begin()
	}
	for !found {
		if n += s.recall(p[n:]); n == len(p) {
			break
		}
		s.restore()
		from := s.memory.at
		r, size := s.character(p[n:])
		class := s.class(r)
		s.launched = false
		found = s.step(r)
		s.learn(from, class, found)
		s.steps += cellSteps
		s.off += s.width(p[n : n+size])
		n += size
	}
	return n, found
}

// class returns the class of a character. A character outside of ASCII has the class of its kind,
// or classOther if it folds, or if the text is not Unicode.
func (s *cells) class(r rune) uint8 {
	switch {
	case r < utf8.RuneSelf:
		return s.classes[r]
	case s.bytes || fold(r) != r:
		return classOther
	}
	return uint8(cellCharOf(r))
}

// recall reads p up to the first step that is not remembered, and returns the number of bytes that
// it read.
func (s *cells) recall(p []byte) (n int) {
	m, classes, seen, looks := &s.memory, s.classes, 0, 0
	next := 0 // calmText is not called before this byte
	if s.named >= 0 {
		next = len(p)
	}
	at := m.at
	for at != 0 {
		if n >= next && m.calm>>(at&63)&1 != 0 {
			k, doubt, sign := s.calmText(p[n:])
			if sign >= 0 {
				s.off += s.width(p[seen : n+sign])
				s.at, seen = s.off, n+sign
			}
			if next = n + doubt; k > 0 {
				n += k
				at = calmState
			}
		}
		idle := m.idle[at&63]
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
		to := m.next[at&63][class&31]
		if to == 0 {
			break
		}
		if to&launches != 0 {
			s.off += s.width(p[seen:n])
			s.at, seen = s.off, n
		}
		at = to &^ launches
		n += size
	}
	m.at = at
	s.off += s.width(p[seen:n])
	s.steps += lookSteps * looks
	return n
}

// learn remembers that a character of the class led from a state to the current one. A step
// to a formula is not remembered.
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

// state returns the current state. It does not fit while the first line may name a separator,
// within a pair of leadsPair, and if cells that begin like a formula are in more states than
// inState holds.
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

// ended returns the readers whose last cell is a formula if the table ends here.
func (s *cells) ended() uint64 {
	s.restore()
	return s.unfinished()
}
