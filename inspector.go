package upload

import (
	"context"
	"errors"
	"time"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/internal/inspect"
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

// withLooking gives inspectors the handler's memory, in the subject's share.
func (q *request) withLooking() context.Context {
	return context.WithValue(q.ctx, lookingKey{}, looking{
		memory: subjectMemory{q.h.looks, q.grant.Subject}, timeout: q.h.opts.CheckTimeout,
	})
}

// subjectMemory is one subject's share of a budget, which is never waited for.
type subjectMemory struct {
	budget  *budget.Budget
	subject string
}

func (m subjectMemory) Take(bytes int64) bool { return m.budget.TryAcquire(m.subject, bytes) }
func (m subjectMemory) Give(bytes int64)      { m.budget.Release(m.subject, bytes) }

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
