package storage

import "context"

// ScanResult is what a malware scanner says of a file. Only [ScanClean] lets a
// file pass: "not scanned", whatever the reason, is never taken for clean, and
// neither is the zero value nor one that is not known here.
type ScanResult string

// The verdicts. What could not be scanned because of what it is will not be
// scanned by trying again; a scanner that failed may have recovered by then.
const (
	ScanPending     ScanResult = ""            // not scanned yet
	ScanClean       ScanResult = "clean"       // scanned to its end, and nothing was found
	ScanInfected    ScanResult = "infected"    // known malware
	ScanSuspicious  ScanResult = "suspicious"  // nothing known, but what malware looks like, or a program nobody asked for
	ScanTooLarge    ScanResult = "too_large"   // not scanned, or not all of it: it is larger or more deeply nested than the scanner reads
	ScanEncrypted   ScanResult = "encrypted"   // not scanned: nobody can look inside
	ScanUnsupported ScanResult = "unsupported" // not scanned: the scanner does not read such files
	ScanFailed      ScanResult = "failed"      // not scanned: the scanner is down, hangs or may not read the file
)

// ScanReader is an optional ability of a [Storage]: telling what a scanner
// that looks at objects after they were published has said of one.
// upload.LinksOptions.RequireScan needs it.
type ScanReader interface {
	// ScanVerdict returns the verdict on one version of the object, as
	// [Stored.Version] names it, or on the current one if version is "". An
	// object that no scanner has judged yet is [ScanPending]; one that
	// does not exist may be an error or pending.
	ScanVerdict(ctx context.Context, key, version string) (ScanResult, error)
}
