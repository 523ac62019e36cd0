package upload

import "context"

// Verdict is what a malware scanner says of a file. Only [VerdictClean] lets a
// file pass: "not scanned", whatever the reason, is never taken for clean, and
// neither is the zero value nor one that is not known here.
type Verdict string

// The verdicts. What could not be scanned because of what it is will not be
// scanned by trying again; a scanner that failed may have recovered by then.
const (
	VerdictPending     Verdict = ""            // not scanned yet
	VerdictClean       Verdict = "clean"       // scanned to its end, and nothing was found
	VerdictInfected    Verdict = "infected"    // known malware
	VerdictSuspicious  Verdict = "suspicious"  // nothing known, but what malware looks like, or a program nobody asked for
	VerdictTooLarge    Verdict = "too_large"   // not scanned, or not all of it: it is larger or more deeply nested than the scanner reads
	VerdictEncrypted   Verdict = "encrypted"   // not scanned: nobody can look inside
	VerdictUnsupported Verdict = "unsupported" // not scanned: the scanner does not read such files
	VerdictFailed      Verdict = "failed"      // not scanned: the scanner is down, hangs or may not read the file
)

// VerdictReader is an optional ability of a [Storage]: telling what a scanner
// that looks at objects after they were published has said of one.
// [LinksOptions.RequireScan] needs it.
type VerdictReader interface {
	// ScanVerdict returns the verdict on one version of the object, as
	// [Stored.Version] names it, or on the current one if version is "". An
	// object that no scanner has judged yet is [VerdictPending]; one that
	// does not exist may be an error or pending.
	ScanVerdict(ctx context.Context, key, version string) (Verdict, error)
}
