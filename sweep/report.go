package sweep

import (
	"time"
)

// Report counts what one run has seen, objects and unfinished uploads
// together. After a run that came to its end, Seen is the sum of Young, Foreign,
// Kept and Orphaned, and, unless it was a dry run, Orphaned that of Removed,
// Changed and Failed.
type Report struct {
	Seen     int   // listed
	Young    int   // not older than Grace
	Foreign  int   // under keys that fail storage.ValidKey
	Kept     int   // referred to
	Orphaned int   // the others
	Removed  int   // of these: gone
	Changed  int   // of these: written again meanwhile, and so kept
	Failed   int   // of these: still there
	Bytes    int64 // of the objects that were removed; in a dry run, that would be

	// Cursor is where the next run goes on: after the last page of which
	// everything was done. "" is the beginning, and after the end again.
	Cursor string
}

// Outcome is what became of an object or upload that is not kept.
type Outcome string

// The outcomes of a [Finding].
const (
	Orphaned Outcome = "orphaned" // a dry run: it would be removed
	Removed  Outcome = "removed"
	Changed  Outcome = "changed" // it was written again meanwhile, and stays
	Failed   Outcome = "failed"  // it could not be removed
	Foreign  Outcome = "foreign" // its key fails storage.ValidKey; it stays
)

// Finding is something that is not kept.
type Finding struct {
	Key      string
	UploadID string // of an unfinished upload, "" for an object
	Size     int64  // bytes of an object
	Modified time.Time
	Outcome  Outcome
	Err      error // why it was not removed
}
