package inspect

import (
	"cmp"
	"hash/maphash"
)

// ZipLimits bounds the content of a file of the ZIP family. Fields that are zero mean their
// defaults. All sizes count real bytes while they are inflated. An entry that declares more than
// EntrySize is refused before it is inflated.
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
	ratioGrace    = 8 << 20 // inflated bytes before Ratio applies

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

// zipBudget is shared by an archive and all archives in it.
type zipBudget struct {
	ZipLimits
	work    *Budget
	file    *zipInput // the outermost archive
	entries int
	total   int64 // bytes of content so far, inflated
	depth   int   // of the current archive
	deepest int   // of all archives for which memory was taken
	seed    maphash.Seed
}

// The costs of an entry, whatever its content, and of an archive in another.
const (
	entrySteps = 3000     // each of its two headers: reading, its name, and the setup of the inflater
	recordHeld = 32       // its record, and the spare capacity after the last one
	levelHeld  = 80 << 10 // an archive in another: an inflater and a buffer
)
