package sweep

import (
	"time"
)

// Report counts the objects and unfinished uploads that one run has seen. After a complete run,
// Seen is the sum of Young, Foreign, Kept and Orphaned. Unless it was a dry run, Orphaned is then
// the sum of Removed, Changed and Failed.
type Report struct {
	Seen     int   // listed
	Young    int   // not older than Grace
	Foreign  int   // under keys that fail storage.ValidKey
	Kept     int   // referred to
	Orphaned int   // the others
	Removed  int   // of the orphaned: removed
	Changed  int   // of the orphaned: written again meanwhile, so they stay
	Failed   int   // of the orphaned: their removal failed
	Bytes    int64 // of the removed objects; in a dry run, of those it would remove

	// Cursor is where the next run continues: after the last page that was swept completely. "" is
	// the beginning, also after the end.
	Cursor string
}

// Outcome is the result for an object or upload that is an orphan, or cannot be judged.
type Outcome string

// Outcomes of a [Finding].
const (
	Orphaned Outcome = "orphaned" // a dry run: it would be removed
	Removed  Outcome = "removed"
	Changed  Outcome = "changed" // it was written again meanwhile, and stays
	Failed   Outcome = "failed"  // its removal failed
	Foreign  Outcome = "foreign" // its key fails storage.ValidKey; it stays
)

// Finding is an object or upload that is an orphan, or cannot be judged.
type Finding struct {
	Key      string
	UploadID string // of an unfinished upload, "" for an object
	Size     int64  // bytes of an object
	Modified time.Time
	Outcome  Outcome
	Err      error // of a removal that failed, of Changed and of Foreign
}
