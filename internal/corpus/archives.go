package corpus

import (
	"slices"
	"sync"
)

// Archives returns hostile and legitimate files of the ZIP family: plain archives, Office and
// OpenDocument documents, and EPUB books. All callers share their Content.
func Archives() []File { return slices.Clone(archives()) }

// archives are made once in a process, which takes seconds under the race detector.
var archives = sync.OnceValue(func() []File {
	return slices.Concat(brokenArchives(), lyingArchives(), hostileNames(), twoNames(), hostileEntries(), bombs(), hostileOffice(), largeTags(), hostileODF(), hostileODFParts(), hostileBooks(), hostileDrawings(),
		goodArchives(), goodOffice(), goodODF(), goodDrawings(), savedArchives())
})
