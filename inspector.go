package upload

import (
	"context"
	"errors"
	"time"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/storage"
)

// lookMemory is how many bytes all inspectors and cleaners of a handler together may use for what
// grows with a file, such as objects of a PDF, entries of an archive, and patches.
const lookMemory = 64 << 20

// looking is what the inspectors of one request may use.
type looking struct {
	memory  inspect.Memory
	timeout time.Duration
}

type lookingKey struct{}

// subjectMemory is one subject's share of a budget. It never waits.
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

// inspector turns the fault that a fileInspector finds into a refusal.
type inspector struct {
	inspects fileInspector
	decodes  bool // decoding takes time, and may wait for other files
	budget   inspect.Budget
}

func newInspector(ctx context.Context, i fileInspector, decodes bool) *inspector {
	given, _ := ctx.Value(lookingKey{}).(looking) // none where a host calls Validate with a context of its own
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

// finding turns a fault into a refusal. Other errors stay, since they judge nothing.
func finding(err error) error {
	if err == nil {
		return nil
	}
	var found *inspect.Error
	switch {
	case !errors.As(err, &found):
		return err
	case found.Code == inspect.CodeBusy:
		return &Error{Code: CodeBusy, Err: found}
	}
	return &Error{Code: Code(found.Code), Params: found.Params, Err: found}
}

// refusals has the refusal for each result of a scan except ScanClean. No refusal names a
// signature: the name would help an attacker to change the file until nothing is found.
var refusals = map[storage.ScanResult]Error{
	storage.ScanPending:     {Code: CodeScanPending},
	storage.ScanInfected:    {Code: CodeInfected},
	storage.ScanSuspicious:  {Code: CodeSuspicious},
	storage.ScanTooLarge:    {Code: CodeNotScanned, Params: map[string]any{"kind": "too_large"}},
	storage.ScanEncrypted:   {Code: CodeNotScanned, Params: map[string]any{"kind": "encrypted"}},
	storage.ScanUnsupported: {Code: CodeNotScanned, Params: map[string]any{"kind": "unsupported"}},
	storage.ScanFailed:      {Code: CodeCheckFailed, Params: map[string]any{"kind": "scan"}},
}

// ScanError returns nil for [storage.ScanClean] alone. Else it returns the [*Error] with which a
// scanning [Validator] or [Observer] refuses, with 503 if another try may help ([CodeCheckFailed],
// [CodeScanPending]). [Error].Err is cause, which may be nil.
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
