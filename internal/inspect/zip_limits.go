package inspect

import (
	"cmp"
	"hash/maphash"
)

// ZipLimits bounds what a file of the ZIP family may hold. Fields that are zero stand for their
// default. All sizes are of real bytes, counted while they are inflated; what the file declares is
// believed only where it is larger.
type ZipLimits struct {
	Entries   int   // files and directories, at every level together: 1,000; in documents 5,000
	EntrySize int64 // inflated bytes of one entry: 128 MiB
	TotalSize int64 // inflated bytes of all entries, at every level together: 256 MiB
	Ratio     int64 // inflated bytes for each byte of the file, once they are over 8 MiB: 200
}

const (
	maxZipName    = 512     // bytes of an entry's name
	maxZipExtra   = 4096    // bytes of an entry's extra fields: Office pads its own with hundreds
	maxZipComment = 1024    // bytes of a comment
	ratioGrace    = 8 << 20 // inflated bytes that no ratio is asked of

	archiveEntries  = 1000
	documentEntries = 5000
)

func (l ZipLimits) withDefaults(entries int) ZipLimits {
	return ZipLimits{
		Entries:   cmp.Or(l.Entries, entries),
		EntrySize: cmp.Or(l.EntrySize, 128<<20),
		TotalSize: cmp.Or(l.TotalSize, 256<<20),
		Ratio:     cmp.Or(l.Ratio, 200),
	}
}

// zipBudget is what an archive and all archives in it share.
type zipBudget struct {
	ZipLimits
	work    *Budget
	file    *zipInput // the outermost archive
	entries int
	total   int64 // bytes inflated
	depth   int   // of the archive that is read now
	deepest int   // of all, for which memory was taken
	seed    maphash.Seed
}

// What an entry costs, whatever is in it.
const (
	entrySteps = 3000     // its headers, its name, and making the inflater ready
	recordHeld = 32       // bytes of its record, and what is free behind the last one
	levelHeld  = 80 << 10 // bytes of an archive in another: an inflater and two buffers
)
