package inspect

import "unicode/utf8"

// The readers: one for each way to treat quotation marks and line ends, and each set of separators.
const (
	separatorSets = 7
	readSpaced    = 1 << 0 // a quotation may open after blanks
	readSticky    = 1 << 1 // a quotation goes on unless a separator follows its end
	readLineFeeds = 1 << 2 // a carriage return alone does not end a line
	readLines     = 8      // a quotation ends with its line
	readKinds     = 9
)

const allReaders = 1<<(separatorSets*readKinds) - 1

// readersOf returns the readers whose kind has that property.
func readersOf(property int) (mask uint64) {
	for kind := range readKinds {
		if kind == property || kind < readLines && kind&property != 0 {
			mask |= (1<<separatorSets - 1) << (kind * separatorSets)
		}
	}
	return mask
}

// set returns the readers with one set of separators.
func set(i int) (mask uint64) {
	for kind := range readKinds {
		mask |= 1 << (kind*separatorSets + i)
	}
	return mask
}

var (
	spacedReaders   = readersOf(readSpaced)
	stickyReaders   = readersOf(readSticky)
	lineFeedReaders = readersOf(readLineFeeds)
	lineReaders     = readersOf(readLines)

	tabReaders   = set(1)
	namedReaders = set(6)

	// LibreOffice proposes comma, semicolon and tab together.
	separating = [utf8.RuneSelf]uint64{
		',': set(0) | set(4) | set(5), '\t': tabReaders | set(5), ';': set(2) | set(4) | set(5), '|': set(3),
	}
)
