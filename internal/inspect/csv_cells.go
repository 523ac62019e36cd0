package inspect

import "unicode/utf8"

// cells finds formulas in the cells of a table, for all readers: models of the ways in which
// programs cut a table into cells. Readers differ in the separator (a comma, a semicolon, a tab, a
// pipe, several of them, or the one that the first line names by "sep="). They also differ in
// quotation marks where RFC 4180 is silent. cells runs all readers side by side, with one bit for
// each reader in every mask. It finds a cell that any reader takes for a formula.
//
// Each reader starts new cells at the line ends that it sees. One more reader for each set of
// separators does so at every line end, and judges only the first cell of each line. It models
// programs that cut lines before they look at quotation marks.
type cells struct {
	suspects

	tabs   bool // the only separators
	wide   bool // offsets count UTF-16
	bytes  bool // not Unicode: each byte is a character, such as in Windows-1252
	begun  bool
	off    int64 // of the next character
	at     int64 // of the last cell that began like a formula
	named  rune  // the separator named by the first line, -1 without one
	naming int   // characters of "sep=" in the first line so far, -1 after it or without it
	cr     bool  // the last character was a carriage return
	foul   bool  // the named separator cannot be one

	readers uint64 // readers that read the table
	quoted  uint64 // within quotation marks
	closing uint64 // after a mark that ends the quotation, or is the first of two
	fresh   uint64 // at the start of a cell, where a quotation may open
	lead    uint64 // before the first character of a cell that is not blank
	maybe   uint64 // the first of the two bytes of leadsPair is the first character
	maybeIs rune

	memory   tableMemory
	classes  *[256]uint8 // of bytes
	launched bool        // the last character began a cell like a formula
	steps    int         // work done for characters
}

func (s *cells) begin() {
	s.begun = true
	s.classes, s.named = &tableClass, -1
	s.readers = allReaders
	if s.tabs {
		s.readers = tabReaders | namedReaders
	}
	s.fresh, s.lead = s.readers, s.readers
}

// The costs in steps of a character that step reads, and of a remembered one that recall looks up.
const (
	cellSteps = 60
	lookSteps = 4
)

// width returns the number of bytes that the text in p has in the file.
func (s *cells) width(p []byte) int64 {
	if !s.wide {
		return int64(len(p))
	}
	units := 0
	for _, c := range p {
		switch {
		case c >= 0xf0:
			units += 2
		case c < 0x80 || c >= 0xc0:
			units++
		}
	}
	return int64(2 * units)
}

func (s *cells) character(p []byte) (r rune, size int) {
	switch {
	case p[0] < utf8.RuneSelf:
		return rune(p[0]), 1
	case s.bytes && p[0] == 0x80:
		return '€', 1
	case s.bytes:
		return rune(p[0]), 1
	}
	return utf8.DecodeRune(p)
}

const sepLine = "sep="

// step reads one character.
func (s *cells) step(r rune) (found bool) {
	s.name(r)
	if s.cr {
		s.cr = false
		if r != '\n' {
			found = s.line(lineFeedReaders, '\r')
		}
	}
	switch {
	case s.foul:
		found = true
	case r == '"':
		found = s.quote() || found
	case r == '\r':
		s.cr = true
	case r == '\n':
		found = s.line(0, '\n') || found
	default:
		found = s.separate(r) || found
	}
	return found
}

// name looks for the line that names the separator to spreadsheets, such as sep=| with or without
// quotation marks.
func (s *cells) name(r rune) {
	switch {
	case s.naming < 0:
	case s.naming == len(sepLine):
		s.naming = -1
		s.at = s.off
		if s.foul = r >= 0x80 || r == '"'; !s.foul && r != '\r' && r != '\n' {
			s.named = r
			classes := tableClass
			classes[r] = classNamed
			s.classes = &classes
		}
	case s.naming == 0 && r == '"':
	case r|0x20 == rune(sepLine[s.naming]|0x20):
		s.naming++
	default:
		s.naming = -1
	}
}

// quote reads a quotation mark.
func (s *cells) quote() (found bool) {
	s.maybe = 0
	opens := s.fresh &^ s.quoted
	closes := s.quoted &^ s.closing
	s.closing = closes
	s.quoted |= opens
	s.fresh &^= opens
	return s.content(s.readers&^(opens|closes), '"')
}

// line reads a line end. Within a quotation, only some readers take it for one.
func (s *cells) line(except uint64, r rune) (found bool) {
	ends := (^s.quoted | s.closing | lineReaders) & s.readers &^ except
	found = s.end(ends)
	s.fresh |= ends
	s.lead |= ends
	return s.leave(r, s.readers&^ends) || found
}

// separate reads a character that may be a separator. It is content to all readers that do not take
// it for one.
func (s *cells) separate(r rune) (found bool) {
	var mask uint64
	if r < utf8.RuneSelf {
		if mask = separating[r]; r == s.named {
			mask |= namedReaders
		}
	}
	if mask == 0 {
		return s.leave(r, s.readers)
	}
	ends := mask & (^s.quoted | s.closing) & s.readers
	found = s.end(ends)
	s.fresh |= ends &^ lineReaders
	s.lead |= ends &^ lineReaders
	return s.leave(r, s.readers&^ends) || found
}

// leave takes the readers in mask out of quotations that the last quotation mark ended, and shows
// them r. To those of stickyReaders the quotation goes on, and the mark is content.
func (s *cells) leave(r rune, mask uint64) (found bool) {
	if s.closing != 0 {
		closing := s.closing & mask
		s.closing = 0
		s.quoted &^= closing &^ stickyReaders
		found = s.content(closing&stickyReaders, '"')
	}
	return s.content(mask, r) || found
}

// end judges cells that end here. One that ends within a literal, a call, or a reference such as
// US$45 is a formula.
func (s *cells) end(mask uint64) (found bool) {
	found = s.unfinished()&mask != 0
	s.drop(mask)
	s.quoted &^= mask
	s.closing &^= mask
	s.fresh &^= mask
	s.lead &^= mask
	s.maybe &^= mask
	return found
}

// content shows r to readers to which it is part of a cell.
func (s *cells) content(mask uint64, r rune) (found bool) {
	starts := s.lead & mask
	if s.active == 0 && starts|s.maybe == 0 || mask == 0 {
		return false
	}
	r = fold(r)
	kind := cellCharOf(r)
	found = s.move(mask, kind)
	if pairs := s.maybe & mask; pairs != 0 {
		s.maybe &^= pairs
		s.launch(pairs, leadsPair(s.maybeIs, r))
	}
	if starts == 0 {
		return found
	}
	if kind <= cellASCII['\t'] || kind == cellNoWidth {
		s.fresh &^= starts &^ spacedReaders
		return found
	}
	s.lead &^= starts
	s.fresh &^= starts
	s.launch(starts, r)
	if s.bytes && 0xa1 <= r && r <= 0xa3 {
		s.maybe, s.maybeIs = s.maybe|starts, r
	}
	return found
}

// launch begins to watch cells whose first character is r, if formulas begin with it.
func (s *cells) launch(mask uint64, r rune) {
	if state, suspect := leads(r); suspect {
		s.enter(mask, state)
		s.at, s.launched = s.off, true
	}
}
