package corpus

import "slices"

// Archives returns files of the ZIP family: plain archives, Office and OpenDocument documents, EPUB
// books.
func Archives() []File {
	return slices.Concat(brokenArchives(), lyingArchives(), hostileNames(), twoNames(), hostileEntries(), bombs(), hostileOffice(), largeTags(), hostileODF(), hostileODFParts(), hostileBooks(),
		goodArchives(), goodOffice(), goodODF(), savedArchives())
}
