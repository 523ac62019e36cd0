package storage

import "context"

// ScanResult is the result of a malware scan of a file. Only [ScanClean] lets a file pass. "Not
// scanned", for whatever reason, never counts as clean. Neither does the zero value or a value that
// is not listed here.
type ScanResult string

// Scan results. A file that cannot be scanned because of its content fails again on a retry. A
// scanner that failed may have recovered by then.
const (
	ScanPending     ScanResult = ""            // not scanned yet
	ScanClean       ScanResult = "clean"       // scanned to its end, and nothing was found
	ScanInfected    ScanResult = "infected"    // known malware
	ScanSuspicious  ScanResult = "suspicious"  // nothing known, but it looks like malware, or is a potentially unwanted program
	ScanTooLarge    ScanResult = "too_large"   // not scanned, or only in part: larger or more deeply nested than the scanner reads
	ScanEncrypted   ScanResult = "encrypted"   // not scanned: the content cannot be read
	ScanUnsupported ScanResult = "unsupported" // not scanned: the scanner does not read such files
	ScanFailed      ScanResult = "failed"      // not scanned: the scanner is down, hangs or may not read the file
)

// ScanReader is an optional ability of a [Storage]: it returns the result of a scanner that scans
// objects after they were published. upload.LinksOptions.RequireScan needs it.
type ScanReader interface {
	// ScanVerdict returns the result for one version of the object, as [Stored.Version] names it,
	// or for the current one if version is "". An object that was not scanned yet is [ScanPending].
	// An object that does not exist may be an error or pending.
	ScanVerdict(ctx context.Context, key, version string) (ScanResult, error)
}
