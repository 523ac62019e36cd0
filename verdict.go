package upload

import (
	"context"
	"net/http"
)

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

// refusals are what clients are told. Names of signatures are for the log: they
// help to try until nothing is found.
var refusals = map[Verdict]Error{
	VerdictPending:     {Code: CodeScanPending, Reason: "the file has not been scanned for malware yet; try again later"},
	VerdictInfected:    {Code: CodeInfected, Reason: "malware was found in the file"},
	VerdictSuspicious:  {Code: CodeSuspicious, Reason: "the file looks like malware, or holds a program that is not wanted"},
	VerdictTooLarge:    {Code: CodeNotScanned, Reason: "the file is too large, or holds too much, to be scanned for malware"},
	VerdictEncrypted:   {Code: CodeNotScanned, Reason: "the file is encrypted, so it cannot be scanned for malware"},
	VerdictUnsupported: {Code: CodeNotScanned, Reason: "files of this kind cannot be scanned for malware; encrypted ones are among them"},
	VerdictFailed:      {Code: CodeCheckFailed, Reason: "the file could not be scanned for malware; try again later"},
}

// Err returns nil for [VerdictClean] alone. For all others it returns the
// [*Error] that a scanning [Validator] or [Observer] refuses with: 422 when the
// file is the reason ([CodeInfected], [CodeSuspicious], [CodeNotScanned]), 503
// when trying again may help ([CodeCheckFailed], [CodeScanPending]). Cause may
// be nil; it is for the log, and the place for a signature's name.
func (v Verdict) Err(cause error) error {
	if v == VerdictClean {
		return nil
	}
	e, known := refusals[v]
	if !known {
		e = refusals[VerdictFailed]
	}
	e.Err = cause
	return &e
}

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

// scanned asks for the verdict on exactly what Stat described. That a file was
// withheld for good says the log.
func (l *Links) scanned(ctx context.Context, key string, stored Stored) error {
	if l.verdicts == nil {
		return nil
	}
	v, err := l.verdicts.ScanVerdict(ctx, key, stored.Version)
	if err != nil {
		return &Error{Code: CodeStorage, Reason: "the file cannot be read at the moment", Err: err}
	}
	err = v.Err(nil)
	if err == nil || errorOf(err).Code.Status() >= http.StatusInternalServerError {
		return err
	}
	return &Error{Code: CodeNotFound, Reason: "there is no such file", Err: err}
}
