package inspect

import "math/bits"

// suspects holds the cells that began like a formula. For each state it has one bit for each reader
// in it.
type suspects struct {
	active  uint64 // states that have a reader
	inState [cellStates]uint64
}

// enter begins to watch the cells of the readers in mask.
func (s *suspects) enter(mask uint64, state cellState) {
	s.inState[state] |= mask
	s.active |= 1 << state
}

// drop stops watching the cells of the readers in mask.
func (s *suspects) drop(mask uint64) {
	for a := s.active; a != 0; a &= a - 1 {
		k := bits.TrailingZeros64(a)
		if s.inState[k] &^= mask; s.inState[k] == 0 {
			s.active &^= 1 << k
		}
	}
}

// move takes the readers in mask from their states to the next ones. It reports whether the cell of
// one is a formula.
func (s *suspects) move(mask uint64, kind cellChar) (found bool) {
	var moved [cellStates]uint64
	var into uint64
	for a := s.active; a != 0; a &= a - 1 {
		k := bits.TrailingZeros64(a)
		b := s.inState[k] & mask
		if s.inState[k] &^= b; s.inState[k] == 0 {
			s.active &^= 1 << k
		}
		if b != 0 {
			to := calm[k][kind]
			moved[to] |= b
			into |= 1 << to
		}
	}
	into &^= 1<<cellFormula | 1<<cellFree // nothing follows from these before the cell ends
	s.active |= into
	for ; into != 0; into &= into - 1 {
		k := bits.TrailingZeros64(into)
		s.inState[k] |= moved[k]
	}
	return moved[cellFormula] != 0
}

// unfinished returns the readers whose cell is a formula if it ends here.
func (s *suspects) unfinished() uint64 {
	return s.inState[cellLiteral] | s.inState[cellRow] | s.inState[cellRowGroup] | s.inState[cellCall] | s.inState[cellCallNumber] | s.inState[cellCallExponent]
}
