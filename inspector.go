package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/storage"
)

// lookMemory is what all inspectors of a handler share for what grows with a
// file: objects of a PDF, entries of an archive.
const lookMemory = 64 << 20

// looking is what the inspectors of one request may use.
type looking struct {
	memory  inspect.Memory
	timeout time.Duration
}

type lookingKey struct{}

// subjectMemory is one subject's share of a budget, which is never waited for.
type subjectMemory struct {
	budget  *budget.Budget
	subject string
}

func (m subjectMemory) Take(bytes int64) bool { return m.budget.TryAcquire(m.subject, bytes) }

func (m subjectMemory) Give(bytes int64) { m.budget.Release(m.subject, bytes) }

// fileInspector reads the structure of a file, as those of internal/inspect do.
type fileInspector interface {
	Observer
	Within(*inspect.Budget)
}

// inspector makes what a fileInspector finds a refusal.
type inspector struct {
	inspects fileInspector
	decodes  bool // which takes its time, and may wait for others
	budget   inspect.Budget
}

func newInspector(ctx context.Context, i fileInspector, decodes bool) *inspector {
	given, _ := ctx.Value(lookingKey{}).(looking) // none where a host calls Validate itself
	o := &inspector{inspects: i, decodes: decodes, budget: inspect.Budget{
		Context: ctx, Memory: given.memory, Timeout: given.timeout,
	}}
	i.Within(&o.budget)
	return o
}

func (o *inspector) ours() bool { return !o.decodes }

func (o *inspector) Write(p []byte) (int, error) {
	n, err := o.inspects.Write(p)
	return n, finding(err)
}

func (o *inspector) Verdict() error { return finding(o.inspects.Verdict()) }

func (o *inspector) Close() error {
	defer o.budget.Close()
	return closeObserver(o.inspects)
}

// finding makes a fault a refusal. Other errors stay: nothing was judged.
func finding(err error) error {
	var found *inspect.Error
	switch {
	case !errors.As(err, &found):
		return err
	case found.Code == inspect.CodeBusy:
		return &Error{Code: CodeBusy, Reason: busyReason, Err: found}
	}
	return &Error{Code: Code(found.Code), Params: found.Params, Reason: reasonOf(found), Err: found}
}

// reasonOf is the sentence for the person who chose the file. The terms of the
// format and the place of the fault are for the log.
func reasonOf(e *inspect.Error) string {
	switch e.Code {
	case inspect.CodeActive:
		kind, _ := e.Params["kind"].(string)
		return "the file has " + activeWords[kind] + ", which is not accepted"
	case inspect.CodePixels:
		return tooManyPixels(e.Params)
	case inspect.CodeUnsupported:
		if e.Params["encoding"] != nil {
			return "the text is in an encoding that is not accepted; save it as UTF-8 (a table as \"CSV UTF-8\")"
		}
	case inspect.CodeTrailing:
		if e.Params["kind"] == inspect.KindMedia {
			return "the photo has a film after it, which is not accepted; send it as a still picture"
		}
	case inspect.CodeFrames:
		return fmt.Sprintf("the animation has more than %d frames", e.Params["limit"])
	}
	return findingWords[e.Code]
}

func tooManyPixels(p inspect.Params) string {
	if width, ok := p["width"]; ok {
		return fmt.Sprintf("the picture is %d x %d pixels large; at most %d x %d are accepted", width, p["height"], p["max_width"], p["max_height"])
	}
	return fmt.Sprintf("the picture has more than %d pixels", p["limit"])
}

var findingWords = map[inspect.Code]string{
	inspect.CodeDamaged:     "the file is damaged, or is not what its name says",
	inspect.CodeTruncated:   "the file is incomplete: its end is missing",
	inspect.CodeTrailing:    "the file has other data after its end",
	inspect.CodeEncrypted:   "the file is encrypted, so it cannot be checked; send it without a password",
	inspect.CodeUnsupported: "the file is written in a way that is not accepted; save it again with a current program",
	inspect.CodeBomb:        "the file unpacks to more than is accepted",
	inspect.CodeComplex:     "the file is too complex to be checked",
	inspect.CodeEntry:       "the archive has an entry that is not accepted",
	inspect.CodeMismatch:    "the content of the file is not what its name says",
}

var activeWords = map[string]string{
	inspect.KindScript:      "a script in it",
	inspect.KindAction:      "an action in it that runs when it is opened",
	inspect.KindMacro:       "a macro in it",
	inspect.KindProgram:     "a program in it",
	inspect.KindObject:      "an object of another program in it",
	inspect.KindAttachment:  "another file attached to it",
	inspect.KindExternal:    "something in it that is loaded from elsewhere",
	inspect.KindLink:        "a link in it that leads to another program or computer",
	inspect.KindForm:        "an active form in it",
	inspect.KindMedia:       "active media in it",
	inspect.KindFormula:     "a cell in it that a spreadsheet may compute",
	inspect.KindMarkup:      "markup in it that a browser may run",
	inspect.KindDoctype:     "a document type declaration in it",
	inspect.KindConnection:  "a connection to outside data in it",
	inspect.KindInstruction: "a processing instruction in it",
}

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
