package uploadtest

import (
	"github.com/airlock-go/upload/storage"
)

// What a front can be. Go decides by the methods of a type what a storage can
// do, so there is a type for each set of abilities.
type (
	frontOfLinks struct {
		*front
		*frontReader
		*frontLinks
	}
	frontOfVerdicts struct {
		frontOfLinks
		*frontVerdicts
	}
	frontOfDirect struct {
		*front
		*frontReader
		*frontDirect
	}
	frontOfBoth struct {
		frontOfDirect
		*frontLinks
	}
	frontOfAll struct {
		frontOfBoth
		*frontVerdicts
	}

	openFront struct {
		*front
		*frontOpener
	}
	openFrontOfLinks struct {
		frontOfLinks
		*frontOpener
	}
	openFrontOfVerdicts struct {
		frontOfVerdicts
		*frontOpener
	}
	openFrontOfDirect struct {
		frontOfDirect
		*frontOpener
	}
	openFrontOfBoth struct {
		frontOfBoth
		*frontOpener
	}
	openFrontOfAll struct {
		frontOfAll
		*frontOpener
	}
)

// storage returns a storage with exactly the abilities of the inner one, but
// for verdicts, which nobody asks for where there are no links.
func (f *front) storage() storage.Storage {
	inner, isOpener := f.inner.(storage.Opener)
	opener := &frontOpener{f, inner}
	s := f.withoutOpener()
	if !isOpener {
		return s
	}
	switch s := s.(type) {
	case frontOfLinks:
		return openFrontOfLinks{s, opener}
	case frontOfVerdicts:
		return openFrontOfVerdicts{s, opener}
	case frontOfDirect:
		return openFrontOfDirect{s, opener}
	case frontOfBoth:
		return openFrontOfBoth{s, opener}
	case frontOfAll:
		return openFrontOfAll{s, opener}
	}
	return openFront{f, opener}
}

func (f *front) withoutOpener() storage.Storage {
	direct, isDirect := f.inner.(storage.DirectStorage)
	links, isLinks := f.inner.(storage.LinkStorage)
	verdicts, isVerdicts := f.inner.(storage.ScanReader)
	l, v := &frontLinks{f, links}, &frontVerdicts{f, verdicts}
	if isDirect {
		d := frontOfDirect{f, &frontReader{f, direct}, &frontDirect{f, direct}}
		switch {
		case isLinks && isVerdicts:
			return frontOfAll{frontOfBoth{d, l}, v}
		case isLinks:
			return frontOfBoth{d, l}
		}
		return d
	}
	if isLinks {
		of := frontOfLinks{f, &frontReader{f, links}, l}
		if isVerdicts {
			return frontOfVerdicts{of, v}
		}
		return of
	}
	return f
}
