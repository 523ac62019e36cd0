package clean

import (
	"cmp"
	"slices"
)

// extent is a span of a file, or of the data within its metadata box.
type extent struct {
	from, to int64
	use      heifUse
}

const (
	extentMemory = 24               // what an extent takes
	sortedMemory = 4 * extentMemory // what it takes with its copies: in sorting, and among kept ones
)

const (
	heifOutside = "has an item whose data is not in its media"
	heifShared  = "has an item whose data has another use"
)

// order sorts extents in place, and joins pictures that overlap or lie side by side. Two extents of
// Exif, XMP or JPEG may be the same, but not overlap otherwise. Exif and XMP may overlap what is
// blanked, and are cleaned then. Any other overlap of two uses is refused.
func (w *walk) order(extents []extent) []extent {
	slices.SortFunc(extents, func(a, b extent) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	joined, blanked := extents[:0], []extent(nil)
	for _, e := range extents {
		last := len(joined) - 1
		switch b := len(blanked) - 1; {
		case e.use == heifNothing && b >= 0 && e.from <= blanked[b].to:
			blanked[b].to = max(blanked[b].to, e.to)
		case e.use == heifNothing:
			blanked = append(blanked, e)
		case last >= 0 && e.from == joined[last].to && e.use == heifPicture && joined[last].use == heifPicture: // tiles
			joined[last].to = max(joined[last].to, e.to)
		case last < 0 || e.from >= joined[last].to:
			joined = append(joined, e)
		case e.use != joined[last].use, e.use > heifPicture && e != joined[last]:
			w.fail(heifShared)
		default:
			joined[last].to = max(joined[last].to, e.to)
		}
	}
	if blanked == nil {
		return joined
	}
	all := slices.Clone(joined)
	for _, e := range blanked {
		all = w.appendRest(all, e, joined)
	}
	slices.SortFunc(all, func(a, b extent) int { return cmp.Compare(a.from, b.from) })
	return all
}

// appendRest appends the parts of e, which is to be blanked, that are not cleaned by another
// extent.
func (w *walk) appendRest(all []extent, e extent, joined []extent) []extent {
	first, _ := slices.BinarySearchFunc(joined, e.from, func(x extent, from int64) int { return cmp.Compare(x.to, from+1) })
	for _, x := range joined[first:] {
		if x.from >= e.to {
			break
		}
		if x.use != heifExif && x.use != heifXMP {
			w.fail(heifShared)
		}
		if x.from > e.from {
			all = append(all, extent{e.from, x.from, heifNothing})
		}
		e.from = x.to
	}
	if e.from < e.to {
		all = append(all, e)
	}
	return all
}
