package uploadtest

import (
	"github.com/airlock-go/upload/storage"
)

// Types of fronts. In Go the methods of a type determine the abilities of a storage, so each set of
// abilities has a type.
type (
	frontOfReader struct {
		*front
		*frontReader
	}
	frontOfJudged struct {
		frontOfReader
		*frontVerdicts
	}
	frontOfLinks struct {
		frontOfReader
		*frontLinks
	}
	frontOfLinksJudged struct {
		frontOfLinks
		*frontVerdicts
	}
	frontOfDirect struct {
		frontOfReader
		*frontDirect
	}
	frontOfDirectJudged struct {
		frontOfDirect
		*frontVerdicts
	}
	frontOfBoth struct {
		frontOfDirect
		*frontLinks
	}
	frontOfAll struct {
		frontOfBoth
		*frontVerdicts
	}
)

// storage returns a storage with the abilities of the inner one, as far as a type above has them.
// It leaves out verdicts without reading, which are useless.
func (f *front) storage() storage.Storage {
	reader, isReader := f.inner.(storage.ObjectReader)
	direct, isDirect := f.inner.(storage.DirectStorage)
	links, isLinks := f.inner.(storage.LinkStorage)
	verdicts, isVerdicts := f.inner.(storage.ScanReader)
	r := frontOfReader{f, &frontReader{f, reader}}
	d, l, v := &frontDirect{f, direct}, &frontLinks{f, links}, &frontVerdicts{f, verdicts}
	switch {
	case isDirect && isLinks && isVerdicts:
		return frontOfAll{frontOfBoth{frontOfDirect{r, d}, l}, v}
	case isDirect && isLinks:
		return frontOfBoth{frontOfDirect{r, d}, l}
	case isDirect && isVerdicts:
		return frontOfDirectJudged{frontOfDirect{r, d}, v}
	case isDirect:
		return frontOfDirect{r, d}
	case isLinks && isVerdicts:
		return frontOfLinksJudged{frontOfLinks{r, l}, v}
	case isLinks:
		return frontOfLinks{r, l}
	case isReader && isVerdicts:
		return frontOfJudged{r, v}
	case isReader:
		return r
	}
	return f
}
