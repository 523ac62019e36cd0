package upload

import (
	"context"
	"github.com/airlock-go/upload/storage"
	"net/http"
)

// refusals are what clients are told. Names of signatures are for the log: they
// help to try until nothing is found.
var refusals = map[storage.ScanResult]Error{
	storage.ScanPending:     {Code: CodeScanPending, Reason: "the file has not been scanned for malware yet; try again later"},
	storage.ScanInfected:    {Code: CodeInfected, Reason: "malware was found in the file"},
	storage.ScanSuspicious:  {Code: CodeSuspicious, Reason: "the file looks like malware, or holds a program that is not wanted"},
	storage.ScanTooLarge:    {Code: CodeNotScanned, Reason: "the file is too large, or holds too much, to be scanned for malware"},
	storage.ScanEncrypted:   {Code: CodeNotScanned, Reason: "the file is encrypted, so it cannot be scanned for malware"},
	storage.ScanUnsupported: {Code: CodeNotScanned, Reason: "files of this kind cannot be scanned for malware; encrypted ones are among them"},
	storage.ScanFailed:      {Code: CodeCheckFailed, Reason: "the file could not be scanned for malware; try again later"},
}

// ScanError returns nil for [storage.ScanClean] alone. For all others it returns the
// [*Error] that a scanning [Validator] or [Observer] refuses with: 422 when the
// file is the reason ([CodeInfected], [CodeSuspicious], [CodeNotScanned]), 503
// when trying again may help ([CodeCheckFailed], [CodeScanPending]). Cause may
// be nil; it is for the log, and the place for a signature's name.
func ScanError(v storage.ScanResult, cause error) error {
	if v == storage.ScanClean {
		return nil
	}
	e, known := refusals[v]
	if !known {
		e = refusals[storage.ScanFailed]
	}
	e.Err = cause
	return &e
}

// scanned asks for the verdict on exactly what Stat described. That a file was
// withheld for good says the log.
func (l *Links) scanned(ctx context.Context, key string, stored storage.Stored) error {
	if l.verdicts == nil {
		return nil
	}
	v, err := l.verdicts.ScanVerdict(ctx, key, stored.Version)
	if err != nil {
		return &Error{Code: CodeStorage, Reason: "the file cannot be read at the moment", Err: err}
	}
	err = ScanError(v, nil)
	if err == nil || errorOf(err).Code.Status() >= http.StatusInternalServerError {
		return err
	}
	return &Error{Code: CodeNotFound, Reason: "there is no such file", Err: err}
}
